"""The layer in front of Flask: the same answers, made once, and never one that is out of date."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.support.client import Client
from tests.support.newsroom import NOW, Newsroom, editor, newsroom, reader_id, site_id
from widget.app import create_app
from widget.db import db
from widget.extensions import SETTINGS
from widget.moderation.permissions import Staff
from widget.services import arrangements, threads
from widget.web.reading.layer import EXTENSION, freshness, server, wish
from widget.web.reading.layer.memory import Memory
from widget.web.reading.layer.server import ReadingLayer
from widget.web.reading.layer.standing import Stamp
from widget.web.reading.layer.wish import Kind

__all__ = ["editor", "newsroom", "reader_id", "site_id"]

DATA = "/public/tribune/thread.json?article=bridge"
KEPT = (
    DATA,
    "/public/tribune/thread.html?article=bridge",
    "/public/tribune/thread.atom?article=bridge",
    "/public/tribune/counts.json?article=bridge&article=ferry",
    "/threads/{thread}",
    "/embed.js",
)


class Behind:
    """Stands between layer and Flask, and counts what gets through."""

    def __init__(self, layer: ReadingLayer) -> None:
        self.asked: list[str] = []
        self._flask = self._original = layer._flask
        self._layer = layer
        layer._flask = self

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        self.asked.append(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}".rstrip("?"))
        return self._flask(environ, start)

    def leave(self) -> None:
        self._layer._flask = self._original


@pytest.fixture
def layer(app: Flask) -> ReadingLayer:
    found: ReadingLayer = app.extensions[EXTENSION]
    return found


@pytest.fixture
def behind(layer: ReadingLayer) -> Iterator[Behind]:
    """What gets through to Flask."""
    found = Behind(layer)
    yield found
    found.leave()


@pytest.fixture
def comment_id(newsroom: Newsroom, editor: Staff, reader_id: int) -> int:
    """A published comment under the article `bridge`."""
    return newsroom.published(editor, reader_id, "Some words that repeat. " * 20)


@pytest.fixture
def other(app: Flask) -> Iterator[Flask]:
    """Another node on the same database, with a disk of its own."""
    settings = app.extensions[SETTINGS]
    apart = replace(settings, instance=f"{settings.instance}-other")
    made = create_app(apart)
    yield made
    made.extensions[EXTENSION].close()
    with made.app_context():
        db.engine.dispose()


def bodies(client: FlaskClient, path: str = DATA) -> str:
    return client.get(path).text


def wait_for_the_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the interval after which PostgreSQL is asked again be over."""
    now = server.time.monotonic()
    monkeypatch.setattr(freshness.time, "monotonic", lambda: now + freshness.Interval.SECONDS)


# ── Once ────────────────────────────────────────────────────────────────────────────────────────────


def test_each_rendering_is_made_once(
    client: FlaskClient, newsroom: Newsroom, site_id: int, comment_id: int, behind: Behind
) -> None:
    thread = newsroom.thread(site_id).id
    for path in [path.replace("{thread}", str(thread)) for path in KEPT]:
        behind.asked.clear()
        answers = [
            client.open(path, method=method, headers={"Accept-Encoding": encoding})
            for encoding in ("br", "gzip", "identity")
            for method in ("GET", "HEAD", "GET")
        ]
        assert {answer.status_code for answer in answers} == {200}, path
        # The script comes compressed, in each encoding by itself.
        assert len(behind.asked) == (3 if path == "/embed.js" else 1), path


def test_what_flask_would_answer_is_what_the_layer_answers(
    app: Flask, client: FlaskClient, newsroom: Newsroom, site_id: int, comment_id: int, layer: ReadingLayer
) -> None:
    thread = newsroom.thread(site_id).id
    app.test_client_class = Client
    for path in [path.replace("{thread}", str(thread)) for path in KEPT]:
        for encoding in ("br", "gzip", ""):
            ready = client.get(path, headers={"Accept-Encoding": encoding})
            app.wsgi_app = layer._flask  # type: ignore[method-assign]
            try:
                plain = client.get(path, headers={"Accept-Encoding": encoding})
            finally:
                app.wsgi_app = layer  # type: ignore[method-assign]
            assert ready.data == plain.data, path
            for answer in (ready, plain):
                answer.headers.pop("Date", None)
            assert sorted(ready.headers) == sorted(plain.headers), path


def test_nothing_is_asked_of_the_database_while_nothing_is_committed(
    client: FlaskClient, comment_id: int, layer: ReadingLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On PostgreSQL the interval must not end in between.
    monkeypatch.setattr(freshness.time, "monotonic", lambda: 1000.0)
    client.get(DATA)
    asked: list[str] = []
    event.listen(layer._asking._connected(), "before_cursor_execute", lambda *args: asked.append(args[2]))
    for _ in range(5):
        assert client.get(DATA).status_code == 200
    assert asked == []


def test_a_pending_comment_makes_nothing_anew(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, comment_id: int, behind: Behind
) -> None:
    client.get(DATA)
    behind.asked.clear()
    newsroom.send(site_id, reader_id, "One more, unread as yet.")
    assert client.get(DATA).status_code == 200
    assert behind.asked == []


def test_many_at_once_wait_for_one_rendering(
    app: Flask, comment_id: int, behind: Behind, layer: ReadingLayer
) -> None:
    asks, go = 8, threading.Barrier(8)
    inner = behind._flask

    def slow(environ: dict[str, Any], start: Any) -> Any:
        # Nobody is answered before everybody asks.
        assert all_ask.wait(10)
        return inner(environ, start)

    all_ask = threading.Event()
    behind._flask = slow
    app.test_client_class = Client

    def ask(number: int) -> int:
        go.wait(10)
        if number == asks - 1:
            all_ask.set()
        return app.test_client().get(DATA).status_code

    with ThreadPoolExecutor(asks) as pool:
        assert set(pool.map(ask, range(asks))) == {200}
    assert len(behind.asked) == 1


def test_many_at_once_ask_the_database_once_where_a_thread_stands(
    app: Flask,
    client: FlaskClient,
    comment_id: int,
    layer: ReadingLayer,
    newsroom: Newsroom,
    site_id: int,
    reader_id: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert client.get(DATA).status_code == 200
    newsroom.send(site_id, reader_id, "One more, unread as yet.")
    asks, asked, go = 8, [], threading.Event()
    inner = layer._asking._ask

    def slow(*given: Any) -> Any:
        asked.append(given[0])
        assert go.wait(10)
        return inner(*given)

    # The same mark for all of them, however long it takes.
    monkeypatch.setattr(layer._freshness, "mark", lambda: "after")
    monkeypatch.setattr(layer._asking, "_ask", slow)
    app.test_client_class = Client
    with ThreadPoolExecutor(asks) as pool:
        answers = [pool.submit(lambda: app.test_client().get(DATA).status_code) for _ in range(asks)]
        while not asked:
            pass
        go.set()
        assert {answer.result(10) for answer in answers} == {200}
    assert len(asked) == 1


class Held:
    """A rendering that has begun and does not end before `go` is set."""

    def __init__(self, behind: Behind) -> None:
        self.began, self.go = threading.Event(), threading.Event()
        self._flask = behind._flask
        behind._flask = self

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        self.began.set()
        assert self.go.wait(10)
        return self._flask(environ, start)


@pytest.fixture
def publish(newsroom: Newsroom, editor: Staff, reader_id: int) -> Callable[[], int]:
    """Publishes a comment."""
    return lambda: newsroom.published(editor, reader_id, "Another voice.")


@pytest.fixture
def remove(newsroom: Newsroom, editor: Staff, comment_id: int) -> Callable[[], int]:
    """Removes the comment that is there."""
    return lambda: newsroom.decide(editor, comment_id, "remove")


def test_while_a_publication_is_rendered_others_read_what_stood_before(
    app: Flask, client: FlaskClient, behind: Behind, comment_id: int, publish: Callable[[], int]
) -> None:
    before = client.get(DATA).get_data()
    publish()
    held = Held(behind)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: Client(app).get(DATA).text)
        assert held.began.wait(10)
        assert client.get(DATA).get_data() == before
        held.go.set()
        assert "Another voice." in first.result()
    assert "Another voice." in client.get(DATA).text


@pytest.mark.parametrize("also", [False, True])
def test_nobody_reads_what_was_removed_while_the_page_without_it_is_rendered(
    app: Flask,
    client: FlaskClient,
    behind: Behind,
    remove: Callable[[], int],
    publish: Callable[[], int],
    also: bool,
) -> None:
    """Not even where as much was published as removed."""
    assert "Some words" in client.get(DATA).text
    remove()
    if also:
        publish()
    held = Held(behind)
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(lambda: Client(app).get(DATA).text) for _ in range(2)]
        assert held.began.wait(10)
        finished, _waiting = wait(answers, 0.3)
        assert finished == set()
        held.go.set()
        assert all("Some words" not in answer.result() for answer in answers)


def test_only_publications_are_an_addition() -> None:
    before = Stamp(3, 10, 5)
    assert Stamp(3, 11, 6).only_adds_to(before)
    assert Stamp(3, 14, 9).only_adds_to(before)
    for later in (before, Stamp(3, 11, 5), Stamp(3, 11, 4), Stamp(3, 12, 5), Stamp(4, 11, 6), Stamp(3, 9, 4)):
        assert not later.only_adds_to(before), later
    assert not Stamp(3, 11, 6).only_adds_to((1, 2))


# ── Never out of date ───────────────────────────────────────────────────────────────────────────────


def test_a_removal_shows_at_once_here_and_soon_elsewhere(
    client: FlaskClient,
    other: Flask,
    newsroom: Newsroom,
    editor: Staff,
    comment_id: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = Client(other)
    assert "Some words" in bodies(client)
    assert "Some words" in bodies(elsewhere)
    newsroom.decide(editor, comment_id, "remove")
    assert "Some words" not in bodies(client)
    if other.extensions[SETTINGS].database_url.startswith("postgresql"):
        wait_for_the_interval(monkeypatch)
    assert "Some words" not in bodies(elsewhere)


def test_everything_that_readers_can_see_moves_the_version(
    client: FlaskClient, newsroom: Newsroom, site_id: int, editor: Staff, reader_id: int, comment_id: int
) -> None:
    thread_id, session = newsroom.thread(site_id).id, newsroom.session
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "closed": (
            lambda: threads.close(session, editor, thread_id, "Shut for good.", NOW),
            "Shut for good.",
        ),
        "reopened": (lambda: threads.reopen(session, editor, thread_id, NOW), '"state":"open"'),
        "switched off": (
            lambda: arrangements.switch(session, editor, thread_id, off=True, now=NOW),
            '"off":true',
        ),
        "on again": (
            lambda: arrangements.switch(session, editor, thread_id, off=False, now=NOW),
            '"off":false',
        ),
        "published": (lambda: newsroom.published(editor, reader_id, "Another voice."), "Another voice."),
    }
    for name, (step, expected) in steps.items():
        assert expected not in bodies(client), name
        step()
        session.commit()
        assert expected in bodies(client), name


def test_counts_follow_every_publication(
    client: FlaskClient, newsroom: Newsroom, editor: Staff, reader_id: int, comment_id: int
) -> None:
    path = "/public/tribune/counts.json?article=bridge&article=ferry"
    assert client.get(path).json["counts"] == {"bridge": 1, "ferry": 0}  # type: ignore[index]
    newsroom.published(editor, reader_id)
    assert client.get(path).json["counts"] == {"bridge": 2, "ferry": 0}  # type: ignore[index]


def test_an_article_gets_its_first_comment(
    client: FlaskClient, newsroom: Newsroom, editor: Staff, reader_id: int
) -> None:
    assert client.get(DATA).json["thread"]["id"] is None  # type: ignore[index]
    newsroom.published(editor, reader_id)
    assert client.get(DATA).json["thread"]["count"] == 1  # type: ignore[index]


# ── Nobody in particular ────────────────────────────────────────────────────────────────────────────


def test_nothing_of_who_asks_first_is_kept(
    client: FlaskClient, comment_id: int, behind: Behind, layer: ReadingLayer
) -> None:
    told: list[dict[str, Any]] = []
    inner = behind._flask

    def listen(environ: dict[str, Any], start: Any) -> Any:
        told.append(environ)
        return inner(environ, start)

    behind._flask = listen
    client.set_cookie("byline_reader", "somebody", domain="127.0.0.1")
    headers = {"Accept-Language": "fr", "X-Forwarded-For": "192.0.2.7", "Referer": "https://tribune.example/"}
    client.get(DATA, headers=headers)
    (environ,) = told
    assert {name for name in environ if name.startswith("HTTP_")} == {"HTTP_HOST", "HTTP_ACCEPT_ENCODING"}


def test_what_sets_a_cookie_is_never_kept(client: FlaskClient, comment_id: int, behind: Behind) -> None:
    inner = behind._flask

    def leaky(environ: dict[str, Any], start: Any) -> Any:
        def with_cookie(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start(status, [*headers, ("Set-Cookie", "who=you")], *rest)

        return inner(environ, with_cookie)

    behind._flask = leaky
    for _ in range(2):
        assert client.get(DATA).status_code == 200
    assert len(behind.asked) == 2


@pytest.mark.parametrize("path", ["/public/nowhere/thread.json?article=bridge", "/threads/999", "/threads/0"])
def test_an_error_is_flasks_own_and_never_kept(client: FlaskClient, site_id: int, path: str) -> None:
    for _ in range(2):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"


# ── Bounded ─────────────────────────────────────────────────────────────────────────────────────────


def test_parameters_that_mean_nothing_take_no_room(
    client: FlaskClient, comment_id: int, behind: Behind, layer: ReadingLayer
) -> None:
    client.get(DATA)
    kept, behind.asked[:] = len(layer._memory), []
    for junk in ("&utm_source=x", "&page=", "&order=upwards", "&lang=xx", "&article=other", "&comment=-1"):
        assert bodies(client, DATA + junk) == bodies(client)
    assert (len(layer._memory), behind.asked) == (kept, [])


def test_pages_that_do_not_exist_are_the_nearest_one(
    client: FlaskClient, comment_id: int, behind: Behind
) -> None:
    for page in ("1", "2", "999999999", "-5", "0"):
        assert '"count":1' in bodies(client, f"{DATA}&page={page}")
    assert len(behind.asked) == 1


def test_unknown_articles_share_one_rendering(client: FlaskClient, site_id: int, behind: Behind) -> None:
    answers = {
        bodies(client, f"/public/tribune/thread.json?article=nobody-wrote-{number}&page={number}")
        for number in range(5)
    }
    assert (len(answers), len(behind.asked)) == (1, 1)


def test_memory_lets_go_of_what_was_not_used_for_longest() -> None:
    memory: Memory[str] = Memory(100)
    for key in "abc":
        memory.put(key, key.upper(), 33)
    assert memory.get("a") == "A"
    memory.put("d", "D", 33)
    assert [memory.get(key) for key in "abcd"] == ["A", None, "C", "D"]
    memory.put("a", "AA", 34)
    assert memory.size == 100
    memory.put("e", "too large", 101)
    assert (memory.get("e"), memory.size) == (None, 100)


def test_one_form_for_every_way_of_asking() -> None:
    asked = wish.read("/public/tribune/thread.json", "utm=1&lang=fr&article=a%20b&page=2&order=oldest")
    again = wish.read("/public/tribune/thread.json", "order=oldest&page=2&article=a+b&article=c&lang=fr")
    assert asked is not None
    assert asked == again
    assert (asked.kind, asked.articles, asked.page, asked.order, asked.language) == (
        Kind.DATA,
        ("a b",),
        2,
        "oldest",
        "fr",
    )
    assert wish.read(asked.path, asked.query) == asked
    assert wish.read("/public/Tribune/thread.json", "article=a") is None
    assert wish.read("/public/tribune/thread.json", "article=" + "a" * 501) is None
    assert wish.read("/desk/", "") is None


# ── On the shelf ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def restarted(app: Flask) -> Iterator[Callable[[], tuple[Flask, Behind]]]:
    """Makes the same server anew, on the same disk."""
    made: list[Flask] = []

    def restart() -> tuple[Flask, Behind]:
        again = create_app(app.extensions[SETTINGS])
        made.append(again)
        return again, Behind(again.extensions[EXTENSION])

    yield restart
    for server_app in made:
        server_app.extensions[EXTENSION].close()
        with server_app.app_context():
            db.engine.dispose()


def test_a_restart_finds_its_renditions_on_disk(
    client: FlaskClient,
    newsroom: Newsroom,
    editor: Staff,
    comment_id: int,
    restarted: Callable[[], tuple[Flask, Behind]],
) -> None:
    first = client.get(DATA, headers={"Accept-Encoding": "br"})
    again, passed = restarted()
    second = Client(again).get(DATA, headers={"Accept-Encoding": "br"})
    assert (second.data, sorted(second.headers), passed.asked) == (first.data, sorted(first.headers), [])
    newsroom.decide(editor, comment_id, "remove")
    third, passed = restarted()
    assert "Some words" not in bodies(Client(third))
    assert len(passed.asked) == 1


def test_another_release_never_answers_with_these_bytes(
    client: FlaskClient,
    comment_id: int,
    restarted: Callable[[], tuple[Flask, Behind]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client.get(DATA)
    monkeypatch.setattr("widget.web.reading.layer.shelf.release", lambda _url: "the next release")
    again, passed = restarted()
    Client(again).get(DATA)
    assert len(passed.asked) == 1


def test_a_damaged_shelf_is_made_anew(
    app: Flask, client: FlaskClient, comment_id: int, restarted: Callable[[], tuple[Flask, Behind]]
) -> None:
    client.get(DATA)
    layer: ReadingLayer = app.extensions[EXTENSION]
    layer._shelf._discard()
    path: Path = layer._shelf._path
    path.write_bytes(b"no database at all " * 500)
    for renderings in (1, 0):
        again, passed = restarted()
        assert "Some words" in bodies(Client(again))
        assert len(passed.asked) <= renderings + 1
    assert passed.asked == []


def test_nothing_stays_on_the_shelf_for_longer_than_a_day(
    client: FlaskClient,
    comment_id: int,
    restarted: Callable[[], tuple[Flask, Behind]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client.get(DATA)
    real = time.time
    monkeypatch.setattr("widget.web.reading.layer.shelf.time.time", lambda: real() + 24 * 3600 + 2)
    again, passed = restarted()
    Client(again).get("/")
    again.extensions[EXTENSION].close()
    kept = sqlite3.connect(again.extensions[EXTENSION]._shelf._path)
    assert kept.execute("SELECT count(*) FROM forms WHERE body LIKE '%Some words%'").fetchone() == (0,)
    kept.close()
    Client(again).get(DATA)
    assert passed.asked[-1] == DATA


def test_the_shelf_makes_room(app: Flask, comment_id: int, tmp_path: Path) -> None:
    from widget.web.reading.layer.rendition import ready
    from widget.web.reading.layer.shelf import Shelf

    shelf = Shelf(replace(app.extensions[SETTINGS], renditions=1, instance=str(tmp_path)))
    form = ready(b"x" * 20_000, "br", [("Content-Type", "text/plain")])
    for number in range(640):
        shelf.put(number, 1, "br", form)
    assert shelf.get(0, 1, "br") is None
    assert shelf.get(639, 1, "br") == form
    assert shelf.get(639, 2, "br") is None
    # The limit, and what may come before room is made again.
    assert (tmp_path / "renditions.sqlite3").stat().st_size < 1_000_000 + 65 * 25_000


# ── While the database is away ──────────────────────────────────────────────────────────────────────


def test_while_the_database_is_away_what_was_right_a_minute_ago_is_served(
    client: FlaskClient, comment_id: int, layer: ReadingLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = bodies(client)
    began = server.time.monotonic()
    later = began + 1

    def away() -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(layer._freshness, "mark", away)
    monkeypatch.setattr(server.time, "monotonic", lambda: later)
    try:
        assert bodies(client) == known
        later = began + server.STALE_IF_ERROR + 5
        passed = Behind(layer)
        client.get(DATA)
        assert passed.asked, "Flask says that the database is away, or that it is back"
        passed.leave()
    finally:
        layer._asking._away_until = 0.0
