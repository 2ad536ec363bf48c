"""Where addresses stand: asked of the database on connections of the layer's own, and remembered.

Nobody waits for long. A database that is away, cut off or frozen is asked by one request at a time, and everybody else
goes on with what is remembered.
"""

import logging
import sqlite3
import threading
import time
import weakref
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from widget import patience
from widget.web.reading.layer import standing, wish
from widget.web.reading.layer.memory import Memory
from widget.web.reading.layer.standing import Standing
from widget.web.reading.layer.wish import Wish

_log = logging.getLogger(__name__)

UNREACHABLE = (sqlite3.Error, SQLAlchemyError)
# The database is not asked again within this time after it failed to answer.
_LEFT_ALONE = 1.0
# Whoever waits for what another request asks goes on without after this.
_PATIENCE = 2.0
# How much memory the standing of addresses may take, and about how much one takes beside its own length.
_ADDRESSES, _SIZE_OF_KNOWN = 16_000_000, 1000

Address = tuple[str, str]


class Away(Exception):
    """The database does not answer, or is left alone for a moment since it did not."""


@dataclass(slots=True)
class Known:
    """Where an address stood, under which mark that was found right, and when."""

    wish: Wish
    standing: Standing
    mark: Hashable
    at: float


class Asking:
    """Knows where addresses stand, or asks, each once for all who want to know."""

    def __init__(self, url: str) -> None:
        """Name the database; it is connected to at the first question."""
        self._url = url
        self._engine: Engine | None = None
        self._known: Memory[Known] = Memory(_ADDRESSES)
        self._questions: dict[Address, threading.Event] = {}
        self._starting = threading.Lock()
        self._away_until = 0.0
        # Since the last answer somebody waited in vain: until the next one, a single request tries.
        self._in_vain = False
        self._trying = threading.Lock()

    def known(self, address: Address) -> Known | None:
        """Return where an address stood when it was last asked."""
        return self._known.get(address)

    def leave_alone(self) -> None:
        """Raise Away while the database is not to be asked, since it failed to answer a moment ago."""
        if time.monotonic() < self._away_until:
            raise Away

    def notice_away(self) -> None:
        """Leave the database alone for a moment, in the handler of what it failed with."""
        _log.warning("the database cannot be asked", exc_info=True)
        self._in_vain = True
        self._away_until = time.monotonic() + _LEFT_ALONE

    def asked(self, address: Address, mark: Hashable) -> Known | None:
        """Return where an address stands, asked once for all who want to know it under one mark; raises Away.

        The others wait and then go on together: one after the other they would queue for the interpreter as well.
        """
        own = threading.Event()
        while (asking := self._questions.setdefault(address, own)) is not own:
            if self._in_vain or not asking.wait(_PATIENCE):
                self._in_vain = True
                raise Away
            # Whoever asked may have waited in vain: that is done once, not again by each of the others.
            self.leave_alone()
            known = self._known.get(address)
            if known is not None and known.mark == mark:
                return known
        try:
            self.leave_alone()
            known = self._known.get(address)
            return known if known is not None and known.mark == mark else self._ask(address, known, mark)
        except UNREACHABLE:
            self.notice_away()
            raise Away from None
        finally:
            self._questions.pop(address, None)
            own.set()

    def _ask(self, address: Address, known: Known | None, mark: Hashable) -> Known | None:
        """Return where an address stands now, remembered as right under a mark that was taken before."""
        asked = known.wish if known is not None else wish.read(*address)
        place = self._found(asked) if asked is not None else None
        if asked is None or place is None:
            return None
        now = Known(asked, place, mark, time.monotonic())
        self._known.put(address, now, _SIZE_OF_KNOWN + 3 * (len(address[0]) + len(address[1])))
        return now

    def _found(self, asked: Wish) -> Standing | None:
        """Ask, unless another request is finding out whether the database is back."""
        trying = self._in_vain
        if trying and not self._trying.acquire(blocking=False):
            raise Away
        try:
            with patience.of(patience.READERS), self._connected().connect() as connection:
                place = standing.find(connection, asked)
            self._in_vain = False
            return place
        finally:
            if trying:
                self._trying.release()

    def _connected(self) -> Engine:
        """Return connections of the layer's own, so that reading never waits for those that people write with."""
        if self._engine is None:
            with self._starting:
                if self._engine is None:
                    url = make_url(self._url)
                    of_server: dict[str, Any] = {
                        "pool_pre_ping": True,
                        "connect_args": patience.connecting(2),
                    }
                    options = {} if url.get_backend_name() == "sqlite" else of_server
                    self._engine = create_engine(url, pool_size=2, max_overflow=6, pool_timeout=2, **options)
                    weakref.finalize(self, self._engine.dispose)
        return self._engine

    def forget(self) -> None:
        """Forget where everything stands, and that the database was away."""
        self._known.clear()
        self._in_vain, self._away_until = False, 0.0

    def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
