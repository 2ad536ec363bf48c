"""Which decisions are drawn for a second reading: a lottery that nobody can foresee, and anybody can repeat."""

import hashlib
import hmac

_SPACE = 1 << 64


def is_drawn(key: str, decision_id: int, percent: int) -> bool:
    """Whether a decision is among the share of `percent` (0 to 100) that is drawn.

    The first 64 bits of an HMAC-SHA-256 of the decision's number under the site's key fall evenly over their
    range, and below `percent` hundredths of it with that very chance. Without the key nobody can tell
    beforehand; with it the draw can be repeated afterwards, and shown not to have been meddled with.
    """
    digest = hmac.digest(key.encode(), str(decision_id).encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], "big") * 100 < percent * _SPACE
