"""How long is waited for PostgreSQL: how it is connected to, for a lock, for a statement, and for any answer at all.

A server whose network is cut, or that is frozen, says nothing more; without an end, whoever asks it would sit there for
as long as that lasts, and hold a thread. SQLite's patience stands in `turns`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.pool import ConnectionPoolEntry, Pool

_Found = TypeVar("_Found")

# A connection that is cut off is noticed within fifteen seconds, whether it was answering or idle.
_CONNECTING = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
_LIMITS = "byline_limits"


@dataclass(frozen=True)
class Patience:
    """Seconds that are waited for a lock, for one statement, and for any answer; 0 is no end.

    The first two are kept by the server. The last is our own, for a server that says nothing more: it is longer than
    what of the others it is to outlast.
    """

    lock: int
    statement: int
    answer: int


# Commands, migrations and the worker: nobody holds a thread of the server's for them, and some take an hour.
OPERATORS = Patience(lock=0, statement=0, answer=0)
# Readers and writers, whose lanes are narrow. A lock is waited for as long as SQLite's.
VISITORS = Patience(lock=10, statement=60, answer=15)
# Figures of years and exports take their time.
STAFF = Patience(lock=10, statement=60, answer=65)
# What is asked in a few milliseconds, and has another answer if it is not: where a thread stands, whether all is well.
READERS = Patience(lock=2, statement=2, answer=3)

_present: ContextVar[Patience] = ContextVar("patience", default=OPERATORS)


def have(patience: Patience) -> None:
    """Wait for no longer than that from here on, in this thread."""
    _present.set(patience)


def present() -> Patience:
    """Return the patience of this thread."""
    return _present.get()


@contextmanager
def of(patience: Patience) -> Iterator[None]:
    """Wait for no longer than that inside the block."""
    before = _present.set(patience)
    try:
        yield
    finally:
        _present.reset(before)


def connecting(seconds: int | None = None) -> dict[str, Any]:
    """Return the arguments with which every engine of Byline connects to PostgreSQL, within so many seconds a host."""
    return {**_CONNECTING, "connect_timeout": seconds or _CONNECTING["connect_timeout"]}


class Connection(psycopg.Connection[Any]):
    """A connection that is closed once its server said nothing for as long as the present patience lasts."""

    def wait(
        self, gen: psycopg.abc.PQGen[_Found], interval: float = 0.1, timeout: float | None = None
    ) -> _Found:
        """Wait for an answer; raises psycopg.OperationalError when none comes in time."""
        try:
            return super().wait(gen, interval, timeout or present().answer or None)
        except psycopg.OperationalError:
            # Still in the middle of it: what comes later must not be taken for the answer to something else.
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


@event.listens_for(Engine, "do_connect")
def _connect(
    dialect: Dialect, _record: object, given: Sequence[Any], named: Mapping[str, Any]
) -> Connection | None:
    return Connection.connect(*given, **named) if dialect.driver == "psycopg" else None


@event.listens_for(Pool, "checkout")
def _limit(connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Let the server keep the present limits; in a process that serves they stay the same, and nothing is asked.

    They are set in the session, not as it begins: pools such as PgBouncer refuse `options`. Whoever has no limits gets
    those of the role, if it has any.
    """
    if not isinstance(connection, Connection):
        return
    limits = (present().lock, present().statement)
    if record.info.get(_LIMITS, (0, 0)) == limits:
        return
    # A setting made in a transaction goes with it.
    connection.autocommit = True
    for name, seconds in zip(("lock_timeout", "statement_timeout"), limits, strict=True):
        connection.execute(f"SET {name} = '{seconds}s'" if seconds else f"RESET {name}")
    connection.autocommit = False
    record.info[_LIMITS] = limits
