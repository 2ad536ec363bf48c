"""The measuring of the checks counts what it says it counts, and keeps the parts apart."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.netiquette import load, quality
from widget.netiquette import Context, Draft, Finding, Rule

ROWS: list[dict[str, Any]] = [
    {"check": "advertising", "part": "dev", "text": "call now", "expect": [13]},
    {"check": "advertising", "part": "dev", "text": "missed", "expect": [13]},
    {"check": "advertising", "part": "dev", "text": "call the town hall", "expect": []},
    {"check": "advertising", "part": "held", "text": "call me", "expect": [13]},
    {"check": "ordinary", "part": "dev", "text": "they call it art", "expect": []},
    {"check": "ordinary", "part": "dev", "text": "fine", "expect": []},
]


def _check(draft: Draft, _context: Context) -> list[Finding]:
    return [Finding(13, "test.call", "both")] if "call" in draft.text else []


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small labelled set, and one check that looks for a word."""
    lines = (json.dumps({"language": "en", **row}) for row in ROWS)
    (tmp_path / "en.jsonl").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(quality, "RULES", (Rule("no-advertising", "word", _check),))
    return tmp_path


def test_one_part_is_counted(sets: Path) -> None:
    measured = quality.measure(sets, "en", "dev")
    (check,) = measured.checks
    assert (check.name, check.offending, check.innocent) == ("advertising", 2, 1)
    # One found; wrong are the innocent row and the ordinary comment.
    assert (check.found, check.wrong, check.on_ordinary) == (1, 2, 1)
    assert (measured.ordinary, measured.to_writer, measured.to_anyone, measured.broken) == (2, 1, 1, 0)
    assert 0 < check.us_median <= check.us_p95


def test_the_other_part_is_kept_apart(sets: Path) -> None:
    (check,) = quality.measure(sets, "en", "held").checks
    assert (check.offending, check.innocent, check.found) == (1, 0, 1)


def test_every_citable_rule_with_a_check_has_a_place_in_the_table() -> None:
    assert set.union(*quality.CHECKS.values()) == {1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}


def test_memory_is_a_number_of_megabytes() -> None:
    assert 1 < load.resident_mb() < 10_000


@pytest.mark.parametrize("part", quality.PARTS)
def test_every_part_has_ordinary_and_offending_comments_in_five_languages(part: str) -> None:
    for language in ("en", "fr", "es", "ar", "zh"):
        folder = Path(quality.__file__).parent / quality.PARTS[part]
        kinds = {bool(row["expect"]) for row in quality.rows(folder, language, part)}
        assert kinds == {True, False}
