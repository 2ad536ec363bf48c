"""Measure how readers are answered: `make bench`, or `python -m bench.reading.run --rounds 5 --seconds 4`.

The servers stand side by side on one core and are asked by turns from the other, so that what else the machine does
falls on all of them; what counts are the ratios of medians. Everything is on loopback and ends by itself.
Writes `bench/results/reading.json`.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from http.client import HTTPResponse
from itertools import count
from pathlib import Path

import flask_migrate

from bench import peers
from bench.peers import Peer
from bench.reading import load, newsroom, servers, visible
from bench.reading.load import Load
from bench.reading.newsroom import BUSY, DISTINCT, ROUNDS, STILL, THOUSANDS
from bench.reading.servers import HOT, LOAD_CORE, Running, byline, path_of
from widget.app import create_app
from widget.config import Settings
from widget.db import db
from widget.paths import MIGRATIONS

RESULTS = Path(__file__).parents[1] / "results" / "reading.json"
GZIP = {"Accept-Encoding": "gzip"}
BROTLI = {"Accept-Encoding": "br"}
PUBLISHING, ELSEWHERE = "while 20/s are sent and published", "while as much is done elsewhere"
# A server that takes less than this of half a second has nothing left to do, seconds.
_QUIET = 0.05
_AFTER = 100_000
_PACE = 20


def main() -> int:
    """Fill, start, measure by turns, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    asked = parser.parse_args()
    load.program()
    with ExitStack() as ending:
        folder = servers.folder()
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        url = _filled(folder)
        elsewhere = f"sqlite:///{folder / 'elsewhere.sqlite3'}"
        shutil.copy(folder / "byline.sqlite3", folder / "elsewhere.sqlite3")
        running = _started(folder, url, ending)
        beside = list(peers.start(folder, ending))
        article = count()
        cases = _cases(folder, running, beside, asked.seconds)
        running |= {peer.name: peer.server for peer in beside}
        ours = running["byline"].base

        def under() -> str:
            return BUSY.format(next(article) % ROUNDS)

        cases[PUBLISHING] = lambda: _while_publishing(
            url, busy := under(), ours + path_of(busy), asked.seconds
        )
        # The same work by the same process, in another newsroom: what it takes from the load's core it takes here too.
        cases[ELSEWHERE] = lambda: _while_publishing(elsewhere, under(), ours + path_of(STILL), asked.seconds)
        found: dict[str, list[Load]] = {name: [] for name in cases}
        for round_number in range(asked.rounds):
            print(f"round {round_number + 1} of {asked.rounds} …", flush=True)
            for name, case in cases.items():
                found[name].append(case())
                _until_quiet(running)
        shows = visible.after(ours, url, BUSY.format(ROUNDS - 1))
        memory = _memory(running["byline"])
    medians = {name: _median(loads) for name, loads in found.items()}
    _print(medians, memory, shows)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    written = {
        "machine": machine(),
        "rounds": asked.rounds,
        "seconds": asked.seconds,
        "median": {name: vars(one) for name, one in medians.items()},
        "rates": {name: [round(one.rate) for one in loads] for name, loads in found.items()},
        "memory_kb": memory,
        "visible_ms": shows,
    }
    RESULTS.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return 0


def _until_quiet(running: dict[str, Running], seconds: float = 20) -> None:
    """Wait until no server works any more: a slow one answers for seconds what was asked of it before."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        before = {name: one.worked() for name, one in running.items()}
        time.sleep(0.5)
        if all(one.worked() - before[name] < _QUIET for name, one in running.items()):
            return
    print("  a server was still at work when the next was asked")


def machine() -> str:
    """Return what this was measured on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores of {model}, Python {platform.python_version()}"


def _filled(folder: Path) -> str:
    url = f"sqlite:///{folder / 'byline.sqlite3'}"
    app = create_app(Settings.for_tests(database_url=url, instance=str(folder / "filling")))
    with app.app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        newsroom.fill(db.session())
        db.engine.dispose()
    return url


def _started(folder: Path, url: str, ending: ExitStack) -> dict[str, Running]:
    """Start the servers that the machine has; say which it has not."""
    given = {"DATABASE_URL": url}
    running = {
        "byline": byline("byline", folder, given),
        "shelf": byline("shelf", folder, {**given, "BYLINE_READING_MEMORY": "1"}),
        "render": byline("render", folder, {**given, "BYLINE_READING_MEMORY": "1", "BYLINE_RENDITIONS": "0"}),
    }
    for one in running.values():
        ending.callback(one.stop)
    for name in ("byline", "shelf"):
        for number in range(DISTINCT):
            _asked(running[name].base, path_of(f"page-{number}"))
    answer = _asked(running["byline"].base, HOT)
    body, kind = answer.read(), answer.headers["Content-Type"]
    front = servers.edge(folder, url)
    if front is not None:
        running["edge"], node = front
        ending.callback(node.stop)
        ending.callback(running["edge"].stop)
    nginx = servers.nginx(folder, body, kind)
    if nginx is None:
        print("nginx is not measured: it is not on this machine")
    else:
        ending.callback(nginx.stop)
        running["nginx"] = nginx
    return running


def _cases(
    folder: Path, running: dict[str, Running], beside: list[Peer], seconds: float
) -> dict[str, Callable[[], Load]]:
    """Return every case by its name, in the order in which each round takes them."""
    ours = running["byline"].base
    distinct = load.round_robin(folder, [path_of(f"page-{number}") for number in range(DISTINCT)])

    def put(base: str, path: str = HOT, **how: object) -> Callable[[], Load]:
        return lambda: load.put(base + path, seconds=seconds, **{"headers": GZIP, **how})  # type: ignore[arg-type]

    cases = {
        "hit": put(ours),
        "hit, brotli": put(ours, headers=BROTLI),
        "not modified": put(ours, headers={**GZIP, "If-None-Match": _asked(ours, HOT).headers["ETag"]}),
        "one connection": put(ours, connections=1),
        "20,000 comments": put(ours, path_of(THOUSANDS)),
        "20,000, oldest first, page 200": put(ours, path_of(THOUSANDS) + "&order=oldest&page=200"),
        "an article without comments": put(ours, path_of("nobody")),
        "200 threads in turn": put(ours, "/", script=distinct),
        "from the shelf": put(running["shelf"].base, "/", script=distinct),
        "rendered anew": put(running["render"].base, "/", script=distinct),
    }
    if "nginx" in running:
        cases["nginx, a file"] = put(running["nginx"].base, "/thread.json")
        cases["nginx, one connection"] = put(running["nginx"].base, "/thread.json", connections=1)
    if "edge" in running:
        cases["behind nginx with the shipped cache"] = put(running["edge"].base)
    return cases | {peer.name: put(peer.server.base, peer.reading) for peer in beside}


def _while_publishing(database: str, article: str, read: str, seconds: float) -> Load:
    """Put load on what is read while another process sends and publishes under an article of a database.

    Says so where that process did not keep its pace.
    """
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "BYLINE_SECRET_KEY": "for-measuring-only-" * 3,
        "BYLINE_SECOND_FACTOR": "optional",
    }
    command = ["taskset", "-c", LOAD_CORE, sys.executable, "-m", "bench.reading.publishing"]
    asked = ["--article", article, "--rate", str(_PACE), "--seconds", str(seconds)]
    with subprocess.Popen([*command, *asked], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # Loading the checks takes a while; what counts begins with the first publication.
        if process.stdout.readline() != "begun\n":
            raise SystemExit("the process that publishes ended before it published anything")
        found = load.put(read, seconds=seconds, headers=GZIP)
        published = int(process.stdout.read())
    if published < 0.9 * _PACE * seconds:
        print(f"  only {published} were published in {seconds} s")
    return found


def _asked(base: str, path: str) -> HTTPResponse:
    """Ask once, compressed, and return the answer."""
    request = urllib.request.Request(base + path, headers=GZIP)  # noqa: S310 (ours, on loopback)
    answer: HTTPResponse = urllib.request.urlopen(request, timeout=20)  # noqa: S310
    return answer


def _memory(server: Running) -> dict[str, int]:
    """Return the memory of a server that is warm, and after a hundred thousand requests more.

    Warm it is once its threads are there again, which go away where nothing asks for them.
    """
    load.put(server.base + HOT, seconds=3, headers=GZIP)
    before, done = server.resident(), 0.0
    while done < _AFTER:
        done += load.put(server.base + HOT, seconds=3, headers=GZIP).rate * 3
    return {"warm": before, "after 100,000 more": server.resident()}


def _median(loads: list[Load]) -> Load:
    return Load(
        statistics.median(one.rate for one in loads),
        statistics.median(one.p50 for one in loads),
        statistics.median(one.p99 for one in loads),
        sum(one.errors for one in loads),
    )


def _print(medians: dict[str, Load], memory: dict[str, int], shows: dict[str, float]) -> None:
    print(f"\n{machine()}; medians\n")
    print(
        f"  {'case':<36}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}{'of nginx':>10}{'of Isso':>10}{'of a hit':>10}"
    )
    for name, one in medians.items():
        others = [medians.get(other) for other in ("nginx, a file", "Isso", "hit")]
        shares = [f"{one.rate / other.rate:>10.2f}" if other else f"{'–':>10}" for other in others]
        print(f"  {name:<36}{one.rate:>12,.0f}{one.p50:>9.2f}{one.p99:>9.2f}{one.errors:>8}{''.join(shares)}")
    share = medians[PUBLISHING].rate / medians[ELSEWHERE].rate
    print(f"\n  {PUBLISHING}, of the rate {ELSEWHERE}: {share:.2f}")
    print(f"  a publication shows after (ms): {shows}")
    print(f"  memory of server and worker: {memory}")


if __name__ == "__main__":
    sys.exit(main())
