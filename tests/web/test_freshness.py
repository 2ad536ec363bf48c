"""When a worker asks the database again: not for every reader, and never later than it says."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from widget.web.reading.layer import freshness
from widget.web.reading.layer.freshness import DataVersion


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A database with a table to write to."""
    file = str(tmp_path / "news.sqlite3")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE news (word TEXT)")
    return file


@pytest.fixture
def elsewhere(path: str) -> Iterator[sqlite3.Connection]:
    """A connection of which this process is not told, as another worker's."""
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """As `time.monotonic`."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that freshness goes by."""
    clock = Clock()
    monkeypatch.setattr(freshness.time, "monotonic", clock.monotonic)
    return clock


def test_what_another_process_commits_is_seen_after_a_millisecond(
    path: str, elsewhere: sqlite3.Connection, clock: Clock
) -> None:
    version = DataVersion(path)
    before = version.mark()
    elsewhere.execute("INSERT INTO news VALUES ('one')")
    clock.now += DataVersion.SECONDS
    after = version.mark()
    assert after != before
    clock.now += 60
    assert version.mark() == after, "nothing was committed since"


def test_sqlite_is_asked_once_in_a_millisecond(
    path: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, asked = DataVersion(path), []
    ask = version._asked
    monkeypatch.setattr(version, "_asked", lambda: asked.append(1) or ask())
    for _ in range(50):
        version.mark()
    clock.now += DataVersion.SECONDS
    version.mark()
    assert len(asked) == 2


def test_what_this_process_commits_is_seen_at_once(path: str, clock: Clock) -> None:
    version = DataVersion(path)
    before = version.mark()
    engine = create_engine(f"sqlite:///{path}")
    with Session(engine) as session:
        session.execute(text("INSERT INTO news VALUES ('two')"))
        session.commit()
    engine.dispose()
    assert version.mark() != before, "while the clock stands"


def test_what_is_committed_while_sqlite_is_asked_is_asked_about_again(
    path: str, elsewhere: sqlite3.Connection, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = DataVersion(path)
    ask = version._asked

    def slowly() -> int:
        found = ask()
        elsewhere.execute("INSERT INTO news VALUES ('three')")
        # A slow answer is no younger than its question.
        clock.now += DataVersion.SECONDS
        return found

    version.mark()
    clock.now += DataVersion.SECONDS
    monkeypatch.setattr(version, "_asked", slowly)
    stale = version.mark()
    monkeypatch.setattr(version, "_asked", ask)
    assert version.mark() != stale
