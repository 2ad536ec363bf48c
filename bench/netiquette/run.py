"""Measure the automatic checks against the labelled sets: `make bench-netiquette`.

Prints, for each part, check and language: precision, recall, false alarms on ordinary comments, microseconds a
comment; then whole reviews, hostile texts, a large thread, memory. Writes the same to
`bench/results/netiquette.json`.

There are two series of sets. `sets/` was written along with the checks, `fresh/` later by somebody who had not looked
at the lists. Lists and thresholds are tuned on `dev` and `dev2` alone; `held` and `unseen` are only for measuring.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.netiquette import load, quality
from widget.netiquette import RULES

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results" / "netiquette.json"
LANGUAGES = ("en", "fr", "es", "ar", "zh")


def main() -> int:
    """Run what the command line asks for; return 1 if a check broke."""
    arguments = _arguments()
    before = load.resident_mb()
    parts = tuple(quality.PARTS) if arguments.part == "all" else (arguments.part,)
    results: dict[str, Any] = {"parts": {}, "checks_registered": [rule.name for rule in RULES]}
    broken = False
    for part in parts:
        measured = [quality.measure(HERE / quality.PARTS[part], language, part) for language in LANGUAGES]
        broken = broken or any(one.broken for one in measured)
        _print_part(part, measured)
        results["parts"][part] = [asdict(one) for one in measured]
    # Before the rest, which holds texts of its own.
    importlib.import_module("widget.app")
    results["memory_mb"] = {"at the start": before, "everything loaded": load.resident_mb()}
    results["hostile_ms"] = load.hostile()
    results["large_thread_us"] = load.large_thread()
    _print_load(results)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if broken:
        print("A check could not be made on some comments: see check.failed above.", file=sys.stderr)
    return int(broken)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=(*quality.PARTS, "all"), default="all")
    return parser.parse_args()


def _print_part(part: str, measured: list[quality.Language]) -> None:
    _table(
        f"Part {part}: checks (precision counts false alarms on ordinary comments too)",
        ("check", "language", "rows", "precision", "recall", "false alarms", "µs median", "µs p95"),
        (
            (
                check.name,
                one.language,
                f"{check.offending}+{check.innocent}",
                _share(check.found, check.found + check.wrong),
                _share(check.found, check.offending),
                f"{check.on_ordinary}/{one.ordinary}",
                f"{check.us_median:.0f}",
                f"{check.us_p95:.0f}",
            )
            for check_name in quality.CHECKS
            for one in measured
            for check in one.checks
            if check.name == check_name
        ),
    )
    _table(
        f"Part {part}: whole reviews",
        ("language", "ordinary", "flagged to the writer", "flagged at all", "µs median", "µs p95", "broken"),
        (
            (
                one.language,
                str(one.ordinary),
                f"{one.to_writer} ({100 * one.to_writer / max(1, one.ordinary):.1f} %)",
                f"{one.to_anyone} ({100 * one.to_anyone / max(1, one.ordinary):.1f} %)",
                f"{one.us_median:.0f}",
                f"{one.us_p95:.0f}",
                str(one.broken),
            )
            for one in measured
        ),
    )


def _print_load(results: dict[str, Any]) -> None:
    for key, title, unit in (
        ("hostile_ms", "Hostile texts of 5,000 characters: whole review, processor time", "ms"),
        ("large_thread_us", "Looking for a repetition among 10,000 recent comments", "µs"),
        ("memory_mb", "Resident memory, the web application's code included", "MB"),
    ):
        _table(title, ("", unit), ((name, f"{value:.1f}") for name, value in results[key].items()))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    print(f"\n{title}\n")
    for row in table:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  " + "  ".join(cells).rstrip())


if __name__ == "__main__":
    sys.exit(main())
