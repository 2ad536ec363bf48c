"""Readers: a process of its own that asks for pages of comments at a steady rate, and counts what it gets."""

import http.client
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing.synchronize import Event

_THREADS = 16
_TIMEOUT = 15
_START = 60


class Readers:
    """So many requests a second for these paths, as a context manager; `outcome` holds the counts afterwards."""

    def __init__(self, port: int, paths: Sequence[str], rate: float) -> None:
        self.outcome: Counter[str] = Counter()
        self.seconds = 0.0
        context = multiprocessing.get_context("spawn")
        self._enough: Event = context.Event()
        self._begun: Event = context.Event()
        self._results = context.SimpleQueue()
        given = (port, list(paths), rate, self._begun, self._enough, self._results)
        self._process = context.Process(target=_read, args=given)

    def __enter__(self) -> "Readers":
        self._process.start()
        # A process takes its time on a busy machine, and nothing is to break before anybody reads.
        self._begun.wait(_START)
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self.outcome, self.seconds = self._results.get()
        self._process.join()

    @property
    def failed(self) -> int:
        """How many requests were not answered with 200."""
        return sum(count for what, count in self.outcome.items() if what != "200")

    @property
    def figures(self) -> dict[str, object]:
        """What to report."""
        read = sum(self.outcome.values())
        rate = round(read / self.seconds) if self.seconds else 0
        return {
            "reads": read,
            "reads_a_second": rate,
            "reads_failed": self.failed,
            "answers": dict(self.outcome),
        }


def _read(
    port: int,
    paths: list[str],
    rate: float,
    begun: Event,
    enough: Event,
    results: "multiprocessing.SimpleQueue[object]",
) -> None:
    counted = [Counter[str]() for _ in range(_THREADS)]
    began = time.monotonic()
    pause = _THREADS / rate
    threads = [
        threading.Thread(target=_one, args=(port, paths, pause, enough, counted[number]))
        for number in range(_THREADS)
    ]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join()
    results.put((sum(counted, Counter()), time.monotonic() - began))


def _one(port: int, paths: list[str], pause: float, enough: Event, counted: Counter[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
    due, number = time.monotonic(), 0
    while not enough.is_set():
        number += 1
        try:
            connection.request("GET", paths[number % len(paths)], headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            counted[str(answer.status)] += 1
        except (OSError, http.client.HTTPException) as error:
            counted[type(error).__name__] += 1
            connection.close()
        due += pause
        time.sleep(max(0.0, due - time.monotonic()))
        # Whoever falls behind does not make up for it in a rush.
        due = max(due, time.monotonic() - 1)
    connection.close()
