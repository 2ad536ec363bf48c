"""PostgreSQL away, Redis away or hung: who writes is told when to come back, or notices nothing; never a 500."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis.exceptions import TimeoutError as RedisTimeout

from tests.support import frame
from tests.support.client import Client
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME, TEXT
from tests.support.newsroom import PASSWORD, Newsroom
from tests.support.servers import free_port
from widget.app import create_app
from widget.config import Settings
from widget.db import db
from widget.extensions import limiter

newsroom, ada = frame.newsroom, frame.ada


@pytest.fixture
def away() -> FlaskClient:
    """A client with a session, of a server whose PostgreSQL nobody answers for."""
    app = create_app(Settings.for_tests(database_url=f"postgresql://x@127.0.0.1:{free_port()}/x"))
    app.test_client_class = Client
    client = app.test_client()
    for path in ("/embed/tribune", "/desk/"):
        with client.session_transaction(path, base_url="http://127.0.0.1:8000") as session:
            session["_user_id"] = "somebody"
    return client


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/embed/tribune"),
        ("POST", "/embed/tribune/sign-in"),
        ("POST", "/embed/tribune/send"),
        ("GET", "/desk/"),
        ("GET", "/public/tribune/thread.json"),
        ("GET", "/threads/1"),
    ],
)
def test_while_the_database_is_away_everybody_is_told_when_to_come_back(
    away: FlaskClient, method: str, path: str
) -> None:
    # No page could be had to take a token from; that it is asked for is shown elsewhere.
    away.application.config["WTF_CSRF_CHECK_DEFAULT"] = False
    answer = away.open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "nothing you wrote is lost" in answer.get_data(as_text=True)


@pytest.fixture(autouse=True)
def limits_as_before() -> Iterator[None]:
    """The limiter is one for the process: what it made of a dead Redis must not reach the applications made later."""
    known = dict(vars(limiter))
    yield
    vars(limiter).clear()
    vars(limiter).update(known)


@pytest.fixture(params=["away", "hung"])
def redis_out(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a Redis that refuses, or that takes connections and says nothing."""
    if request.param == "away":
        yield f"redis://127.0.0.1:{free_port()}/0"
        return
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"redis://127.0.0.1:{silent.getsockname()[1]}/0"


def test_without_redis_people_sign_in_and_write_and_limits_still_hold(
    settings: Settings, newsroom: Newsroom, ada: int, redis_out: str
) -> None:
    newsroom.session.rollback()
    app: Flask = create_app(replace(settings, redis_url=redis_out))
    app.test_client_class = Client
    try:
        visitor = Visitor.new(app)
        began = time.monotonic()
        visitor.get(FRAME, **ARTICLE)
        visitor.press("Sign in", {"email": "ada@post.example", "password": PASSWORD})
        page = visitor.press("Send to the editors", {"text": TEXT})
        assert "Your comment is with the editors." in page.text
        assert time.monotonic() - began < 20, "nobody waits for what does not answer"
        stranger = Visitor.new(app)
        stranger.get(FRAME, **ARTICLE)
        wrong = {"email": "ada@post.example", "password": "wrong wrong wrong wrong"}
        tried = [stranger.send("Sign in", wrong).status_code for _ in range(12)]
        assert 429 in tried, "limits are never open"
        assert 500 not in tried
    finally:
        with app.app_context():
            db.engine.dispose()


def test_a_limit_that_could_not_be_counted_lets_nobody_pass_and_is_no_error_of_ours(
    app: Flask, client: FlaskClient
) -> None:
    """While Redis goes away, requests that are counted at that very moment fail together: limits fall back after."""

    def uncounted() -> str:
        raise RedisTimeout("it did not answer")

    app.view_functions["reading.livez"] = uncounted
    answer = client.get("/livez")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
