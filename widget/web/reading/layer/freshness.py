"""Whether anything can have changed since: a mark that is soon another one after every commit.

What was found right under a mark need not be asked again while the mark stands.
"""

import sqlite3
import threading
import time
from collections.abc import Hashable
from typing import Protocol

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from widget.config import Settings


class Freshness(Protocol):
    """Tells by a mark whether to ask again."""

    def mark(self) -> Hashable:
        """Return the present mark; raises sqlite3.Error while the database cannot be asked."""


class DataVersion:
    """SQLite's own count of commits, by whatever process: asked every millisecond, and at once after a commit of this one.

    `PRAGMA data_version` tells a connection whether another one committed; this connection never writes. Asked for every
    reader it would cost as much as all the rest of an answer, since the threads take turns at it.
    """

    SECONDS = 0.001

    def __init__(self, path: str) -> None:
        """Name the file; it is opened at the first question, in the process that asks."""
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._mark = (-1, 0)
        self._good_until = 0.0

    def mark(self) -> Hashable:
        """Return SQLite's count, and that of this process."""
        if time.monotonic() < self._good_until and self._mark[0] == _commits:
            return self._mark
        with self._lock:
            # Both are taken before SQLite is asked: what is committed meanwhile is asked about again.
            commits, now = _commits, time.monotonic()
            self._mark = (commits, self._asked())
            self._good_until = now + self.SECONDS
            return self._mark

    def _asked(self) -> int:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._path, timeout=2, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA query_only = ON")
        found: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return found


class Interval:
    """A mark that changes four times a second, and at once with a commit of this process: for PostgreSQL.

    So no process answers with what another one changed more than `SECONDS` ago, whether or not a message
    about it arrives: nothing has to arrive.
    """

    SECONDS = 0.25

    def mark(self) -> Hashable:
        """Return the number of the interval, and of commits so far."""
        return _commits, int(time.monotonic() / self.SECONDS)


_commits = 0


@event.listens_for(Session, "after_commit")
def _count(_session: Session) -> None:
    global _commits  # one for the process: whichever session it was
    _commits += 1


def of(settings: Settings) -> Freshness:
    """Return what fits the database."""
    url = make_url(settings.sqlalchemy_url)
    return DataVersion(url.database or "") if url.get_backend_name() == "sqlite" else Interval()
