"""A record of the log as one line of JSON, for everything that runs: also for the server before it has an application."""

import json
import logging
from datetime import UTC, datetime


class Line(logging.Formatter):
    """A record as one line of JSON; JSON itself encodes control characters."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, logger, message, what `context` adds, and the kind of exception."""
        fields: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **self.context(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            fields["exception"] = record.exc_info[0].__name__
            fields["trace"] = _where(record)
        return json.dumps(fields, ensure_ascii=True, default=str)

    def context(self) -> dict[str, object]:
        """Return what is known of the circumstances: here nothing."""
        return {}


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
