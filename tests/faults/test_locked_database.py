"""SQLite locked by another process: writers wait, then hear when to come back; readers notice nothing."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.support import frame
from tests.support.forms import Visitor
from tests.support.frame import TEXT, all_comments
from tests.support.newsroom import Newsroom

newsroom, ada, stranger, visitor = frame.newsroom, frame.ada, frame.stranger, frame.visitor


@pytest.fixture
def engine_url(sqlite_url: str) -> str:
    """This is about SQLite alone: PostgreSQL has no lock on all that is written."""
    return sqlite_url


@pytest.fixture
def lock(visitor: Visitor, sqlite_url: str) -> Iterator[sqlite3.Connection]:
    """Another process's write transaction, begun after the visitor signed in."""
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_who_writes_waits_until_the_lock_is_gone(
    visitor: Visitor, newsroom: Newsroom, lock: sqlite3.Connection
) -> None:
    soon = threading.Timer(0.5, lambda: lock.execute("ROLLBACK"))
    soon.start()
    page = visitor.press("Send to the editors", {"text": TEXT})
    soon.join()
    assert "Your comment is with the editors." in page.text
    assert len(all_comments(newsroom)) == 1


def test_who_would_wait_too_long_is_told_when_to_come_back_and_readers_notice_nothing(
    visitor: Visitor, newsroom: Newsroom, lock: sqlite3.Connection
) -> None:
    answers: list[tuple[int, str | None]] = []

    def write() -> None:
        answer = visitor.send("Send to the editors", {"text": TEXT})
        answers.append((answer.status_code, answer.headers.get("Retry-After")))

    writer = threading.Thread(target=write)
    writer.start()
    reader = Visitor(visitor.client.application.test_client())
    while writer.is_alive():
        answer = reader.request("GET", "/public/tribune/thread.json?article=bridge")
        assert answer.status_code == 200
        writer.join(0.5)
    assert answers == [(503, "5")]
    assert all_comments(newsroom) == []
    lock.execute("ROLLBACK")
    # Nothing is to be restarted: the same form again is received.
    page = visitor.press("Send to the editors", {"text": TEXT})
    assert "Your comment is with the editors." in page.text
