"""Marks of browsers that an address signed in with: who has one is told from strangers when passwords are guessed.

A mark gives no power and names nobody: it is chance, the day, and an HMAC over both and the address.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from widget.config import Settings

# As long as a reader's sign-in lasts at most.
LIFETIME = timedelta(days=180)
# So many people share a browser, those who signed in last.
_MOST = 5
_BETWEEN, _WITHIN = "-", "."
_DAY = 86_400
# A day has five digits for a hundred years; what is longer is no day of ours.
_MOST_DIGITS = 5


class Marks:
    """Makes marks with the present key, and knows those that earlier ones made."""

    def __init__(self, secret_key: str, previous: Sequence[str] = ()) -> None:
        self._keys = [secret_key.encode(), *(key.encode() for key in previous)]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the marks of this server."""
        return cls(settings.secret_key, settings.previous_secret_keys)

    def added(self, kept: str, email_key: str, now: datetime) -> str:
        """Return what a browser keeps from now on: a new mark for this address, and the latest of others."""
        head = f"{secrets.token_hex(8)}{_WITHIN}{_day(now)}"
        mark = f"{head}{_WITHIN}{self._tag(self._keys[0], head, email_key)}"
        others = [one for one in kept.split(_BETWEEN) if one and not self._is_for(one, email_key, now)]
        return _BETWEEN.join([mark, *others[: _MOST - 1]])

    def known(self, kept: str, email_key: str, now: datetime) -> str | None:
        """Return the mark's own name where one of those that a browser keeps is for this address, else None."""
        for mark in kept.split(_BETWEEN)[:_MOST]:
            if self._is_for(mark, email_key, now):
                return mark.partition(_WITHIN)[0]
        return None

    def counted_as(self, email_key: str) -> str:
        """Return the name under which wrong passwords for an address are counted, of which nobody reads the address."""
        return _hmac(self._keys[0], "counted", email_key)

    def _is_for(self, mark: str, email_key: str, now: datetime) -> bool:
        head, _, tag = mark.rpartition(_WITHIN)
        day = head.rpartition(_WITHIN)[2]
        if not (day.isascii() and day.isdecimal() and len(day) <= _MOST_DIGITS):
            return False
        if not 0 <= _day(now) - int(day) < LIFETIME.days:
            return False
        return any(
            hmac.compare_digest(tag.encode(), self._tag(key, head, email_key).encode()) for key in self._keys
        )

    def _tag(self, key: bytes, head: str, email_key: str) -> str:
        return _hmac(key, "browser", f"{head} {email_key}")


def _day(now: datetime) -> int:
    return int(now.timestamp()) // _DAY


def _hmac(key: bytes, purpose: str, message: str) -> str:
    """Return an HMAC under a key of its own for each purpose, in hexadecimal."""
    own = hmac.digest(key, b"byline.known." + purpose.encode(), hashlib.sha256)
    return hmac.new(own, message.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]
