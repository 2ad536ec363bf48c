"""PostgreSQL through a pool of sessions: the main job works, and no session inherits what another one set."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text

from tests.support import frame, pooler, system
from tests.support.applications import application
from tests.support.client import Client
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME
from tests.support.newsroom import PASSWORD, Newsroom
from widget import patience
from widget.config import Settings
from widget.db import db
from widget.moderation.permissions import Staff
from widget.web.reading.layer import EXTENSION

newsroom, ada, editor, site_id = frame.newsroom, frame.ada, frame.editor, frame.site_id
pytestmark = pytest.mark.postgresql

DATA = "/public/tribune/thread.json?article=bridge"


@pytest.fixture
def engine_url(postgresql_url: str) -> str:
    """The database itself, from which tests see what arrives."""
    return postgresql_url


@pytest.fixture
def pool_size() -> int:
    """How many sessions the pool has."""
    return 20


@pytest.fixture
def pooled_url(postgresql_url: str, pool_size: int) -> Iterator[str]:
    """The database through the pool; skips the test where there is no PgBouncer, fails it in CI."""
    program = system.PGBOUNCER.locate()
    if program is None:
        system.skip_for_want_of(system.PGBOUNCER)
    server, url = pooler.start(program, postgresql_url, pool_size)
    yield url
    server.stop()


@pytest.fixture
def nodes(settings: Settings, pooled_url: str) -> Iterator[list[Flask]]:
    """Two nodes behind the pool."""
    apps = [application(replace(settings, database_url=pooled_url)) for _ in range(2)]
    for app in apps:
        app.test_client_class = Client
    yield apps
    for app in apps:
        app.extensions[EXTENSION].close()
        with app.app_context():
            db.engine.dispose()


def test_people_write_and_read_through_a_pool_on_any_node(
    nodes: list[Flask], newsroom: Newsroom, editor: Staff, ada: int
) -> None:
    newsroom.session.rollback()
    visitors = [Visitor.new(app) for app in nodes]
    for visitor in visitors:
        visitor.get(FRAME, **ARTICLE)
        visitor.press("Sign in", {"email": "ada@post.example", "password": PASSWORD})
    # Often enough that statements are prepared, which psycopg does from the fifth time on.
    for number in range(4):
        for place, visitor in enumerate(visitors):
            visitor.get(FRAME, **ARTICLE)
            said = f"Letter {number} by way of node {place}: nobody asked the night nurses."
            assert (
                "Your comment is with the editors."
                in visitor.press("Send to the editors", {"text": said}).text
            )
    for comment in frame.all_comments(newsroom):
        newsroom.decide(editor, comment.id, "publish")
    clients: list[FlaskClient] = [app.test_client() for app in nodes]
    for client in clients:
        shown = client.get(DATA).json
        assert shown is not None
        assert shown["thread"]["count"] == 8


@pytest.mark.parametrize("pool_size", [1])
def test_limits_that_one_session_set_do_not_hold_in_the_next(pooled_url: str, pool_size: int) -> None:
    with patience.of(patience.VISITORS):
        engine = create_engine(pooled_url, connect_args=patience.connecting())
        with engine.connect() as connection:
            assert connection.scalar(text("SHOW statement_timeout")) == "1min"
        engine.dispose()
    beyond = make_url(pooled_url)
    with psycopg.connect(
        host=str(beyond.query["host"]), user=beyond.username, dbname=beyond.database
    ) as other:
        row = other.execute("SHOW statement_timeout").fetchone()
    assert row == ("0",)
