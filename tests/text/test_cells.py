"""CSV that no spreadsheet takes for a formula, and that any program reads back."""

import csv
import io

import pytest

from widget.text.cells import harmless, lines


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        '=HYPERLINK("https://evil.example")',
        "＝1",
        "＠x",
        "\n=1",
    ],
)
def test_what_begins_like_a_formula_is_quoted(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Étienne", "3 = 3", "a@b.example", "", "'", 5, -5, -0.5, None, "مرحبا"])
def test_everything_else_stays_as_it_is(cell: str | float | None) -> None:
    assert harmless(cell) == cell


def test_a_program_reads_back_what_was_written() -> None:
    rows = [["who", "what"], ["Ada, of Hamar", 'said "no"\nand left'], ["=evil()", "مرحبا"]]
    read = list(csv.reader(io.StringIO("".join(lines(rows)), newline="")))
    assert read == [["who", "what"], ["Ada, of Hamar", 'said "no"\nand left'], ["'=evil()", "مرحبا"]]


def test_a_table_is_written_a_line_at_a_time() -> None:
    def endless():  # type: ignore[no-untyped-def]
        while True:
            yield ["row"]

    assert next(lines(endless())) == "row\r\n"
