"""The database: the declarative base, its types and names, and how a transaction begins."""

import enum
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Enum, Text, TypeDecorator, bindparam, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.schema import MetaData

from widget import paths, turns

# Every constraint has a name of its own, so that a migration can find it on both engines.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_BEGIN_WRITING = "byline_writes"


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC: naive on SQLite, `timestamptz` on PostgreSQL, always aware in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime; hand SQLite a naive one in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every model."""

    # Flask-SQLAlchemy 3.1 refuses these two on the class itself, so they go in by the registry.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime(),
            dict[str, str]: JSON().with_variant(JSONB(), "postgresql"),
            dict[str, Any]: JSON().with_variant(JSONB(), "postgresql"),
            list[str]: JSON().with_variant(JSONB(), "postgresql"),
            str: Text(),
        },
    )


db = SQLAlchemy(model_class=Base)

# Words in the order of bytes on both engines: whatever begins with the same letters stands together.
WORD = Text().with_variant(Text(collation="C"), "postgresql")


def by_value(kind: type[enum.StrEnum], name: str) -> Enum:
    """Return a column type that stores an enumeration by value, checked by the constraint `name`."""
    return Enum(
        kind,
        native_enum=False,
        length=32,
        create_constraint=True,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


def begin_writing(session: Session) -> None:
    """End what was being read and open the transaction that writes.

    On SQLite it begins IMMEDIATE, so that two writers queue up instead of failing halfway. Everything
    loaded before is expired: a service re-reads what it relies on. Raises RuntimeError when changes
    made before would be lost: they must be committed first.
    """
    if session.new or session.dirty or session.deleted or is_writing(session):
        raise RuntimeError("changes were made before the write transaction began")
    session.rollback()
    session.connection(execution_options={_BEGIN_WRITING: True})


def ensure_writing(session: Session) -> None:
    """Begin writing unless this very transaction does already: for a step that may follow another."""
    if not is_writing(session):
        begin_writing(session)


def is_writing(session: Session) -> bool:
    """Whether the session is inside a transaction that `begin_writing` opened."""
    if not session.in_transaction():
        return False
    return bool(session.connection().get_execution_options().get(_BEGIN_WRITING))


def refresh_statistics(session: Session) -> None:
    """Let SQLite look at how large everything is, as PostgreSQL does by itself, and commit.

    Without, it guesses which of a table's indexes leads to few rows, and with a million comments guesses wrong.
    It looks at everything: where only a sample is looked at, as `analysis_limit` would have it, what waits seems to be as
    much as what was decided. An index at a time, so that nobody who writes waits for more than a second or two.
    """
    if session.get_bind().dialect.name != "sqlite":
        return
    session.rollback()
    indexes = session.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name IN :tables").bindparams(
            bindparam("tables", sorted(Base.metadata.tables), expanding=True)
        )
    )
    for name in indexes.scalars().all():
        begin_writing(session)
        session.execute(text(f'ANALYZE "{name}"'))
        session.commit()


@event.listens_for(Engine, "do_connect")
def _make_the_file_ours(
    dialect: Dialect, _record: object, given: Sequence[Any], named: Mapping[str, Any]
) -> None:
    """Let nobody else read a new SQLite file: it holds addresses and hashes of passwords."""
    if dialect.name == "sqlite" and given and given[0] != ":memory:" and not named.get("uri"):
        paths.own_file(Path(given[0]))


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: object, _record: object) -> None:
    """Set what SQLite needs on each connection: WAL, durable commits, foreign keys, patience."""
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver must not begin transactions by itself: `_begin` below does.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {int(turns.PATIENCE * 1000)}",
        "temp_store = MEMORY",
        # What was erased shall not linger in free pages; not every build of SQLite does so by itself.
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Begin deferred for readers, immediate for writers."""
    if connection.dialect.name != "sqlite":
        return
    if connection.get_execution_options().get(_BEGIN_WRITING, False):
        turns.begin(connection)
    else:
        connection.exec_driver_sql("BEGIN")


@event.listens_for(Pool, "checkin")
@event.listens_for(Pool, "invalidate")
def _end_turn(_connection: object, record: ConnectionPoolEntry, _error: object = None) -> None:
    """Let the next one write: a session gives its connection back as its transaction ends."""
    turns.end(record.info)
