"""Signed links: what a mail carries instead of a secret kept in the database."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

CONFIRM = "confirm-address"
RESET = "reset-password"
IDENTITY = "confirm-identity"
# Here it is the mail itself that a token is made for: it knows the new address.
ADDRESS = "change-address"
# Here it is an invitation that a token is made for, not an account.
INVITE = "join-the-staff"
# Here it is a thread, to go back to after one of the former.
BACK = "back-to-the-article"
# Between password and code: no mail carries this one, but the desk's own cookie.
SECOND_STEP = "second-step"
_LIFETIMES = {
    CONFIRM: timedelta(days=14),
    RESET: timedelta(hours=2),
    ADDRESS: timedelta(days=2),
    INVITE: timedelta(days=7),
    IDENTITY: timedelta(days=30),
    BACK: timedelta(days=1),
    SECOND_STEP: timedelta(minutes=10),
}


def lifetime(purpose: str) -> timedelta:
    """Return for how long a link of that purpose is good."""
    return _LIFETIMES[purpose]


class Tokens:
    """Signs and reads links; a token is bound to its purpose and to a fingerprint of the account.

    The fingerprint (of the password's hash and the address, `credentials.fingerprint`) changes when either does,
    so a link for resetting the password works once. That of a question about somebody's identity is the question's own.
    """

    def __init__(self, secret_key: str, previous: Sequence[str] = ()) -> None:
        self._keys = [*previous, secret_key]

    def sign(self, purpose: str, account_id: int, fingerprint: str | None) -> str:
        """Return a token for that purpose."""
        return self._serializer(purpose).dumps([account_id, _short(fingerprint)])

    def account_id(self, purpose: str, token: str) -> int | None:
        """Return the account a token was made for, or None when it is forged or too old."""
        read = self._read(purpose, token)
        return None if read is None else read[0]

    def fits(self, purpose: str, token: str, fingerprint: str | None) -> bool:
        """Whether the account still is as it was when the token was made."""
        read = self._read(purpose, token)
        return read is not None and read[1] == _short(fingerprint)

    def _read(self, purpose: str, token: str) -> tuple[int, str] | None:
        try:
            value = self._serializer(purpose).loads(token, max_age=int(_LIFETIMES[purpose].total_seconds()))
        except BadData:
            return None
        return int(value[0]), str(value[1])

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._keys, salt=f"byline.{purpose}")


def _short(fingerprint: str | None) -> str:
    return hashlib.sha256((fingerprint or "").encode()).hexdigest()[:16]
