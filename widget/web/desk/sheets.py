"""Tables that stand on a page and leave as CSV: the same rows, written for people and for programs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from flask import Response
from markupsafe import Markup

from widget import patience
from widget.text.cells import BYTE_ORDER_MARK, Cell, lines


@dataclass(frozen=True)
class Column:
    """A column: its heading for people, its name for programs, and whether it holds figures."""

    heading: str
    name: str
    is_figure: bool = True


@dataclass(frozen=True)
class Entry:
    """A cell: as a program reads it, and as people do where that differs."""

    value: Cell
    shown: str


@dataclass(frozen=True)
class Sheet:
    """A table; the first cell of each row is its heading."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Entry]]

    def as_csv(self) -> Iterator[str]:
        """Yield the table as CSV: names of columns, then plain values."""
        header = [column.name for column in self.columns]
        return lines(chain([header], ([entry.value for entry in row] for row in self.rows)))


@dataclass(frozen=True)
class Drawing:
    """A chart with the words above it."""

    title: str
    svg: Markup


@dataclass(frozen=True)
class Section:
    """One section: its headline, what the figures mean in a sentence, drawings, and the table beneath."""

    title: str
    meaning: str
    sheet: Sheet
    drawings: list[Drawing] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show at all."""
        return not self.sheet.rows


def plain(value: Cell) -> Entry:
    """Return a cell that reads the same to people and programs."""
    return Entry(value, "–" if value is None else str(value))


def download(body: Iterable[str], name: str) -> Response:
    """Return CSV as a file to keep, sent while it is made.

    The request is over by then, and with it its session: what still reads the database brings its own.
    """
    response = Response(_patiently(chain([BYTE_ORDER_MARK], body)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _patiently(body: Iterable[str]) -> Iterator[str]:
    """Yield a body, which waits for the database as the request did that it comes after."""
    patience.have(patience.STAFF)
    try:
        yield from body
    finally:
        patience.have(patience.OPERATORS)
