"""What a writer quotes is somebody else's."""

import pytest

from widget.text.quotation import is_quoted, quotations


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('He said "never again" and left', ['"never again"']),
        ("Il a dit « jamais » hier", ["« jamais »"]),
        ("Er sagte „nie“ gestern", ["„nie“"]),
        ("她说“从不”就走了", ["“从不”"]),
        ("她說「從不」就走了", ["「從不」"]),
        ("They call it ‘progress’ here", ["‘progress’"]),
        # Inches, feet and apostrophes open nothing.
        ('a 5" pipe and a 6" pipe', []),
        ("the readers' letters and the editors' answers", []),
        # A comment between quotation marks from end to end is the writer's own.
        ('"You know nothing."', []),
        ("no quotation", []),
    ],
)
def test_quotations(text: str, quoted: list[str]) -> None:
    assert [text[start:end] for start, end in quotations(text)] == quoted


def test_a_range_lies_in_a_quotation_or_not() -> None:
    ranges = [(2, 8), (10, 20)]
    assert is_quoted(ranges, 3, 7)
    assert is_quoted(ranges, 10, 20)
    assert not is_quoted(ranges, 7, 11)
    assert not is_quoted(ranges, 0, 1)
    assert not is_quoted([], 0, 1)
