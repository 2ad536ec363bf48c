"""Secrets that the database keeps and cannot read: sealed with a key made of the server's own.

A second factor's secret has to be known again, so it cannot be hashed. It is 160 bits: shorter than one output
of HMAC-SHA-256, which under a nonce that is never used twice serves as a pad; a second HMAC over nonce, owner
and text tells a sealed secret that was changed or belongs to somebody else. docs/decisions/0017-second-factor.md
says why this needs no further library.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Self

from widget.config import Settings

# In bytes; RFC 4226, section 4, recommends secrets of 160 bits.
LENGTH = 20
_NONCE, _TAG = 16, 16


class Unreadable(Exception):
    """Something was sealed with a key that this server does not have any more, or was tampered with."""


class Seal:
    """Seals secrets with the present key, and opens what earlier ones sealed."""

    def __init__(self, secret_key: str, previous: Sequence[str] = ()) -> None:
        self._keys = [secret_key.encode(), *(key.encode() for key in previous)]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the seal of this server."""
        return cls(settings.secret_key, settings.previous_secret_keys)

    def close(self, owner: int, secret: bytes) -> str:
        """Return a secret of `LENGTH` bytes as it is stored, bound to the account that it belongs to."""
        if len(secret) != LENGTH:
            raise ValueError(f"a sealed secret has {LENGTH} bytes")
        nonce = secrets.token_bytes(_NONCE)
        hidden = nonce + _pad(self._keys[0], nonce, secret)
        return base64.urlsafe_b64encode(hidden + _tag(self._keys[0], owner, hidden)).decode()

    def open(self, owner: int, sealed: str) -> bytes:
        """Return the secret; raise Unreadable when no key of ours sealed it for this account."""
        hidden, key = self._read(owner, sealed)
        return _pad(key, hidden[:_NONCE], hidden[_NONCE:])

    def is_outdated(self, owner: int, sealed: str) -> bool:
        """Whether an earlier key sealed it; raise Unreadable when none of ours did."""
        return self._read(owner, sealed)[1] != self._keys[0]

    def derived(self, *parts: str | int) -> bytes:
        """Return a secret that only this server can make of these parts, and makes of them every time."""
        return _hmac(self._keys[0], b"derived", "\n".join(map(str, parts)).encode())[:LENGTH]

    def _read(self, owner: int, sealed: str) -> tuple[bytes, bytes]:
        try:
            raw = base64.urlsafe_b64decode(sealed)
        except ValueError:
            raise Unreadable from None
        hidden, tag = raw[:-_TAG], raw[-_TAG:]
        for key in self._keys:
            if len(hidden) == _NONCE + LENGTH and hmac.compare_digest(tag, _tag(key, owner, hidden)):
                return hidden, key
        raise Unreadable


def _pad(key: bytes, nonce: bytes, text: bytes) -> bytes:
    pad = _hmac(key, b"pad", nonce)
    return bytes(one ^ other for one, other in zip(text, pad, strict=False))


def _tag(key: bytes, owner: int, hidden: bytes) -> bytes:
    return _hmac(key, b"tag", owner.to_bytes(8, "big") + hidden)[:_TAG]


def _hmac(key: bytes, purpose: bytes, message: bytes) -> bytes:
    """Return an HMAC under a key of its own for each purpose, so that none says anything of another."""
    own = hmac.digest(key, b"byline.sealing." + purpose, hashlib.sha256)
    return hmac.digest(own, message, hashlib.sha256)
