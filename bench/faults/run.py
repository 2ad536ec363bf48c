"""Breaks a cluster in several ways under load and writes what became of readers and comments.

Bounded in count and time, on loopback, on servers of its own; it stops by itself. `make bench-faults`.
"""

import argparse
import json
import os
import platform
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.cluster.cluster import Cluster
from bench.faults.readers import Readers
from bench.faults.removals import Removals
from bench.faults.writers import Writer, Writers
from widget.demo import content
from widget.demo.setup import PASSWORD

_WRITERS = 24
_SECONDS = 12.0
RESULTS = Path(__file__).parents[1] / "results" / "faults.json"


class Faults:
    """One run: the cluster, those who read and write, and the figures."""

    def __init__(self, cluster: Cluster, rounds: int, posts: float, reads: float) -> None:
        self._cluster, self._rounds, self._posts, self._reads = cluster, rounds, posts, reads
        self._site = content.load().site.key
        self._article = next(
            one for one in content.load().articles if one.slug == "school-day-starts-at-nine"
        )
        self._writers = self._signed_in()
        self._paths = [
            f"/public/{self._site}/thread.json?article={article.slug}" for article in content.load().articles
        ]

    def _signed_in(self) -> list[Writer]:
        article = {
            "article": self._article.slug,
            "url": f"{self._cluster.base_url}/news/{self._article.slug}",
            "title": self._article.title,
            "lang": self._article.language,
        }
        found = []
        known = [reader for reader in content.load().readers if reader.confirmed and not reader.ban]
        # Some write in two browsers.
        for reader in [*known, *known]:
            if len(found) < _WRITERS:
                writer = Writer(self._cluster.port, self._site, article)
                if writer.sign_in(reader.email, PASSWORD):
                    found.append(writer)
        if len(found) < _WRITERS:
            raise SystemExit(
                f"only {len(found)} of {_WRITERS} readers could sign in: nothing would be written"
            )
        return found

    def removals(self) -> dict[str, Any]:
        """A removal is seen on both nodes, measured so many times."""
        return Removals(self._cluster, self._site, self._article.slug).measure(self._rounds)

    def node_killed(self) -> dict[str, Any]:
        """`kill -9` of a node and all its workers, twice, and it comes back."""

        def fault() -> None:
            for node in self._cluster.nodes:
                time.sleep(_SECONDS / 4)
                node.kill()
                time.sleep(_SECONDS / 4)
                node.start()
                node.wait()

        return self._under_load("killed", fault)

    def node_stopped(self) -> dict[str, Any]:
        """SIGTERM to a node in the middle of everything, twice, and it comes back."""
        ended: list[int | None] = []

        def fault() -> None:
            for node in self._cluster.nodes:
                time.sleep(_SECONDS / 4)
                ended.append(node.stop())
                node.start()
                node.wait()

        figures = self._under_load("stopped", fault)
        return {**figures, "nodes_ended_with": ended}

    def postgres_killed(self) -> dict[str, Any]:
        """The database is killed, is away for three seconds, and is started again; the nodes stay."""
        back: list[float] = []

        def fault() -> None:
            time.sleep(_SECONDS / 4)
            self._cluster.postgres.kill()
            time.sleep(3)
            self._cluster.start_postgres_again()
            began = time.monotonic()
            for node in self._cluster.nodes:
                node.wait()
            back.append(round(time.monotonic() - began, 2))
            time.sleep(_SECONDS / 4)

        return {**self._under_load("database", fault), "seconds_until_ready_again": back[0]}

    def redis_hung(self) -> dict[str, Any]:
        """Redis takes connections and answers nothing."""

        def fault() -> None:
            self._cluster.freeze(self._cluster.redis, frozen=True)
            try:
                time.sleep(_SECONDS / 2)
            finally:
                self._cluster.freeze(self._cluster.redis, frozen=False)

        return self._under_load("redis", fault)

    def _under_load(self, mark: str, fault: Callable[[], None]) -> dict[str, Any]:
        """Break something while many read and some write; count what was lost and doubled."""
        mark = f"{mark} {datetime.now(UTC):%H%M%S}"
        reading = Readers(self._cluster.port, self._paths, self._reads)
        with reading as readers, Writers(self._writers, self._posts, mark) as writers:
            time.sleep(1)
            fault()
            time.sleep(1)
        present = self._present(mark)
        return {
            **readers.figures,
            "posts": writers.figures,
            "lost": sum(1 for text in writers.acknowledged if not present[text]),
            "doubled": sum(1 for count in present.values() if count > 1),
        }

    def _present(self, mark: str) -> Counter[str]:
        with psycopg.connect(self._cluster.environment["DATABASE_URL"]) as connection:
            rows = connection.execute("SELECT body FROM comments WHERE body LIKE %s", (f"{mark}:%",))
            return Counter(row[0] for row in rows)


SCENARIOS = ("removals", "node_killed", "node_stopped", "postgres_killed", "redis_hung")


def main() -> int:
    """Run what was asked for, print and write the figures; end with 1 where one of them is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults.run", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--rounds", type=int, default=200, help="removals measured")
    parser.add_argument("--posts", type=float, default=100, help="comments a second")
    parser.add_argument("--reads", type=float, default=2000, help="reads a second")
    parser.add_argument("--only", choices=SCENARIOS, action="append")
    asked = parser.parse_args()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, signal.default_int_handler)
    found: dict[str, Any] = {"machine": _machine(), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    with Cluster(asked.port, lambda line: print(line, flush=True)) as cluster:
        faults = Faults(cluster, asked.rounds, asked.posts, asked.reads)
        for name in asked.only or SCENARIOS:
            print(f"→ {name} …", flush=True)
            found[name] = getattr(faults, name)()
            print(json.dumps(found[name], indent=2), flush=True)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    return int(any(_is_broken(figures) for name, figures in found.items() if name in SCENARIOS))


def _is_broken(figures: dict[str, Any]) -> bool:
    """Whether something was lost, doubled or refused to a reader, or nothing was written that could have been."""
    amiss = any(figures.get(what) for what in ("lost", "doubled", "reads_failed", "beyond_one_second"))
    return amiss or ("posts" in figures and not figures["posts"]["comments_acknowledged"])


def _machine() -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "note": "load generator, both nodes, PostgreSQL, Redis and nginx share these cores",
    }


if __name__ == "__main__":
    sys.exit(main())
