"""Moments as whole seconds in SQL, alike on both engines, and medians worked out by the database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

HOUR = 3600
DAY = 24 * HOUR


class Seconds(FunctionElement[int]):
    """A moment as whole seconds since 1970 in UTC, rounded down."""

    name = "seconds"
    type = BigInteger()
    inherit_cache = True


@compiles(Seconds, "sqlite")
def _seconds_on_sqlite(element: Seconds, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(Seconds, "postgresql")
def _seconds_on_postgresql(element: Seconds, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **options)})) AS BIGINT)"


@dataclass(frozen=True)
class Durations:
    """How many there are, half of them no longer than `median`, nine in ten no longer than `ninth` (seconds)."""

    count: int = 0
    median: int | None = None
    ninth: int | None = None


def durations(
    session: Session, source: FromClause, length: ColumnElement[int], key: ColumnElement[Any]
) -> dict[Any, Durations]:
    """Return median and ninth decile of a column of `source` for each value of `key`.

    By nearest rank: of n lengths in order the one at ⌈n/2⌉ and at ⌈9n/10⌉, so each is one that occurred.
    Window functions do it in the same words on SQLite and PostgreSQL, exactly, in one pass over the index.
    """
    ranked = select(
        key.label("key"),
        length.label("length"),
        func.row_number().over(partition_by=key, order_by=length).label("rank"),
        func.count().over(partition_by=key).label("count"),
    ).select_from(source)
    rows = ranked.subquery()
    half, ninth = (rows.c.count + 1) // 2, (9 * rows.c.count + 9) // 10
    found = session.execute(
        select(
            rows.c.key,
            rows.c.count,
            func.max(case((rows.c.rank == half, rows.c.length))),
            func.max(case((rows.c.rank == ninth, rows.c.length))),
        ).group_by(rows.c.key, rows.c.count)
    )
    return {key_: Durations(count, median, ninth_) for key_, count, median, ninth_ in found}
