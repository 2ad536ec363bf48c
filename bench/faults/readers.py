"""Readers: a process of its own that asks for pages of comments at a steady rate, and counts what it gets."""

import multiprocessing
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing.synchronize import Event

_THREADS = 16
_TIMEOUT = 15
_START = 60
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LAST = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


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


class _Line:
    """A connection that is kept, whose answers are read no further than to know that they are there in whole.

    A client that makes an object of every header takes half of a core for two thousand answers a second, which the
    servers then lack.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, path: str) -> str:
        """Return the status of an answer; raises OSError when it does not come, ValueError when it cannot be read."""
        line = self._socket or socket.create_connection(("127.0.0.1", self._port), timeout=_TIMEOUT)
        # Kept again once the whole answer was read; until then whatever goes wrong closes it.
        self._socket = None
        try:
            asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nAccept-Encoding: gzip\r\n\r\n"
            line.sendall(asked.encode())
            read = b""
            while b"\r\n\r\n" not in read:
                read += self._more(line)
            head, _, body = read.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if length is None:
                raise ValueError("an answer without its length")
            missing = int(length[1]) - len(body)
            while missing > 0:
                missing -= len(self._more(line))
        except BaseException:
            line.close()
            raise
        if _LAST.search(head):
            line.close()
        else:
            self._socket = line
        return head[9:12].decode()

    @staticmethod
    def _more(line: socket.socket) -> bytes:
        read = line.recv(65536)
        if not read:
            raise ConnectionError("the answer ended early")
        return read

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()


def _one(port: int, paths: list[str], pause: float, enough: Event, counted: Counter[str]) -> None:
    line = _Line(port)
    due, number = time.monotonic(), 0
    while not enough.is_set():
        number += 1
        try:
            counted[line.ask(paths[number % len(paths)])] += 1
        except (OSError, ValueError) as error:
            counted[type(error).__name__] += 1
        due += pause
        time.sleep(max(0.0, due - time.monotonic()))
        # Whoever falls behind does not make up for it in a rush.
        due = max(due, time.monotonic() - 1)
    line.close()
