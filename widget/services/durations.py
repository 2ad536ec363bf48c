"""Moments as whole seconds in SQL, alike on both engines, and medians of times that are kept in order."""

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# Whole seconds; four bytes hold sixty-eight years.
_LONGEST = 2**31 - 1


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


def in_order(lengths: Iterable[int]) -> "array[int]":
    """Return times in seconds in order, as they are kept."""
    return array("i", sorted(min(length, _LONGEST) for length in lengths))


def durations(parts: Iterable["array[int]"]) -> Durations:
    """Return median and ninth decile of times that stand in several rows, each in order.

    By nearest rank: of n times the one at ⌈n/2⌉ and at ⌈9n/10⌉, so each is one that occurred. The rows are
    never put together: which time has a rank is found by halving, so that a thousand times more of them cost a few
    steps more.
    """
    filled = [part for part in parts if part]
    count = sum(map(len, filled))
    if not count:
        return Durations()
    return Durations(
        count, _ranked(filled, (count + 1) // 2, 0.5), _ranked(filled, (9 * count + 9) // 10, 0.9)
    )


def _ranked(parts: list["array[int]"], rank: int, share: float) -> int:
    """Return the time at a rank, counted from one: the shortest that no fewer than so many do not exceed.

    The rows are much alike, so that what has this share below it in the middling row is near already: from there
    the steps double until the time is enclosed, and then halve.
    """

    def is_reached(length: int) -> bool:
        return sum(bisect_right(part, length) for part in parts) >= rank

    guess = sorted(part[int(len(part) * share)] for part in parts)[len(parts) // 2]
    step = max(guess // 32, 1)
    if is_reached(guess):
        low, high = guess - step, guess
        while is_reached(low):
            step *= 2
            low, high = low - step, low
    else:
        low, high = guess, guess + step
        while not is_reached(high):
            step *= 2
            low, high = high, high + step
    # Not reached at `low`, reached at `high`.
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_reached(middle) else (middle, high)
    return high


def written(lengths: "array[int]") -> bytes:
    """Return times as a row holds them: four bytes each, the lowest first."""
    return _little(lengths).tobytes()


def read(kept: bytes) -> "array[int]":
    """Return the times that `written` made bytes of."""
    lengths = array("i")
    lengths.frombytes(kept)
    return _little(lengths)


def _little(lengths: "array[int]") -> "array[int]":
    if sys.byteorder == "little":
        return lengths
    turned = lengths[:]
    turned.byteswap()
    return turned
