"""What the values of settings must look like: each check returns what to set instead, or nothing.

No sentence repeats the value: it may hold a password.
"""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SHORTEST_SECRET: Final = 32

_EARLIER_KEYS = (
    "BYLINE_PREVIOUS_SECRET_KEYS must be earlier secret keys, of at least 32 characters each, "
    "separated by commas alone."
)
_ADDRESS = "BYLINE_BASE_URL must look like https://comments.news.example, without a path."
_MAIL_SERVER = (
    "BYLINE_SMTP_URL must look like smtp://127.0.0.1:25, smtp://user:password@mail.news.example:587 or "
    "smtps://user:password@mail.news.example:465; signs such as @ and / in a password are written %40 and %2F."
)
_SENDER = "BYLINE_MAIL_FROM must be an address by itself, such as comments@news.example."
_CONTACT = (
    "BYLINE_SECURITY_CONTACT must look like mailto:security@news.example or https://news.example/security."
)
_DATABASE = (
    "DATABASE_URL must look like sqlite:////var/lib/byline/byline.sqlite3 or "
    "postgresql://user:password@host:5432/name; signs such as @ and / in a password are written %40 and %2F. "
    "Several hosts are written postgresql://user:password@/name?host=first:5432&host=second:5432."
)
_REDIS = "REDIS_URL must look like redis://127.0.0.1:6379/0 or rediss://user:password@host:6379/0."
_COUNTS = (
    "PROMETHEUS_MULTIPROC_DIR must name an empty folder that is there and can be written to; make it first."
)

_MAILBOX = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_DRIVERS = frozenset({"sqlite", "sqlite+pysqlite", "postgres", "postgresql", "postgresql+psycopg"})
# What the library that counts takes; of the last three no host need be named as others name it.
_REDIS_KINDS = {
    "redis": True,
    "rediss": True,
    "redis+unix": False,
    "redis+cluster": False,
    "redis+sentinel": False,
}


def _earlier_keys(value: tuple[str, ...]) -> str:
    return _EARLIER_KEYS if any(len(key) < SHORTEST_SECRET for key in value) else ""


def _address(value: str) -> str:
    parts = _split(value)
    fits = (
        parts is not None and parts.scheme in {"http", "https"} and parts.hostname and parts.path in {"", "/"}
    )
    return "" if fits else _ADDRESS


def _mail_server(value: str) -> str:
    parts = _split(value)
    fits = parts is not None and parts.scheme in {"smtp", "smtps"} and parts.hostname
    return "" if fits else _MAIL_SERVER


def _sender(value: str) -> str:
    return "" if _MAILBOX.fullmatch(value) else _SENDER


def _contact(value: str) -> str:
    parts = _split(value)
    if parts is None or parts.scheme not in {"mailto", "https"}:
        return _CONTACT
    return "" if (parts.hostname if parts.scheme == "https" else _MAILBOX.fullmatch(parts.path)) else _CONTACT


def _database(value: str) -> str:
    try:
        return "" if make_url(value).drivername in _DRIVERS else _DATABASE
    except (ArgumentError, ValueError):
        return _DATABASE


def _redis(value: str) -> str:
    parts = _split(value)
    if parts is None:
        # Several hosts, each with its port, are no port that could be read.
        return "" if value.startswith(("redis+cluster://", "redis+sentinel://")) else _REDIS
    needs_host = _REDIS_KINDS.get(parts.scheme)
    return _REDIS if needs_host is None or (needs_host and not parts.hostname) else ""


def _split(value: str) -> SplitResult | None:
    """Return the parts of an address, or None where its port or its brackets cannot be read."""
    try:
        parts = urlsplit(value)
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


# By the name of the setting, in the order in which they are looked at.
CHECKS: Final[Mapping[str, Callable[[Any], str]]] = {
    "previous_secret_keys": _earlier_keys,
    "base_url": _address,
    "smtp_url": _mail_server,
    "mail_from": _sender,
    "security_contact": _contact,
    "database_url": _database,
    "redis_url": _redis,
}


def complaint(values: Mapping[str, Any]) -> str:
    """Say what is wrong with the first setting that does not fit; one that is empty is not set, and always fits."""
    return next(
        (said for name, check in CHECKS.items() if values[name] and (said := check(values[name]))), ""
    )


def counts(environ: Mapping[str, str]) -> str:
    """Say what to do about the folder in which workers share their figures: the library needs it while it is loaded."""
    named = environ.get("PROMETHEUS_MULTIPROC_DIR", environ.get("prometheus_multiproc_dir"))
    if named is None or (Path(named).is_dir() and os.access(named, os.W_OK | os.X_OK)):
        return ""
    return _COUNTS
