"""How often anybody may post: counted by client address, and what of it counts."""

import math
from collections.abc import Callable
from typing import cast

from flask import Response, g

from widget import clock
from widget.extensions import limiter
from widget.web.access import View

# Forms that are given back cost work too: this many in all.
_FORMS_GIVEN_BACK = "120 per hour"


def per_address(
    limit: str, *, only_when_done: bool = False, unless: Callable[[], bool] | None = None
) -> Callable[[View], View]:
    """Return a rate limit on posting, counted by client address.

    With `only_when_done` a form that is given back with what is wrong costs nothing. A request of which `unless`
    is true attempts nothing, so that it is neither counted nor refused.
    """
    counts = _is_done if only_when_done else None
    limited = limiter.limit(limit, methods=["POST"], deduct_when=counts, exempt_when=unless)
    if not only_when_done:
        return cast(Callable[[View], View], limited)
    every = limiter.limit(_FORMS_GIVEN_BACK, methods=["POST"], exempt_when=unless)
    return cast(Callable[[View], View], lambda view: every(limited(view)))


def given_back() -> None:
    """Let this request count as a form given back, although nothing is wrong with it and its answer is no error."""
    g.is_given_back = True


def seconds_to_wait() -> int | None:
    """Return for how long the limit that refused this request goes on refusing; None where none did."""
    refusing = limiter.current_limit
    if refusing is None or not refusing.breached:
        return None
    left = math.ceil(refusing.reset_at - clock.now().timestamp())
    return min(max(left, 1), refusing.limit.get_expiry())


def _is_done(response: Response) -> bool:
    return response.status_code < 400 and "is_given_back" not in g
