"""The application factory; it reads like a table of contents."""

import logging
import os
import sqlite3
from typing import Any

import click
from flask import Flask
from redis.backoff import NoBackoff
from redis.retry import Retry

from widget import cli, extensions, logs, paths, patience, schema, web
from widget.cli import bare
from widget.config import LANGUAGES, Settings, UnsafeSettings, make_instance
from widget.db import db
from widget.gazetteer.reading import Gazetteer

_log = logging.getLogger(__name__)

# Older lines of SQLite that got the correction of the WAL-reset fault too.
_CORRECTED = ((3, 44, 6), (3, 50, 7))
# A Redis that is away or hangs holds nobody up: each process counts by itself meanwhile.
_REDIS_PATIENCE = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0)}
# Connections that a process keeps between requests; beyond these they are opened as they are needed.
_KEPT_OPEN = 8


def create_app(settings: Settings | None = None) -> Flask:
    """Return a Byline server for these settings, or for those of the environment.

    Raises widget.config.UnsafeSettings when they are incomplete or unsafe.
    """
    settings = settings or Settings.from_environment(os.environ)
    app = Flask(
        "widget",
        root_path=str(paths.ROOT),
        template_folder=str(paths.TEMPLATES),
        static_folder=str(paths.STATIC),
        instance_path=str(settings.instance_path.resolve()),
    )
    app.config.from_mapping(_flask_settings(settings))
    app.extensions[extensions.SETTINGS] = settings
    app.extensions[extensions.GAZETTEER] = Gazetteer(settings.gazetteer_path)
    logs.init_app(app, settings)
    _prepare_database(settings)
    db.init_app(app)
    schema.revisions()
    extensions.migrate.init_app(app, db, directory=str(paths.MIGRATIONS), compare_type=True)
    web.init_app(app, settings)
    cli.init_app(app)
    return app


def from_command_line() -> Flask | None:
    """Return an application without settings where the command line runs and there are none it could run with.

    A server always gets None here, and then the error of `create_app`.
    """
    if click.get_current_context(silent=True) is None:
        return None
    try:
        _make_folder(Settings.from_environment(os.environ))
    except UnsafeSettings as error:
        return bare.application(error)
    return None


def _make_folder(settings: Settings) -> None:
    """Make the instance folder where the database stands in it; without it pages are not kept on disk, which is all."""
    if not settings.database_url:
        make_instance(settings.instance_path)


def _prepare_database(settings: Settings) -> None:
    """Make the folder of an SQLite file, which the engine makes itself; warn of a faulty SQLite."""
    _make_folder(settings)
    if settings.sqlalchemy_url.startswith("sqlite") and not settings.demo and not _wal_is_sound():
        _log.warning(
            "SQLite %s can corrupt a database when its write-ahead log is reset; install 3.51.3 or newer",
            sqlite3.sqlite_version,
        )


def _wal_is_sound() -> bool:
    """Whether this SQLite has the correction of the WAL-reset fault (docs/deploying.md says which have)."""
    version = sqlite3.sqlite_version_info
    return version >= (3, 51, 3) or any(version[:2] == kept[:2] and version >= kept for kept in _CORRECTED)


def _flask_settings(settings: Settings) -> dict[str, Any]:
    """Return what Flask and its extensions read, all of it derived from the settings."""
    hostname = settings.host.rpartition(":")[0] or settings.host
    trusted = [hostname, "localhost", "127.0.0.1"] if settings.demo else [hostname]
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.previous_secret_keys),
        "SQLALCHEMY_DATABASE_URI": settings.sqlalchemy_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "TRUSTED_HOSTS": trusted,
        # A comment of 20,000 characters, form-encoded at its worst, stays below this.
        "MAX_CONTENT_LENGTH": 512 * 1024,
        "MAX_FORM_MEMORY_SIZE": 512 * 1024,
        "MAX_FORM_PARTS": 100,
        "PREFERRED_URL_SCHEME": "https" if settings.secure else "http",
        # The token lives as long as the session: a person may write for an afternoon.
        "WTF_CSRF_TIME_LIMIT": None,
        # `widget/web/access.py` checks Sec-Fetch-Site and Origin, which say more than a Referer.
        "WTF_CSRF_SSL_STRICT": False,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_STORAGE_OPTIONS": _REDIS_PATIENCE if settings.redis_url else {},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": bool(settings.redis_url),
        "RATELIMIT_STRATEGY": "moving-window",
        "RATELIMIT_HEADERS_ENABLED": False,
        "BABEL_DEFAULT_LOCALE": LANGUAGES[0],
        "BABEL_TRANSLATION_DIRECTORIES": str(paths.TRANSLATIONS),
    }


def _engine_options(settings: Settings) -> dict[str, Any]:
    """Return how connections are kept: never fewer than there are threads, and none that is dead for long.

    A thread waits at most five seconds for one, which is then a 503; a server that comes back after a restart
    is found again at once, and one that is cut off in the middle of an answer is given up after fifteen seconds.
    """
    pool = {"pool_size": _KEPT_OPEN, "max_overflow": settings.threads - _KEPT_OPEN, "pool_timeout": 5}
    if settings.sqlalchemy_url == "sqlite://" or ":memory:" in settings.sqlalchemy_url:
        return {"connect_args": {"timeout": 10}}
    if settings.sqlalchemy_url.startswith("sqlite"):
        return {**pool, "connect_args": {"timeout": 10}}
    return {**pool, "pool_pre_ping": True, "connect_args": patience.connecting()}
