"""The peers that install from a registry, each with the thread of a hundred comments in its own database.

`make peers` puts them into `.make/peers/`, apart from everything else. A peer that is not there is not measured,
and the benchmark says so.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.peers import isso, waline
from bench.reading.newsroom import text
from bench.reading.servers import SERVER_CORE, Running

HUNDRED = 100


@dataclass(frozen=True)
class Peer:
    """A running peer, where it reads its thread of a hundred comments, and how one more is posted there."""

    name: str
    server: Running
    reading: str
    # Posts a comment of these words, a reply if an id is given; returns its id.
    post: Callable[[str, str, int | None], int]


_KNOWN = (
    ("Isso", isso.start, isso.READING, isso.post),
    ("Waline", waline.start, waline.READING, waline.post),
)


def start(folder: Path, ending: ExitStack, core: str = SERVER_CORE) -> Iterator[Peer]:
    """Start and fill the peers that the machine has; say which it has not."""
    for name, started, reading, post in _KNOWN:
        server = started(folder, core)
        if server is None:
            print(f"{name} is not measured: make peers puts it there")
            continue
        ending.callback(server.stop)
        chance = random.Random(5)
        parent: int | None = None
        for number in range(HUNDRED):
            made = post(server.base, text(chance), parent)
            parent = made if number % 2 == 0 else None
        yield Peer(name, server, reading, post)
