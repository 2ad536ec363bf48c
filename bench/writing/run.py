"""Measure how comments are received: `make bench`, or `python -m bench.writing.run --rounds 3 --seconds 10`.

Readers with a browser's cookies send comments through every check and limit, to a server with two workers on both cores;
the readers run on the same cores, which is the same for every server. Each round takes the servers by turns:

- *as fast as it goes*: sixteen connections, each sending the next comment when the last was answered; afterwards the
  database must hold every comment that was acknowledged, once;
- *fifty a second*: how long each takes, and how long a page takes to be read meanwhile, against before.

Everything is on loopback and ends by itself. Writes `bench/results/writing.json`.
"""

import argparse
import json
import random
import shutil
import statistics
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import flask_migrate
from sqlalchemy import create_engine, text

from bench import peers
from bench.peers import Peer
from bench.reading import newsroom, servers
from bench.reading.run import machine
from bench.reading.servers import HOT, Running
from bench.writing.readers import Reader
from tests.support import postgres, system
from widget.app import create_app
from widget.config import Settings
from widget.db import db
from widget.paths import MIGRATIONS

RESULTS = Path(__file__).parents[1] / "results" / "writing.json"
# So many writers that none of them meets the limit of twenty comments in ten minutes.
CONNECTIONS, WRITERS, PACE = 16, 480, 50
_LIMITED = 429
_BOTH_CORES = "0,1"


@dataclass
class Case:
    """What was found of one server, a value for each round; times in milliseconds."""

    rates: list[float] = field(default_factory=list)
    refused: int = 0
    lost: int = 0
    doubled: int = 0
    times: list[float] = field(default_factory=list)
    read_before: list[float] = field(default_factory=list)
    read_meanwhile: list[float] = field(default_factory=list)


@dataclass
class Ours:
    """A Byline server with its database and the readers who write to it."""

    server: Running
    url: str
    readers: list[Reader]

    def kept(self) -> list[str]:
        """Return the keys of all comments that readers sent, as the database has them."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT idempotency_key FROM comments WHERE state = 'pending'"))
            kept = [row[0] for row in rows]
        engine.dispose()
        return kept


def main() -> int:
    """Fill, start, sign everybody in, measure by turns, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    with ExitStack() as ending:
        folder = servers.folder()
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        reader = ending.enter_context(ProcessPoolExecutor(1, get_context("spawn")))
        ours = {name: _ours(name, url, folder, ending) for name, url in _databases(folder, ending)}
        beside = list(peers.start(folder, ending, _BOTH_CORES))
        found = {name: Case() for name in (*ours, *(peer.name for peer in beside))}
        for number in range(asked.rounds):
            print(f"round {number + 1} of {asked.rounds} …", flush=True)
            for name, one in ours.items():
                _as_fast_as_it_goes(one, asked.seconds, found[name])
                _at_a_pace(one, asked.seconds, found[name], reader)
            for peer in beside:
                found[peer.name].rates.append(_post_to(peer, asked.seconds))
    _print(found)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    written = {
        "machine": machine(),
        "seconds": asked.seconds,
        "cases": {name: _summary(case) for name, case in found.items()},
    }
    RESULTS.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return int(any(case.lost or case.doubled for case in found.values()))


def _databases(folder: Path, ending: ExitStack) -> Iterator[tuple[str, str]]:
    """Yield each engine with a database on it; PostgreSQL writes to the disk as it does by itself."""
    yield "Byline, SQLite", f"sqlite:///{folder / 'byline.sqlite3'}"
    binaries = system.POSTGRES.locate()
    if binaries is None:
        print("PostgreSQL is not measured: its server is not on this machine")
        return
    durable = {**postgres.DURABLE, "fsync": "on", "full_page_writes": "on"}
    server, url = postgres.start(binaries, durable)
    ending.callback(server.stop)
    yield "Byline, PostgreSQL", postgres.create(url, "writing")


def _ours(name: str, url: str, folder: Path, ending: ExitStack) -> Ours:
    app = create_app(Settings.for_tests(database_url=url, instance=str(folder / "filling")))
    with app.app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        newsroom.fill(db.session())
        db.engine.dispose()
    settings = {"DATABASE_URL": url, "BYLINE_PROXY_HOPS": "1", "BYLINE_WORKERS": "2"}
    server = servers.byline(name.replace(", ", "-"), folder, settings, core=_BOTH_CORES)
    ending.callback(server.stop)
    readers = [Reader(server.base, number, f"page-{number % 20}") for number in range(1, WRITERS + 1)]
    # A server hashes so many passwords at once, and sends the others away.
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Reader.sign_in, readers))
    return Ours(server, url, readers)


def _as_fast_as_it_goes(one: Ours, seconds: float, into: Case) -> None:
    """Let sixteen readers at a time send, each its next when its last is answered."""
    before = len(one.kept())
    acknowledged: list[str] = []
    until = time.monotonic() + seconds
    share = WRITERS // CONNECTIONS

    def write(lane: int) -> int:
        chance, refused = random.Random(), 0
        for reader in _over_and_over(one.readers[lane * share : (lane + 1) * share]):
            if time.monotonic() > until:
                return refused
            key = uuid.uuid4().hex
            status, _ = _sent(reader, chance, key)
            if status == 303:
                acknowledged.append(key)
            else:
                refused += 1
        return refused

    began = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        into.refused += sum(pool.map(write, range(CONNECTIONS)))
    into.rates.append(len(acknowledged) / (time.monotonic() - began))
    kept = one.kept()
    into.lost += len(set(acknowledged) - set(kept))
    into.doubled += len(kept) - len(set(kept))
    assert len(kept) >= before


def _sent(reader: Reader, chance: random.Random, key: str = "") -> tuple[int, float]:
    """Let a reader send; end with SystemExit where that one has sent too many, whose answer costs more than receiving."""
    status, took = reader.send(newsroom.text(chance), key)
    if status == _LIMITED:
        raise SystemExit("a reader met the limit on sending: the run was too long for so many writers")
    return status, took


def _at_a_pace(one: Ours, seconds: float, into: Case, reader: Executor) -> None:
    """Send fifty a second, and let another process read a page beside it, as before it.

    In a process of its own it waits for the server alone, not for the threads that write.
    """
    into.read_before += reader.submit(_read, one.server.base, seconds / 2).result()
    waiting = _over_and_over(one.readers)
    chance, lock = random.Random(), threading.Lock()

    def send(at: float) -> float:
        with lock:
            reader = next(waiting)
        time.sleep(max(0.0, at - time.monotonic()))
        status, took = _sent(reader, chance)
        into.refused += status != 303
        # Counted from when it was to be sent: what queues before the server is part of it.
        return max(took, (time.monotonic() - at) * 1000)

    def write() -> None:
        begin = time.monotonic() + 0.2
        with ThreadPoolExecutor(CONNECTIONS * 2) as pool:
            into.times += pool.map(send, [begin + number / PACE for number in range(int(seconds * PACE))])

    reading = reader.submit(_read, one.server.base, seconds)
    write()
    into.read_meanwhile += reading.result()


def _read(base: str, seconds: float) -> list[float]:
    """Read a page a hundred times a second; return how long each took."""
    times: list[float] = []
    begin = time.monotonic()
    for number in range(int(seconds * 100)):
        at = begin + number / 100
        time.sleep(max(0.0, at - time.monotonic()))
        began = time.perf_counter()
        with urllib.request.urlopen(base + HOT, timeout=30) as answer:  # noqa: S310 (ours, on loopback)
            answer.read()
        times.append((time.perf_counter() - began) * 1000)
    return times


def _post_to(peer: Peer, seconds: float) -> float:
    until = time.monotonic() + seconds

    def write(_lane: int) -> int:
        chance, done = random.Random(), 0
        while time.monotonic() < until:
            peer.post(peer.server.base, newsroom.text(chance), None)
            done += 1
        return done

    began = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        done = sum(pool.map(write, range(CONNECTIONS)))
    return done / (time.monotonic() - began)


def _over_and_over(readers: list[Reader]) -> Iterator[Reader]:
    while True:
        yield from readers


def _percentile(times: list[float], share: float) -> float:
    return round(sorted(times)[int(len(times) * share)], 1) if times else 0.0


def _summary(case: Case) -> dict[str, object]:
    return {
        "per second": [round(rate, 1) for rate in case.rates],
        "refused": case.refused,
        "lost": case.lost,
        "doubled": case.doubled,
        "at the pace: p50, p95, p99": [_percentile(case.times, share) for share in (0.5, 0.95, 0.99)],
        "reading before: p50, p99": [_percentile(case.read_before, share) for share in (0.5, 0.99)],
        "reading meanwhile: p50, p99": [_percentile(case.read_meanwhile, share) for share in (0.5, 0.99)],
    }


def _print(found: dict[str, Case]) -> None:
    print(f"\n{machine()}\n")
    for name, case in found.items():
        print(f"  {name}: {statistics.median(case.rates):.0f} comments/s (median)")
        for what, value in _summary(case).items():
            if case.times or what == "per second":
                print(f"    {what}: {value}")


if __name__ == "__main__":
    sys.exit(main())
