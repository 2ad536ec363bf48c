"""The layer itself: a WSGI application that answers what it can and hands everything else to Flask."""

import threading
import time
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

from werkzeug.http import parse_etags
from werkzeug.wrappers import Response

from widget import metrics
from widget.config import Settings
from widget.web.reading import compressing
from widget.web.reading.layer import freshness
from widget.web.reading.layer.asking import UNREACHABLE, Asking, Away, Known
from widget.web.reading.layer.memory import Memory
from widget.web.reading.layer.rendition import Form, Rendition, ready
from widget.web.reading.layer.shelf import Shelf
from widget.web.reading.layer.standing import Stamp, Standing
from widget.web.reading.layer.wish import Kind

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# While the database is away, what was right is served for as long as every cache is told by `stale-if-error`.
STALE_IF_ERROR = 60.0
# Whoever waits for a rendition that another request makes gives up after this and asks Flask.
_PATIENCE = 10.0


class ReadingLayer:
    """Answers GET and HEAD of the public reading routes; `forget` is for tests and for a database put in place of another."""

    def __init__(self, flask: "WSGIApplication", settings: Settings) -> None:
        """Stand in front of an application."""
        self._flask = flask
        self._host = settings.host
        self._scheme = settings.origin.partition(":")[0]
        self._freshness = freshness.of(settings)
        self._asking = Asking(settings.sqlalchemy_url)
        self._memory: Memory[Rendition] = Memory(settings.reading_memory * 1_000_000)
        self._shelf = Shelf(settings)
        self._flights: dict[Hashable, threading.Lock] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer from ready bytes, or let Flask answer."""
        method = environ["REQUEST_METHOD"]
        if method not in {"GET", "HEAD"} or environ.get("HTTP_HOST") != self._host:
            return self._flask(environ, start_response)
        encoding = compressing.wanted(environ.get("HTTP_ACCEPT_ENCODING", ""))
        found = self._find(environ, encoding)
        if found is None:
            return self._flask(environ, start_response)
        if isinstance(found, Response):
            # Not what is kept: a thread that is not public, say.
            return found(environ, start_response)
        if _has(environ.get("HTTP_IF_NONE_MATCH"), found.etag):
            metrics.UNMODIFIED.inc()
            start_response("304 NOT MODIFIED", found.headers_unmodified)
            return []
        start_response("200 OK", found.headers)
        # A list, not a tuple: granian sends it without going through it piece by piece, which is a tenth of an answer.
        return [] if method == "HEAD" else [found.body]

    def forget(self) -> None:
        """Forget everything, on the shelf too."""
        self._asking.forget()
        self._memory.clear()
        self._shelf.clear()

    def close(self) -> None:
        """Let go of the database."""
        self._asking.close()

    # ── Which version it must be ────────────────────────────────────────────────────────────────────

    def _find(self, environ: "WSGIEnvironment", encoding: str) -> Form | Response | None:
        address = (environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""))
        known = self._asking.known(address)
        try:
            self._asking.leave_alone()
            mark = self._freshness.mark()
            if known is None or known.mark != mark:
                known = self._asking.asked(address, mark)
        except Away:
            return self._while_away(known, encoding)
        except UNREACHABLE:
            self._asking.notice_away()
            return self._while_away(known, encoding)
        if known is None:
            return None
        place = known.standing
        kept = self._memory.get(_key(place, encoding))
        if kept is not None and kept.stamp == place.stamp:
            form = kept.forms.get(encoding)
            if form is not None:
                metrics.FROM_MEMORY.inc()
                return form
        return self._fetch(place, encoding, environ, kept)

    def _while_away(self, known: Known | None, encoding: str) -> Form | None:
        """Return what was right a short while ago; without it Flask says that the database is away."""
        if known is None or time.monotonic() - known.at > STALE_IF_ERROR:
            return None
        kept = self._memory.get(_key(known.standing, encoding))
        if kept is None or kept.stamp != known.standing.stamp:
            return None
        metrics.STALE.inc()
        return kept.form(encoding)

    # ── Its bytes ───────────────────────────────────────────────────────────────────────────────────

    def _fetch(
        self, place: Standing, encoding: str, environ: "WSGIEnvironment", before: Rendition | None
    ) -> Form | Response | None:
        """Return the form from the shelf or from Flask, made once for all who ask for it meanwhile.

        They wait for it; but where it only adds comments to the one `before`, they get that one.
        """
        key = _key(place, encoding)
        flight = self._flights.setdefault(key, threading.Lock())
        if not flight.acquire(blocking=False):
            form = before.forms.get(encoding) if before is not None and _only_adds(place, before) else None
            if form is not None:
                metrics.FROM_MEMORY.inc()
                return form
            landed = flight.acquire(timeout=_PATIENCE)
            if landed:
                flight.release()
            return self._find(environ, encoding) if landed else None
        try:
            kept = self._memory.get(key)
            if kept is None or kept.stamp != place.stamp:
                kept = Rendition(place.stamp)
            form = kept.form(encoding) or self._from_shelf(kept, key, encoding)
            if form is None:
                made = self._render(kept, place, encoding, environ)
                if isinstance(made, Response):
                    return made
                form = made
                self._shelf.put(key, place.stamp, encoding, form)
            self._memory.put(key, kept, kept.size)
            return form
        finally:
            self._flights.pop(key, None)
            flight.release()

    def _from_shelf(self, kept: Rendition, key: Hashable, encoding: str) -> Form | None:
        found = self._shelf.get(key, kept.stamp, encoding)
        if found is not None:
            metrics.FROM_SHELF.inc()
            kept.forms[encoding] = found
        return found

    def _render(
        self, kept: Rendition, place: Standing, encoding: str, environ: "WSGIEnvironment"
    ) -> Form | Response:
        """Ask Flask, as somebody of whom nothing is known."""
        is_script = place.wish.kind is Kind.SCRIPT
        with metrics.RENDERING.time():
            asked = _anonymous(environ, place, encoding if is_script else "", self._scheme)
            answer = Response.from_app(self._flask, asked, buffered=True)
        is_public = answer.headers.get("Cache-Control", "").startswith("public")
        if answer.status_code != 200 or not is_public or "Set-Cookie" in answer.headers:
            return answer
        metrics.RENDERED.inc()
        headers = list(answer.headers)
        if is_script:
            # It comes compressed better than there is time for here.
            form = ready(answer.get_data(), answer.headers.get("Content-Encoding", ""), headers)
            kept.forms[encoding] = form
            return form
        return kept.add(answer.get_data(), encoding, headers)


def _only_adds(place: Standing, before: Rendition) -> bool:
    return isinstance(place.stamp, Stamp) and place.stamp.only_adds_to(before.stamp)


def _key(place: Standing, encoding: str) -> Hashable:
    return (place.key, encoding) if place.wish.kind is Kind.SCRIPT else place.key


def _anonymous(environ: "WSGIEnvironment", place: Standing, encoding: str, scheme: str) -> "WSGIEnvironment":
    """Return a request for the same in its one form, without anything that tells readers apart."""
    kept = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
    return {
        **kept,
        "REQUEST_METHOD": "GET",
        "PATH_INFO": place.wish.path,
        "QUERY_STRING": place.wish.query,
        "HTTP_HOST": environ["HTTP_HOST"],
        "HTTP_ACCEPT_ENCODING": encoding,
        # What a proxy says of the scheme is left out with the rest; the settings know it.
        "wsgi.url_scheme": scheme,
    }


def _has(asked: str | None, etag: str) -> bool:
    """Whether the reader has it already."""
    if asked is None:
        return False
    return asked == etag or parse_etags(asked).contains_weak(etag.strip('"'))
