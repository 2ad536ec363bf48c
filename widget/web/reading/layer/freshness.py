"""Whether anything can have changed since: a mark that is another one after every commit.

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
    """SQLite's own count of commits, by whatever process: no change goes unseen, not for a moment.

    `PRAGMA data_version` tells a connection whether another one committed; this connection never writes.
    """

    def __init__(self, path: str) -> None:
        """Name the file; it is opened at the first question, in the process that asks."""
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def mark(self) -> Hashable:
        """Return SQLite's count."""
        with self._lock:
            if self._connection is None:
                self._connection = sqlite3.connect(
                    self._path, timeout=2, isolation_level=None, check_same_thread=False
                )
                self._connection.execute("PRAGMA query_only = ON")
            return self._connection.execute("PRAGMA data_version").fetchone()[0]  # type: ignore[no-any-return]


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
