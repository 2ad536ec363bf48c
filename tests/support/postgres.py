"""A PostgreSQL server of the test run's own, and databases in it made by copying a migrated one."""

import re
import signal
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.support.servers import Server, run_as_account

ENVIRONMENT = "BYLINE_TEST_POSTGRES"
USER = "byline"

# Nothing here outlives the run, so nothing needs to reach the disk.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "log_min_messages": "warning",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "synchronous_commit": "off",
    "timezone": "UTC",
}


# What is acknowledged has to outlive a killed server where that is what is tried out.
DURABLE = {**SETTINGS, "autovacuum": "on", "synchronous_commit": "on", "max_connections": "300"}


def start(
    binaries: Path, settings: Mapping[str, str] = SETTINGS, data: Path | None = None
) -> tuple[Server, str]:
    """Start a server with the programs in `binaries`, reachable by a Unix socket in its own directory only.

    Its data goes with it, unless a directory is given that outlives it.
    Returns the server and the URL of its database `postgres`; raises `ServerError` if it does not start.
    """
    server = Server("postgres", stop_signal=signal.SIGINT)
    try:
        data = data or server.directory / "data"
        if not (data / "PG_VERSION").exists():
            initdb: list[str | Path] = [binaries / "initdb", "--pgdata", data, "--username", USER]
            initdb += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
            run_as_account(initdb, cwd=server.directory)
        url = launch(server, binaries, settings, data)
    except BaseException:
        server.stop()
        raise
    return server, url


def launch(server: Server, binaries: Path, settings: Mapping[str, str], data: Path | None = None) -> str:
    """Start the server on its own data, also after it was killed, and return the URL of `postgres`."""
    chosen = {**settings, "unix_socket_directories": str(server.directory)}
    options = [part for key, value in chosen.items() for part in ("-c", f"{key}={value}")]
    url = f"postgresql+psycopg://{USER}@/postgres?host={server.directory}"
    server.start(
        [binaries / "postgres", "-D", data or server.directory / "data", *options],
        ready=lambda: answers(url),
    )
    return url


def create(server_url: str, name: str, template: str = "template0") -> str:
    """Create the database `name` as a copy of `template`, replacing one of that name, and return its URL."""
    drop(server_url, name)
    # Copied file by file, which every PostgreSQL did before 15, and a later one only when told to: by its log of changes,
    # block by block, it takes two to five times as long.
    statement = sql.SQL(
        "CREATE DATABASE {} TEMPLATE {}" + (" STRATEGY FILE_COPY" if _version(server_url) >= 15 else "")
    )
    _run(server_url, statement.format(sql.Identifier(name), sql.Identifier(template)))
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop(server_url: str, name: str) -> None:
    """Drop a database if it exists, whoever is still connected to it."""
    _run(server_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def exists(server_url: str, name: str) -> bool:
    """Whether the server has a database of that name."""
    with psycopg.connect(_conninfo(server_url)) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        return found.fetchone() is not None


def _run(server_url: str, statement: sql.Composed) -> None:
    """Run one statement outside any transaction."""
    with psycopg.connect(_conninfo(server_url), autocommit=True) as connection:
        connection.execute(statement)


@cache
def _version(server_url: str) -> int:
    with psycopg.connect(_conninfo(server_url)) as connection:
        return connection.info.server_version // 10_000


def answers(server_url: str) -> bool:
    """Tell whether the server takes connections yet."""
    try:
        psycopg.connect(_conninfo(server_url), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _conninfo(server_url: str) -> str:
    """Return what libpq expects for an SQLAlchemy URL."""
    return re.sub(r"^postgresql\+\w+", "postgresql", server_url)
