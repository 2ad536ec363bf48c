"""Cells of tables that leave as CSV: read by spreadsheets, which take some text for a formula."""

import csv
import io
from collections.abc import Iterable, Iterator

Cell = str | int | float | None

# What spreadsheets begin a formula with; the wide forms are what East Asian keyboards write.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Tells a spreadsheet that the file is UTF-8, without which it garbles every accent.
BYTE_ORDER_MARK = "\ufeff"


def harmless(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet computes: text that begins like a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def lines(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """Yield a table as CSV (RFC 4180), a line at a time, so that it never stands whole in memory."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([harmless(cell) for cell in row])
        yield line.getvalue()
