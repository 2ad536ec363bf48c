"""Lanes: nobody waits behind another kind of request, and whoever finds a lane full is told when to come back."""

import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.pool import QueuePool

from tests.support import databases, frame
from tests.support.forms import Visitor
from tests.support.frame import TEXT
from tests.support.newsroom import PASSWORD, Newsroom
from widget.config import Settings
from widget.db import db
from widget.models import Account, Role
from widget.services import passwords
from widget.web import lanes
from widget.web.audience import Audience
from widget.web.lanes import Lane, Work, kind_of

newsroom, ada, stranger = frame.newsroom, frame.ada, frame.stranger
# Lanes are laid when an application is made: each test has one of its own.
app = databases.app


@pytest.mark.parametrize(
    ("path", "method", "kind"),
    [
        ("/threads/1", "GET", (Audience.PUBLIC, Work.READING)),
        ("/threads/1", "POST", (Audience.PUBLIC, Work.READING)),
        ("/embed/news", "GET", (Audience.EMBED, Work.READING)),
        ("/embed/news/send", "POST", (Audience.EMBED, Work.WRITING)),
        ("/embed/check/send", "POST", (Audience.EMBED, Work.WRITING)),
        ("/embed/news/check", "POST", (Audience.EMBED, Work.HINTS)),
        ("/account/reset/x", "POST", (Audience.EMBED, Work.WRITING)),
        ("/desk/", "HEAD", (Audience.DESK, Work.READING)),
        ("/desk/decisions", "POST", (Audience.DESK, Work.WRITING)),
    ],
)
def test_every_request_has_a_lane(path: str, method: str, kind: tuple[Audience, Work]) -> None:
    assert kind_of(path, method) == kind
    assert kind in lanes.SHARES


def test_the_lanes_leave_threads_for_what_is_in_memory_and_each_has_room_for_one_that_waits() -> None:
    taken = {kind: share.percent for kind, share in lanes.SHARES.items()}
    assert sum(taken.values()) == 97
    # Of the fewest threads that may be set. Nobody waits for a hint: it comes, or it does not.
    places = {kind: share * 16 // 100 for kind, share in taken.items()}
    assert places.pop((Audience.EMBED, Work.HINTS)) == 1
    assert min(places.values()) == 2


def test_a_full_lane_refuses_at_once_and_takes_in_again() -> None:
    lane = Lane(inside=2, at_once=2, patience=60)
    assert lane.enter()
    assert lane.enter()
    assert not lane.enter()
    lane.leave()
    assert lane.enter()


def test_whoever_waits_gets_the_turn_of_who_leaves() -> None:
    lane = Lane(inside=2, at_once=1, patience=60)
    assert lane.enter()
    came = threading.Event()
    waiting = threading.Thread(target=lambda: lane.enter() and came.set())
    waiting.start()
    # Two are inside now, though one still waits: there is no third place.
    while lane.has_room():
        time.sleep(0)
    assert not came.is_set()
    lane.leave()
    waiting.join(10)
    assert came.is_set()


def test_whose_turn_does_not_come_gives_the_place_back() -> None:
    lane = Lane(inside=2, at_once=1, patience=0.01)
    assert lane.enter()
    for _ in range(3):
        assert not lane.enter()
    lane.leave()
    assert lane.enter()


@pytest.mark.parametrize(("inside", "share"), [(18, 6), (10, 4), (7, 3), (6, 2), (2, 2), (1, 1)])
def test_one_client_holds_about_a_third_of_a_lane(inside: int, share: int) -> None:
    lane = Lane(inside, at_once=inside, patience=0)
    assert [lane.enter("machine") for _ in range(20)].count(True) == share
    # The others find what is left, as somebody from whom nobody is told apart does.
    assert lane.enter("reader") == (share < inside)
    lane.leave("machine")
    assert lane.enter()


def test_however_many_machines_come_there_is_a_place_for_the_next() -> None:
    lane = Lane(18, at_once=18, patience=0)
    for machine in range(4):
        while lane.enter(str(machine)):
            pass
    assert lane.enter("reader")


def test_whoever_is_not_told_apart_may_have_the_whole_lane_and_nobody_is_remembered() -> None:
    lane = Lane(18, at_once=18, patience=0)
    assert all(lane.enter() for _ in range(18))
    assert not lane.enter("reader")
    for _ in range(18):
        lane.leave()
    assert lane.enter("reader")
    lane.leave("reader")
    assert not lane._held


def test_of_a_pages_files_a_browser_gets_six_at_once() -> None:
    share = lanes.SHARES[Audience.PUBLIC, Work.READING]
    lane = Lane(60 * share.percent // 100, at_once=60, patience=0, each=share.each)
    assert all(lane.enter("browser") for _ in range(6))
    assert lane.enter("another")


@pytest.mark.parametrize(
    ("address", "is_one_client"),
    [
        ("9.9.9.9", True),
        ("2620:fe::fe", True),
        # Behind a proxy that the server was not told of everybody comes from there, and an office has one network.
        ("127.0.0.1", False),
        ("::1", False),
        ("172.18.0.1", False),
        ("100.64.0.7", False),
        ("fd00::7", False),
        ("", False),
    ],
)
def test_one_machine_does_not_keep_the_others_out(
    app: Flask, monkeypatch: pytest.MonkeyPatch, address: str, is_one_client: bool
) -> None:
    entered: list[str | None] = []
    _watch(monkeypatch, lambda who: entered.append(who))
    app.test_client().get("/desk/sign-in", environ_base={"REMOTE_ADDR": address})
    assert [who is not None for who in entered] == [is_one_client]


def test_neighbours_in_one_network_are_one_client_and_staff_at_work_are_nobodys(
    app: Flask, client: FlaskClient, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = newsroom.staff(Role.EDITOR, None, "Edda Voss").account_id
    email = newsroom.session.get_one(Account, editor).email or ""
    entered: list[str | None] = []
    _watch(monkeypatch, lambda who: entered.append(who))
    for address in ("2620:fe::fe", "2620:fe::9"):
        app.test_client().get("/embed/tribune", environ_base={"REMOTE_ADDR": address})
    assert entered[0] == entered[1] is not None
    client.environ_base["REMOTE_ADDR"] = "9.9.9.9"
    visitor = Visitor(client)
    visitor.get("/desk/sign-in")
    visitor.send("Sign in", {"email": email, "password": PASSWORD})
    client.get("/desk/search")
    assert entered[2:] == ["9.9.9.9", "9.9.9.9", None]


def _watch(monkeypatch: pytest.MonkeyPatch, note: Callable[[str | None], None]) -> None:
    """Tell of each request for whom it takes its place."""
    takes = Lane._take_place

    def take(lane: Lane, who: str | None) -> bool:
        note(who)
        return takes(lane, who)

    monkeypatch.setattr(Lane, "_take_place", take)


def test_every_request_leaves_its_lane_however_it_ends(app: Flask, client: FlaskClient) -> None:
    app.before_request_funcs.setdefault(None, []).append(_fail_when_asked)
    for path in ("/nowhere", "/threads/999", "/public/none/thread.json", "/?fail") * 10:
        assert client.get(path).status_code in {302, 200, 404, 500}, path


@pytest.fixture
def public_lane_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """An application made from here on finds the lane of public pages full."""
    _fill(monkeypatch, at_once=6)


@pytest.fixture
def hints_lane_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """An application made from here on finds the lane of hints full."""
    _fill(monkeypatch, at_once=1)


def _fill(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Fill the one lane in which so many work at the same time."""
    assert [share.at_once for share in lanes.SHARES.values()].count(at_once) == 1
    full = Lane(inside=1, at_once=1)
    assert full.enter()
    monkeypatch.setattr(
        lanes, "Lane", lambda inside, at, **more: full if at == at_once else Lane(inside, at, **more)
    )


def _fail_when_asked() -> None:
    if "fail" in request.args:
        raise RuntimeError("on purpose")


def test_a_full_lane_is_a_503_with_a_time_and_leaves_the_others_alone(
    public_lane_full: None, client: FlaskClient
) -> None:
    answer = client.get("/public/tribune/thread.json?article=bridge")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.get_json()["error"]["code"] == "busy"
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/desk/sign-in").status_code == 200


def test_hints_that_are_slow_keep_nobody_from_sending(
    hints_lane_full: None, stranger: Visitor, ada: int
) -> None:
    """As in the first seconds of a worker, while it loads what the checks need."""
    assert stranger.client.post("/embed/tribune/check", data={"text": TEXT}).status_code == 503
    signed_in = stranger.send("Sign in", {"email": "ada@post.example", "password": PASSWORD, "text": TEXT})
    assert signed_in.status_code == 200


def test_a_sign_in_that_would_wait_for_its_hash_is_told_so_and_loses_nothing(
    stranger: Visitor, ada: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_slots", threading.Semaphore(0))
    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)
    typed = {"email": "ada@post.example", "password": PASSWORD, "text": TEXT}
    answer = stranger.send("Sign in", typed)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    page = stranger.press("Sign in", typed)
    assert "nothing you wrote is lost" in page.text
    assert page.value("text") == TEXT


def test_no_thread_waits_long_for_a_connection(app: Flask, settings: Settings) -> None:
    """The pool may grow to as many connections as there are threads, and its patience is short."""
    with app.app_context():
        pool = db.engine.pool
        assert isinstance(pool, QueuePool)
        assert pool.size() + pool._max_overflow == settings.threads
        assert pool._timeout == 5
