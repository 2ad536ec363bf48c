"""Logs: one JSON line an event, with a request id, and never anything a person wrote."""

import json
import logging
import secrets
from datetime import UTC, datetime

from flask import Flask, g, has_request_context, request


class Line(logging.Formatter):
    """A record as one line of JSON; JSON itself encodes control characters."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, logger, message, request id and the kind of exception."""
        fields: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            fields |= {"request": g.get("request_id"), "endpoint": request.endpoint}
        if record.exc_info and record.exc_info[0] is not None:
            fields["exception"] = record.exc_info[0].__name__
            fields["trace"] = _where(record)
        return json.dumps(fields, ensure_ascii=True, default=str)


def init_app(app: Flask) -> None:
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
        g.request_id = secrets.token_hex(8)


def _where(record: logging.LogRecord) -> list[str]:
    """Return the places an exception passed, without its message, which may quote what was sent."""
    assert record.exc_info
    trace = record.exc_info[2]
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]
