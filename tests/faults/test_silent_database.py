"""A PostgreSQL that says nothing more, or holds a lock: readers read on, and whoever must wait is told when to come back."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.support import frame
from tests.support.applications import application
from tests.support.client import Client
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, TEXT, all_comments
from tests.support.newsroom import Newsroom
from tests.support.relay import Relay
from widget import patience
from widget.config import Settings
from widget.db import db
from widget.moderation.permissions import Staff
from widget.web import lanes
from widget.web.desk import sheets
from widget.web.reading.layer import EXTENSION, freshness

newsroom, ada, stranger, visitor, editor, site_id = (
    frame.newsroom,
    frame.ada,
    frame.stranger,
    frame.visitor,
    frame.editor,
    frame.site_id,
)

DATA = "/public/tribune/thread.json?article=bridge"
READERS = 20


@pytest.fixture
def engine_url(postgresql_url: str) -> str:
    """This is about PostgreSQL alone: SQLite is on no other machine, and its locks are looked at elsewhere."""
    return postgresql_url


@pytest.fixture
def relay(postgresql_url: str) -> Iterator[Relay]:
    """What stands between a node and the database."""
    with Relay(postgresql_url) as relay:
        yield relay


@pytest.fixture
def node(settings: Settings, relay: Relay) -> Iterator[Flask]:
    """A node that reaches its database through the relay."""
    app = application(replace(settings, database_url=relay.url))
    app.test_client_class = Client
    yield app
    relay.hand_on()
    app.extensions[EXTENSION].close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience of seconds, in the proportions of the real one; connecting takes up to two seconds more."""
    monkeypatch.setattr(patience, "VISITORS", patience.Patience(lock=1, statement=6, answer=2))
    monkeypatch.setitem(patience._CONNECTING, "connect_timeout", 2)


def seconds(node: Flask, path: str) -> tuple[int, float]:
    """Return with what a reader was answered, and after how long."""
    began = time.monotonic()
    status = node.test_client().get(path).status_code
    return status, time.monotonic() - began


def test_readers_of_a_hot_thread_read_on_while_the_database_is_silent(
    newsroom: Newsroom, editor: Staff, ada: int, node: Flask, relay: Relay
) -> None:
    newsroom.published(editor, ada, TEXT)
    assert seconds(node, DATA)[0] == 200
    relay.fall_silent()
    time.sleep(freshness.Interval.SECONDS)  # what is known is asked again after this
    with ThreadPoolExecutor(READERS) as pool:
        first = list(pool.map(seconds, [node] * READERS, [DATA] * READERS))
    assert {status for status, _ in first} == {200}
    # One asks and gives up after three seconds, and two more for a new connection; nobody else waits for that.
    assert sorted(took for _, took in first)[-2] < 3
    assert max(took for _, took in first) < 8
    # Until it is back one at a time finds out, and all others are answered at once.
    with ThreadPoolExecutor(READERS) as pool:
        later = list(pool.map(seconds, [node] * READERS, [DATA] * READERS))
    assert {status for status, _ in later} == {200}
    assert sorted(took for _, took in later)[-2] < 1
    relay.hand_on()
    until = time.monotonic() + 10
    newsroom.published(editor, ada, "It is back.", key="back")
    while "It is back." not in node.test_client().get(DATA).text:
        assert time.monotonic() < until


@pytest.mark.usefixtures("in_a_hurry")
def test_who_needs_the_database_is_told_when_to_come_back_while_it_is_silent(
    newsroom: Newsroom, node: Flask, relay: Relay
) -> None:
    for path in ("/embed/tribune?" + "&".join(f"{name}={value}" for name, value in ARTICLE.items()), DATA):
        assert seconds(node, path)[0] == 200
    relay.fall_silent()
    began = time.monotonic()
    answer = node.test_client().get("/threads/1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    answer = node.test_client().get("/embed/tribune?article=bridge")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert seconds(node, "/readyz")[0] == 503
    assert time.monotonic() - began < 30
    relay.hand_on()
    assert seconds(node, "/readyz")[0] == 200


def test_who_writes_behind_a_long_transaction_is_told_when_to_come_back(
    visitor: Visitor, newsroom: Newsroom, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "VISITORS", replace(patience.VISITORS, lock=1))
    newsroom.session.rollback()
    began = time.monotonic()
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as other:
        other.execute("LOCK TABLE comments IN EXCLUSIVE MODE")
        answer = visitor.send("Send to the editors", {"text": TEXT})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert time.monotonic() - began < patience.VISITORS.answer, "the server gave it up, not we"
        assert "nothing you wrote is lost" in answer.get_data(as_text=True)
        other.rollback()
    assert all_comments(newsroom) == []
    # Nothing is to be restarted: the same form again is received.
    page = visitor.press("Send to the editors", {"text": TEXT})
    assert "Your comment is with the editors." in page.text


# ── Who has which patience ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/threads/1", patience.VISITORS),
        ("/embed/tribune/send", patience.VISITORS),
        ("/account/", patience.VISITORS),
        ("/desk/figures/work.csv", patience.STAFF),
        ("/readyz", patience.READERS),
    ],
)
def test_each_kind_of_request_has_its_patience(path: str, kept: patience.Patience) -> None:
    assert lanes.patience_of(path) == kept


def test_what_asks_nothing_does_not_say_that_the_database_is_back(node: Flask, relay: Relay) -> None:
    asking = node.extensions[EXTENSION]._asking
    asking.notice_away()
    asking._away_until = 0.0
    assert seconds(node, "/robots.txt")[0] == 200
    assert asking._in_vain
    assert seconds(node, DATA)[0] == 404
    assert not asking._in_vain


def test_our_own_patience_outlasts_the_servers() -> None:
    assert patience.VISITORS.answer > patience.VISITORS.lock
    assert patience.STAFF.answer > patience.STAFF.statement
    assert patience.READERS.answer > patience.READERS.statement


def limits(session: Session) -> list[str]:
    """Return what the server keeps for the session's connection."""
    found = [session.scalar(text(f"SHOW {name}")) for name in ("lock_timeout", "statement_timeout")]
    session.rollback()
    return [str(one) for one in found]


def test_requests_have_limits_and_commands_have_those_of_their_role(app: Flask, session: Session) -> None:
    session.rollback()
    with patience.of(patience.VISITORS):
        assert limits(session) == ["10s", "1min"]
    with patience.of(patience.READERS):
        assert limits(session) == ["2s", "2s"]
    assert limits(session) == ["0", "0"]
    session.execute(
        text(f"ALTER ROLE CURRENT_USER IN DATABASE {db.engine.url.database} SET lock_timeout = '7min'")
    )
    session.commit()
    db.engine.dispose()
    with patience.of(patience.VISITORS):
        assert limits(session) == ["10s", "1min"]
    assert limits(session) == ["7min", "0"]


def test_both_engines_notice_a_network_that_is_cut(app: Flask, session: Session) -> None:
    reading = app.extensions[EXTENSION]._asking._connected()
    for engine in (db.engine, reading):
        raw = engine.raw_connection()
        given = raw.driver_connection.info.get_parameters()
        raw.close()
        assert (given["tcp_user_timeout"], given["keepalives_idle"]) == ("15000", "5")


def test_what_is_sent_after_the_request_is_waited_for_as_in_it() -> None:
    sent = sheets.download((f"{patience.present().statement} " for _ in range(2)), "audit")
    assert "".join(str(part) for part in sent.response).endswith("60 60 ")
    assert patience.present() == patience.OPERATORS
