"""A disk that is full: writers hear when to come back, readers read, and room is all that it takes to go on.

SQLite says the same where a file may not grow, so that no disk has to be filled up.
"""

import sqlite3

import pytest
from flask import Flask
from sqlalchemy import event

from tests.support import frame
from tests.support.forms import Visitor
from tests.support.frame import TEXT, all_comments
from tests.support.newsroom import Newsroom
from widget.db import db

newsroom, ada, stranger, visitor = frame.newsroom, frame.ada, frame.stranger, frame.visitor
_MOST = 60


@pytest.fixture
def engine_url(sqlite_url: str) -> str:
    """PostgreSQL has its own disk, and says the same in its own words."""
    return sqlite_url


class Disk:
    """The room that the database's file has: none more than it takes while `full`."""

    def __init__(self) -> None:
        self.full = True

    def measure(self, connection: sqlite3.Connection, *_: object) -> None:
        """Let a connection that is about to be used grow the file, or not."""
        pages = connection.execute("PRAGMA page_count").fetchone()[0] if self.full else 1 << 30
        connection.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_is_a_503_and_nothing_that_was_acknowledged_is_lost(
    app: Flask, visitor: Visitor, newsroom: Newsroom
) -> None:
    disk = Disk()
    with app.app_context():
        event.listen(db.engine, "checkout", disk.measure)
    received, answers = 0, []
    for number in range(_MOST):
        answer = visitor.send(
            "Send to the editors", {"text": f"{TEXT} {number} {'Word. ' * 200}", "key": f"key-{number}"}
        )
        received += answer.status_code == 303
        if answer.status_code != 303:
            answers.append((answer.status_code, answer.headers.get("Retry-After")))
            break
    assert answers == [(503, "5")]
    assert len(all_comments(newsroom)) == received
    reader = Visitor(app.test_client())
    assert reader.request("GET", "/public/tribune/thread.json?article=bridge").status_code == 200
    with app.app_context():
        assert db.session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        db.session.remove()

    disk.full = False
    page = visitor.press("Send to the editors", {"text": TEXT})
    assert "Your comment is with the editors." in page.text
    assert len(all_comments(newsroom)) == received + 1
