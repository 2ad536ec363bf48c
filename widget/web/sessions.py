"""Sessions: the desk's, the reader's, and none at all for everything public."""

from datetime import datetime
from typing import Any, NoReturn

from flask import Flask, Request, Response, session
from flask.sessions import NullSession, SecureCookieSessionInterface, SessionInterface, SessionMixin

from widget.config import Settings
from widget.web import audience
from widget.web.audience import Audience

# Idle limits in seconds; the sign-in's own row holds the absolute ones. The cookie is written anew at
# most every five minutes, so that reading pages writes nothing else.
_IDLE = {"reader": 30 * 86400, "desk": 12 * 3600}
_REISSUE = 300
_SEEN = "seen"


class NoSession(NullSession):
    """The session of public pages: empty to read, and an error to write."""

    def _fail(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RuntimeError("public pages have no session: nothing may be kept for one reader")

    __setitem__ = __delitem__ = clear = pop = popitem = update = setdefault = _fail


class _Cookie(SecureCookieSessionInterface):
    """A signed cookie under its own name, salt and rules."""

    def __init__(self, settings: Settings, kind: str, *, partitioned: bool) -> None:
        self.salt = f"byline.{kind}"
        self._name = f"__Host-byline_{kind}" if settings.secure else f"byline_{kind}"
        self._secure = settings.secure
        self._partitioned = partitioned

    def get_cookie_name(self, app: Flask) -> str:
        return self._name

    def get_cookie_domain(self, app: Flask) -> str | None:
        return None

    def get_cookie_path(self, app: Flask) -> str:
        return "/"

    def get_cookie_secure(self, app: Flask) -> bool:
        return self._secure

    def get_cookie_httponly(self, app: Flask) -> bool:
        return True

    def get_cookie_samesite(self, app: Flask) -> str | None:
        return "None" if self._partitioned else "Lax"

    def get_cookie_partitioned(self, app: Flask) -> bool:
        return self._partitioned

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return session.modified


class ByAudience(SessionInterface):
    """Chooses by path: the desk cookie, the reader cookie, or no session."""

    def __init__(self, settings: Settings) -> None:
        reader = _Cookie(settings, "reader", partitioned=settings.embed_cookies == "partitioned")
        self._cookies = {
            Audience.EMBED: reader,
            Audience.ACCOUNT: reader,
            Audience.DESK: _Cookie(settings, "desk", partitioned=False),
        }

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        """Return the session that belongs to the path."""
        cookie = self._cookie(request.path)
        opened = None if cookie is None else cookie.open_session(app, request)
        # An empty session is false, and nevertheless one that may be written.
        return NoSession() if opened is None else opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie when its content changed; never on a public page."""
        from flask import request

        cookie = self._cookie(request.path)
        if cookie is not None:
            cookie.save_session(app, session, response)

    def _cookie(self, path: str) -> _Cookie | None:
        return self._cookies[audience.of_path(path)] if audience.has_session(path) else None


def is_idle(kind: str, now: datetime) -> bool:
    """Whether the session has been unused for longer than its kind allows; note that it is used now."""
    at = int(now.timestamp())
    seen = session.get(_SEEN)
    if seen is not None and at - int(seen) > _IDLE[kind]:
        return True
    if seen is None or at - int(seen) > _REISSUE:
        session[_SEEN] = at
    return False


def begin(now: datetime) -> None:
    """Start over with an empty session, as at sign-in, so that nothing from before is carried along."""
    session.clear()
    session.permanent = True
    session[_SEEN] = int(now.timestamp())
