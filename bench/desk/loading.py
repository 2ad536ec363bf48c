"""Rows by the hundred thousand: written past the ORM, with what indexes text taken away meanwhile and built anew."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, text

from widget.db import Base
from widget.models import Comment

Row = Sequence[Any]
_BATCH = 20_000
_INDEX = "comment_terms"


def write(connection: Connection, table: str, columns: str, rows: Iterator[Row]) -> None:
    """Write rows of the named columns, in the connection's transaction; moments and JSON come as text."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        marks = ", ".join("?" for _ in columns.split())
        statement = f"INSERT INTO {table} ({', '.join(columns.split())}) VALUES ({marks})"  # noqa: S608
        while batch := list(islice(rows, _BATCH)):
            driver.executemany(statement, batch)
        return
    assert driver is not None
    with driver.cursor().copy(f"COPY {table} ({', '.join(columns.split())}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def prepare(connection: Connection) -> None:
    """Give SQLite room to hold its indexes in memory while they grow, before a transaction begins."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.execute("PRAGMA cache_size = -1500000")


def restore(connection: Connection) -> None:
    """Take the room away again."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.execute("PRAGMA cache_size = -2000")


@contextmanager
def in_haste(connection: Connection) -> Iterator[None]:
    """Take the index of words away while comments are written, and build it when all are there."""
    if connection.dialect.name == "postgresql":
        (index,) = (one for one in Comment.__table__.indexes if one.name == "ix_comments_terms")
        connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        connection.execute(text("SET LOCAL timezone = 'UTC'"))
        index.drop(connection)
        yield
        index.create(connection)
        return
    triggers = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'comments'")
    ).all()
    triggers = [row for row in triggers if _INDEX in row.sql]
    for name, _ in triggers:
        connection.execute(text(f"DROP TRIGGER {name}"))
    yield
    connection.execute(text(f"INSERT INTO {_INDEX}({_INDEX}) VALUES ('rebuild')"))  # noqa: S608
    for _, statement in triggers:
        connection.exec_driver_sql(statement)


def settle(connection: Connection) -> None:
    """Bring sequences to where a database that grew by itself has them."""
    if connection.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        key = list(table.primary_key.columns)
        if (
            len(key) == 1
            and key[0].autoincrement == "auto"
            and not key[0].foreign_keys
            and key[0].name == "id"
        ):
            sequence = connection.execute(
                text(f"SELECT pg_get_serial_sequence('{table.name}', 'id')")
            ).scalar()
            if sequence and re.fullmatch(r"[\w.]+", sequence):
                highest = f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name})"  # noqa: S608
                connection.execute(text(f"SELECT setval('{sequence}', {highest}, false)"))
