"""Measure the desk as a newsroom grows: `make bench-desk` (COMMENTS=1000000, or less for a quick look).

Fills two newsrooms on each engine, one of 10,000 comments and one of as many as are asked for, signs an editor in, and
asks for every page of the desk; then decides waiting comments, one by one and a hundred at once. For each page it
prints the number of queries in both newsrooms, the median and the 95th percentile of the server's time in
milliseconds, and the ratios of both and of the processor's time. The two newsrooms are asked by turns, so that what
else the machine does falls on both. Writes `bench/results/desk.json`.

With KEEP=FOLDER the databases stay there, and are not filled again the next time.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.desk import newsrooms
from bench.desk.filling import Size
from bench.desk.newsrooms import Measured, Newsroom, newsroom
from bench.desk.pages import PAGES
from widget.memory import keep_what_is_loaded

RESULTS = Path(__file__).parents[1] / "results" / "desk.json"
SMALL = 10_000
MANY = 100
_DECISIONS, _MANIES = 60, 3


def median(measured: Measured) -> float:
    """Return the median in milliseconds."""
    return statistics.median(measured.times)


def p95(measured: Measured) -> float:
    """Return the 95th percentile in milliseconds."""
    return sorted(measured.times)[int(len(measured.times) * 0.95)]


def compare(small: Newsroom, large: Newsroom, only: str, rounds: int) -> dict[str, tuple[Measured, Measured]]:
    """Ask both newsrooms for every page by turns, then decide in both by turns."""
    found: dict[str, tuple[Measured, Measured]] = {}
    # As in a worker that has been at work for a while.
    small.ask(PAGES["queue"], Measured())
    large.ask(PAGES["queue"], Measured())
    keep_what_is_loaded()
    for name, path in PAGES.items():
        if only not in name:
            continue
        found[name] = (Measured(), Measured())
        for where in (small, large):
            where.ask(path, Measured())  # Once for what is only loaded the first time.
        for _ in range(rounds):
            small.ask(path, found[name][0])
            large.ask(path, found[name][1])
        _print(name, *found[name])
    if only in "decide":
        found["decide"] = (Measured(), Measured())
        for one, other in zip(small.waiting(_DECISIONS), large.waiting(_DECISIONS), strict=True):
            small.decide(one, found["decide"][0])
            large.decide(other, found["decide"][1])
        _print("decide", *found["decide"])
        found["decide 100 at once"] = (Measured(), Measured())
        for _ in range(_MANIES):
            for where, into in zip((small, large), found["decide 100 at once"], strict=True):
                where.decide_many(where.waiting(MANY), into)
        _print("decide 100 at once", *found["decide 100 at once"])
    return found


def _print(name: str, small: Measured, large: Measured) -> None:
    queries = str(small.queries) if small.queries == large.queries else f"{small.queries}→{large.queries}"
    one, other = f"{median(small):.1f} ({p95(small):.1f})", f"{median(large):.1f} ({p95(large):.1f})"
    worked = statistics.median(large.worked) / statistics.median(small.worked)
    ratios = f"{median(large) / median(small):>8.2f}{p95(large) / p95(small):>8.2f}{worked:>8.2f}"
    print(f"  {name:<28}{queries:>9}{one:>18}{other:>20}{ratios}", flush=True)


def main() -> int:
    """Measure both engines, or those that the machine has."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="where the databases stay, to be used again")
    parser.add_argument("--engine", choices=("SQLite", "PostgreSQL"), help="one engine alone")
    parser.add_argument("--rounds", type=int, default=40, help="how often each page is asked for")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    asked = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="byline-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    results = _known([SMALL, asked.comments])
    sizes = [SMALL, asked.comments]
    with newsrooms.engines(folder, sizes, asked.engine) as urls:
        for engine, pair in urls.items():
            print(
                f"\n{engine}: {SMALL:,} and {asked.comments:,} comments; milliseconds, median (95th percentile)"
            )
            with ExitStack() as stack:
                small, large = (
                    _measured(stack, url, folder, Size.of(size))
                    for url, size in zip(pair, sizes, strict=True)
                )
                print(
                    f"  {'page':<28}{'queries':>9}{'small':>18}{'large':>20}{'median':>8}{'p95':>8}{'cpu':>8}"
                )
                found = compare(small, large, asked.only, asked.rounds)
            measured = {name: [_result(one) for one in each] for name, each in found.items()}
            results[engine] = {**results.get(engine, {}), **measured}
            RESULTS.parent.mkdir(parents=True, exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if asked.keep is None:
        newsrooms.remove(folder)
    return 0


def _measured(stack: ExitStack, url: str, folder: Path, size: Size) -> Newsroom:
    """Open a copy of a newsroom, so that the decisions of one run are not in the next one's way."""
    newsrooms.prepare(url, folder, size)
    return newsroom(stack.enter_context(newsrooms.copied(url)), folder, size)


def _known(sizes: list[int]) -> dict[str, Any]:
    """Return what was measured of the same sizes before: pages that are not asked for now keep it."""
    if RESULTS.exists():
        before: dict[str, Any] = json.loads(RESULTS.read_text("utf-8"))
        if before.get("comments") == sizes:
            return before
    return {"comments": sizes}


def _result(measured: Measured) -> dict[str, float]:
    return {
        "queries": measured.queries,
        "median_ms": round(median(measured), 2),
        "p95_ms": round(p95(measured), 2),
        "processor_ms": round(statistics.median(measured.worked), 2),
        "times": len(measured.times),
    }


if __name__ == "__main__":
    sys.exit(main())
