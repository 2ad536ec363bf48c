"""Logs: one JSON line an event, with a request id, and never anything a person wrote."""

import logging
import re
import secrets

from flask import Flask, Response, g, has_request_context, request

from widget import lines
from widget.config import Settings

_HEADER = "X-Request-ID"
# What proxies make: hexadecimal, or a UUID.
_WELL_FORMED = re.compile(r"[0-9A-Fa-f][0-9A-Fa-f-]{0,63}")


class Line(lines.Line):
    """A line that names the request it belongs to."""

    def context(self) -> dict[str, object]:
        """Return request id and endpoint, within a request."""
        if not has_request_context():
            return {}
        return {"request": g.get("request_id"), "endpoint": request.endpoint}


def init_app(app: Flask, settings: Settings) -> None:
    """Send the logs of Byline and Flask to standard error, and give each request an id."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line())
    root = logging.getLogger()
    if not any(isinstance(known.formatter, Line) for known in root.handlers):
        root.addHandler(handler)
    for name in ("widget", app.logger.name):
        logging.getLogger(name).setLevel(logging.INFO)

    # Flask's own line would quote the path, and a mailed link carries its token there.
    app.log_exception = lambda exc_info: app.logger.error("request failed", exc_info=exc_info)  # type: ignore[method-assign]

    @app.before_request
    def name_request() -> None:
        g.request_id = _given() if settings.proxy_hops else None
        g.request_id = g.request_id or secrets.token_hex(8)

    # It is registered before all others, and so comes last: what may be kept is known by then.
    @app.after_request
    def name_answer(response: Response) -> Response:
        # Kept by a cache, it would name somebody else's request.
        if response.cache_control.no_store and "request_id" in g:
            response.headers[_HEADER] = g.request_id
        return response


def _given() -> str | None:
    """Return the id that a proxy gave the request, if it is one: it goes into logs and pages."""
    found = request.headers.get(_HEADER, "")
    return found if _WELL_FORMED.fullmatch(found) else None
