"""Measure the suggestions of places: `make bench-places`.

Asks for some thousand prefixes of real names, two to eight letters long, in all five languages, from a gazetteer that
was built before (`flask --app wsgi places build`), then through the whole application. Prints the median, the 95th and
the 99th percentile in milliseconds, the mean of the processor's time, and the memory of the process before and
after; writes the same to `bench/results/places.json`. The budget is 15 ms at the 95th percentile.
"""

import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.netiquette.load import resident_mb
from widget.app import create_app
from widget.config import Settings
from widget.extensions import GAZETTEER

RESULTS = Path(__file__).parent / "results" / "places.json"
LANGUAGES = ("en", "fr", "es", "ar", "zh")
BUDGET_MS = 15.0
_PREFIXES = 5000
_REQUESTS = 1000


def prefixes(path: Path, count: int) -> list[tuple[str, str]]:
    """Return what people might type, with the language they read: beginnings of names, large towns more often."""
    chance = random.Random(14)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT name, fr, es, ar, zh FROM towns ORDER BY id").fetchall()
    found = []
    while len(found) < count:
        # The square prefers the beginning of the list, where the large ones are.
        row = rows[int(len(rows) * chance.random() ** 2)]
        at = chance.randrange(len(LANGUAGES))
        name = row[at] or row[0]
        found.append((name[: chance.randint(1 if LANGUAGES[at] == "zh" else 2, 8)], LANGUAGES[at]))
    return found


def measure(ask: Callable[[str, str], Any], asked: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Return percentiles of the time an answer takes, in milliseconds."""
    times, busy = [], time.thread_time()
    for typed, language in asked:
        began = time.perf_counter()
        ask(typed, language)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    # Of a machine that does other things too, the processor's own time says more.
    mean = (time.thread_time() - busy) * 1000 / len(asked)
    parts = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    found = {name: round(times[int(len(times) * part)], 3) for name, part in parts.items()}
    return {**found, "cpu_mean": round(mean, 3)}


def main() -> int:
    """Measure, print, write; return 1 over the budget."""
    folder = Path(__file__).parents[1]
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "instance" / "gazetteer.sqlite3"
    if not path.exists():
        print(f"{path} does not exist: flask --app wsgi places build", file=sys.stderr)
        return 2
    asked = prefixes(path, _PREFIXES)
    app = create_app(Settings.for_tests(database_url="sqlite://", gazetteer=str(path)))
    before = resident_mb()
    results: dict[str, Any] = {"file": measure(app.extensions[GAZETTEER].suggest, asked)}
    results["memory_mb"] = {"before": before, "after": resident_mb()}
    results["shortest"] = measure(
        app.extensions[GAZETTEER].suggest,
        [(a + b, "en") for a in "abcdefghilmnoprstuvz" for b in "aeiourhlst"],
    )
    results["request"] = _requests(app, asked[:_REQUESTS])
    for name, figures in results.items():
        print(f"{name:<10} " + "  ".join(f"{key} {value:>7}" for key, value in figures.items()))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    return int(max(results[name]["p95"] for name in ("file", "shortest", "request")) > BUDGET_MS)


def _requests(app: Any, asked: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Measure whole requests, with a site in the database; the limit on asking is off."""
    from widget import clock
    from widget.db import db
    from widget.extensions import limiter
    from widget.services import sites

    limiter.enabled = False
    with app.app_context():
        db.create_all()
        sites.create(
            db.session(), key="news", name="The News", default_language="en", languages=list(LANGUAGES),
            origins=["https://news.example"], corrections_email="", now=clock.now(),
        )  # fmt: skip
        db.session.commit()
        client = app.test_client()
        origin = "http://127.0.0.1:8000"

        def ask(typed: str, language: str) -> None:
            answer = client.get(
                "/embed/news/places", query_string={"q": typed, "lang": language}, base_url=origin
            )
            assert answer.status_code == 200

        return measure(ask, asked)


if __name__ == "__main__":
    sys.exit(main())
