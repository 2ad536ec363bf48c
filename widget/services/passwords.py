"""Passwords: hashed with argon2id, each verified in the same time whatever is known, refused when easily guessed."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from widget.errors import Busy, Refusal
from widget.text.normalise import folded

# docs/decisions/0007-passwords.md: fifteen characters, no composition rules, long ones taken whole.
SHORTEST = 15
_LONGEST = 1000
# At least 19 MiB, two passes, one lane: the figures of OWASP's cheat sheet.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each hash takes 19 MiB and a core: a flood of sign-ins queues here instead of taking the machine, and whoever
# would wait longer than this is told to come back.
_slots = threading.BoundedSemaphore(max(2, min(4, os.cpu_count() or 1)))
_PATIENCE = 4.0
# zxcvbn reads no more than this; longer passwords are judged by their beginning.
_JUDGED = 72
_LEAST_SCORE = 2
# Digits and signs that stand for letters; zxcvbn tries every combination of those in a password.
_SUBSTITUTES = frozenset("4@8({[<369!1|0$5+7%2")
_MOST_SUBSTITUTES = 10
# Own words shorter than this are too common to count; this many characters must stand beside them.
_SHORTEST_WORD = 3
_LEAST_BESIDE_WORDS = 6


def problem(password: str, own_words: list[str]) -> Refusal | None:
    """Return why a new password is refused, or None; `own_words` are such as were found in order before.

    `password.short`, `password.long`, `password.own-words` (little is left without the person's or the
    site's own name), `password.guessable` (zxcvbn's estimate, which knows the common lists, is below
    10^6 guesses).
    """
    if len(password) < SHORTEST:
        return Refusal("password.short", "password", least=SHORTEST)
    if len(password) > _LONGEST:
        return Refusal("password.long", "password", most=_LONGEST)
    words = [word for text in own_words for word in folded(text).split() if len(word) >= _SHORTEST_WORD]
    whole = _without(folded(password), [])
    beside = _without(folded(password), words)
    if beside != whole and len(beside) < _LEAST_BESIDE_WORDS:
        return Refusal("password.own-words", "password")
    if _is_guessable(password, words):
        return Refusal("password.guessable", "password")
    return None


def _is_guessable(password: str, words: list[str]) -> bool:
    """Whether zxcvbn thinks so; it takes seconds on many substitutes for letters, which nobody guesses."""
    if len(_SUBSTITUTES & set(password)) > _MOST_SUBSTITUTES:
        return False
    with _slot():
        return int(zxcvbn(password[:_JUDGED], user_inputs=words)["score"]) < _LEAST_SCORE


@contextmanager
def _slot() -> Iterator[None]:
    """Hold one of the few places for work that takes a core; raise Busy when none gets free in time."""
    if not _slots.acquire(timeout=_PATIENCE):
        raise Busy("busy")
    try:
        yield
    finally:
        _slots.release()


def _without(password: str, words: list[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        password = password.replace(word, "")
    return password.replace(" ", "")


def hashed(password: str) -> str:
    """Return the argon2id hash of a password; raise Busy when too many are being made."""
    with _slot():
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; takes as long when there is no hash to compare with.

    Raises Busy when too many are being looked at.
    """
    try:
        with _slot():
            _hasher.verify(password_hash or _nobody(_hasher), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


def outdated(password_hash: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _nobody(hasher: PasswordHasher) -> str:
    """Return a hash that belongs to nobody, so that verifying takes as long where no account is known."""
    return hasher.hash("nobody signs in with this")
