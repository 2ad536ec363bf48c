"""Turns at writing: SQLite lets one write at a time, and here whoever has waited gets it soon.

SQLite's own patience looks again after pauses that grow to a tenth of a second; with many writers some wait for a second
while others pass by. So the threads of a process line up first, and the one whose turn it is looks every millisecond.
PostgreSQL needs none of this.
"""

import random
import sqlite3
import time
from threading import Lock
from typing import cast

from sqlalchemy.engine import URL, Connection

# Whoever does not get a turn within this time is told to come back, seconds.
PATIENCE = 10.0
_LOOK = 0.001
_HELD = "byline_turn"
_lines: dict[URL, Lock] = {}


def begin(connection: Connection) -> None:
    """Begin the transaction that writes, on SQLite, after waiting for one's turn.

    Raises OperationalError ("database is locked") when it does not come within `PATIENCE`.
    """
    until = time.monotonic() + PATIENCE
    line = _lines.setdefault(connection.engine.url, Lock())
    # One that begins again without having been given back, as when migrating, has its turn still.
    if _HELD not in connection.info and line.acquire(timeout=PATIENCE):
        connection.info[_HELD] = line
    raw = cast(sqlite3.Connection, connection.connection.dbapi_connection)
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < until:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    break
                # Not all at the same moment: the next one in line of each process looks.
                time.sleep(_LOOK * random.uniform(0.5, 1.5))  # noqa: S311 (no secret)
            else:
                return
        # As SQLAlchemy says it, for those who tell a database that is away from a mistake.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")


def end(info: dict[object, object]) -> None:
    """Let the next one in line write: this connection, by whose `info` it is known, has been given back."""
    line = cast("Lock | None", info.pop(_HELD, None))
    if line is not None:
        line.release()
