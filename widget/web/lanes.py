"""Lanes: what a worker's threads are shared out between, so that no kind of request waits for another.

A thread that hashes, checks or waits for the database is taken. With lanes a flood of sign-ins or a locked database
takes the threads of its own lane only, and whoever finds that one full is told at once to come back.
Nor does one client take a lane from all the others: it holds no more than half of what it leaves free.
What `widget/web/reading/` answers from memory never comes here.
"""

import threading
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from flask import Flask, g, request, session

from widget import patience
from widget.config import Settings
from widget.errors import Busy
from widget.extensions import address, client
from widget.patience import Patience
from widget.web import audience, monitored
from widget.web.audience import Audience
from widget.web.transaction import SAFE

# Longer than this nobody waits for a turn, seconds.
PATIENCE = 5.0


@dataclass(frozen=True)
class Share:
    """How many of a hundred threads a lane may hold, and how many requests of it work at the same time.

    Those that work share one core, so that more of them would only make each slower. `each` is what one client may
    hold however full the lane is.
    """

    percent: int
    at_once: int
    each: int = 2


class Work(StrEnum):
    """What is asked of an audience's part."""

    READING = "reading"
    WRITING = "writing"
    HINTS = "hints"


# Of comments being sent, a third at once would take its time from the two before it: with two, half of them are
# received in less than half of the time, and as many of them a second (bench/writing).
# Hints are asked for as often as somebody pauses while writing, and nobody misses the late ones: they take no turn
# from what is sent.
# Three of a hundred belong to no lane: what is read from memory, and health.
# Among what is public are the files of a page, of which a browser asks for six at once.
SHARES = {
    (Audience.PUBLIC, Work.READING): Share(18, 6, each=6),
    (Audience.EMBED, Work.READING): Share(13, 4),
    (Audience.EMBED, Work.WRITING): Share(30, 2),
    (Audience.EMBED, Work.HINTS): Share(10, 1),
    (Audience.DESK, Work.READING): Share(13, 4),
    (Audience.DESK, Work.WRITING): Share(13, 4),
}


class Lane:
    """One lane: so many requests inside, so many of them at work, and the others wait for their turn."""

    def __init__(self, inside: int, at_once: int, patience: float = PATIENCE, each: int = Share.each) -> None:
        self._free = inside
        self._held: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._working = threading.BoundedSemaphore(min(inside, at_once))
        self._patience = patience
        self._each = each

    def enter(self, who: str | None = None) -> bool:
        """Come in, after waiting for one's turn; False when the lane is full or the turn does not come.

        It is full for a client that holds its share of it already; `who` is None where nobody is told apart.
        """
        if not self._take_place(who):
            return False
        if self._working.acquire(timeout=self._patience):
            return True
        self._give_back(who)
        return False

    def leave(self, who: str | None = None) -> None:
        """Make room for the next."""
        self._working.release()
        self._give_back(who)

    def has_room(self, who: str | None = None) -> bool:
        """Whether a request would find a place, if only to wait."""
        held = self._held[who] if who is not None else 0
        # A share that shrinks as the lane fills: alone a client gets a third, two get a quarter each, and with
        # however many machines somebody comes, a place is left for the next client.
        return self._free > 0 and (held < self._each or held * 2 < self._free)

    def _take_place(self, who: str | None) -> bool:
        with self._counting:
            if not self.has_room(who):
                return False
            self._free -= 1
            if who is not None:
                self._held[who] += 1
            return True

    def _give_back(self, who: str | None) -> None:
        with self._counting:
            self._free += 1
            if who is not None:
                self._held[who] -= 1
                if not self._held[who]:
                    # Nobody is remembered who is not here.
                    del self._held[who]


def init_app(app: Flask, settings: Settings) -> None:
    """Let each request into its lane before anything else is done for it, and out of it in the end.

    From there on it waits for the database no longer than its kind has patience.
    """
    lanes = {
        kind: Lane(max(1, settings.threads * share.percent // 100), share.at_once, each=share.each)
        for kind, share in SHARES.items()
    }

    @app.before_request
    def enter() -> None:
        patience.have(patience_of(request.path))
        if request.path in monitored.PATHS:
            # A load balancer that asks how a full server is must hear of it.
            return
        lane, who = lanes[kind_of(request.path, request.method)], _told_apart()
        if not lane.enter(who):
            raise Busy("busy")
        g.lane = lane, who

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        patience.have(patience.OPERATORS)
        entered = cast("tuple[Lane, str | None] | None", g.pop("lane", None))
        if entered is not None:
            lane, who = entered
            lane.leave(who)


def _told_apart() -> str | None:
    """Return the client whose places are counted, or None where that would keep out people who have nothing in common.

    Everybody comes from one address that is not public where a proxy stands in front of which the server was not told,
    and in a newsroom's own network. Staff who are signed in share their office's address, and fill no lane on purpose.
    """
    if audience.of_path(request.path) is Audience.DESK and "_user_id" in session:
        return None
    known = address()
    return client() if known is not None and known.is_global else None


def kind_of(path: str, method: str) -> tuple[Audience, Work]:
    """Return the lane of a request: whose it is, and what it asks for; an account's is the frame's."""
    where = audience.of_path(path)
    if where is Audience.ACCOUNT:
        where = Audience.EMBED
    # Nothing public is written to: what is tried there is refused at once.
    if method in SAFE or where is Audience.PUBLIC:
        return where, Work.READING
    return where, Work.HINTS if audience.is_of_frame(path, "check") else Work.WRITING


def patience_of(path: str) -> Patience:
    """Return how long a request waits for the database; whoever asks whether a node is ready asks again soon."""
    if path == "/readyz":
        return patience.READERS
    return patience.STAFF if audience.of_path(path) is Audience.DESK else patience.VISITORS
