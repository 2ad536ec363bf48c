"""How often the forms of one's own account may be sent: counted by account, wherever it is signed in."""

from collections.abc import Callable
from typing import cast

from widget.extensions import limiter
from widget.web import identity
from widget.web.access import View
from widget.web.rates import per_address

# Guesses of the password by whoever found a browser signed in: of all forms that ask for it together.
_GUESSES = "10 per hour; 30 per day"


def guarding_password(view: View) -> View:
    """Limit how often a form of the own account may be given back, by account as well as by client address."""
    by_account = limiter.shared_limit(
        _GUESSES,
        scope="own-password",
        key_func=_account,
        methods=["POST"],
        deduct_when=lambda response: response.status_code >= 400,
    )
    return cast(View, per_address("10 per minute; 60 per hour")(by_account(view)))


def per_account(limit: str) -> Callable[[View], View]:
    """Return a rate limit on what an account does well."""
    limited = limiter.limit(
        limit, key_func=_account, methods=["POST"], deduct_when=lambda response: response.status_code < 400
    )
    return cast(Callable[[View], View], limited)


def _account() -> str:
    return f"account:{identity.person_id()}"
