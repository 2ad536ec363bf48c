"""Browsers that somebody signed in with before: each keeps a mark of it, in a cookie of its own for each kind of sign-in.

The cookie gives no power. It says that wrong passwords which strangers typed are not this browser's.
"""

from flask import Response, after_this_request, request

from widget import clock
from widget.extensions import settings
from widget.models import SignInKind
from widget.services.known_browsers import LIFETIME, Marks


def remember(email_key: str, *kinds: SignInKind) -> None:
    """Let this browser keep a mark of an address whose mailbox was proved, once the request is answered well."""
    marks, now = Marks.of(settings()), clock.now()
    kept = {kind: marks.added(_kept(kind), email_key, now) for kind in kinds}

    @after_this_request
    def keep(response: Response) -> Response:
        if response.status_code < 400:
            for kind, value in kept.items():
                _set(response, kind, value, int(LIFETIME.total_seconds()))
        return response


def forget(kind: SignInKind) -> None:
    """Let this browser forget whom it knew, as when an account is closed."""

    @after_this_request
    def drop(response: Response) -> Response:
        _set(response, kind, "", 0)
        return response


def known(email_key: str) -> str | None:
    """Return the name of this browser's mark for an address, of whatever kind, or None for a stranger's browser."""
    marks, now = Marks.of(settings()), clock.now()
    found = (marks.known(_kept(kind), email_key, now) for kind in SignInKind)
    return next((name for name in found if name is not None), None)


def _kept(kind: SignInKind) -> str:
    return request.cookies.get(_name(kind), "")


def _name(kind: SignInKind) -> str:
    prefix = "__Host-" if settings().secure else ""
    return f"{prefix}byline_{kind.value}_known"


def _set(response: Response, kind: SignInKind, value: str, max_age: int) -> None:
    # Sent where the cookie of that kind of sign-in is (`sessions.py`).
    partitioned = kind is SignInKind.READER and settings().embed_cookies == "partitioned"
    response.set_cookie(
        _name(kind),
        value,
        max_age=max_age,
        path="/",
        secure=settings().secure,
        httponly=True,
        samesite="None" if partitioned else "Lax",
        partitioned=partitioned,
    )
