"""How often a password may be tried at the doors: the frame's, the account's and the desk's are counted as one.

By client, by the network of a client with IPv6, and by the address that is tried, whether it is known or not
(docs/decisions/0028-guessing.md).
"""

from collections.abc import Callable
from typing import cast

from flask import Response, request

from widget.errors import Refusal
from widget.extensions import limiter, settings, site
from widget.services import accounts
from widget.services.known_browsers import Marks
from widget.web import browsers
from widget.web.access import View

# A person mistypes a password a few times; a program tries thousands.
_BY_CLIENT = "10 per minute; 60 per hour"
# Whoever rents a server gets 65,536 networks of 64 bits, and offices and providers share one as well: five times as many.
_BY_SITE = "50 per minute; 300 per hour"
# Wrong ones for one address, from wherever; of a browser that signed in to it before, its own alone.
_WRONG = "20 per hour; 60 per day"


def guarding_sign_in(view: View, *, unless: Callable[[], bool] | None = None) -> View:
    """Limit how often a form that signs in is sent; one of which `unless` is true tries nothing."""

    def tries_nothing() -> bool:
        return unless is not None and unless()

    by_client = limiter.shared_limit(_BY_CLIENT, scope="sign-in", methods=["POST"], exempt_when=tries_nothing)
    by_site = limiter.shared_limit(
        _BY_SITE,
        scope="sign-in-site",
        key_func=lambda: site() or "",
        methods=["POST"],
        exempt_when=lambda: site() is None or tries_nothing(),
    )
    wrong = limiter.shared_limit(
        _WRONG,
        scope="sign-in-wrong",
        key_func=_whom,
        methods=["POST"],
        exempt_when=lambda: _is_incomplete() or tries_nothing(),
        deduct_when=_was_wrong,
    )
    return cast(View, by_client(by_site(wrong(view))))


def _is_incomplete() -> bool:
    return not (_address() and request.form.get("password"))


def _was_wrong(response: Response) -> bool:
    # A full server answers 503, and nothing was tried then.
    return response.status_code == 422


def _whom() -> str:
    """Return whom a wrong password counts for: the browser that knows the address, else the address for all strangers."""
    key = _address()
    return browsers.known(key) or Marks.of(settings()).counted_as(key)


def _address() -> str:
    """Return the address that is tried as addresses are compared, or as typed where it is none."""
    typed = request.form.get("email", "").replace("\0", "")
    try:
        return accounts.address(typed)[1]
    except Refusal:
        return typed.strip()
