"""nginx's logs hold no mailed link, no query and no client's address, whatever goes wrong."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import nginx
from tests.support.front import Front, eventually
from tests.support.servers import free_port
from tests.support.upstream import Answer, Upstream

# How nginx names a client in its error log, and what only these tests ask for.
TELLING = ("client:", "request:", "TOKEN", "secret")
LINKS = (
    "/account/reset/TOKEN?x=secret",
    "/account/confirm/TOKEN",
    "//account/reset/TOKEN",
    "/%61ccount/reset/TOKEN",
)
PATHS = (
    *LINKS,
    "/embed/news?article=secret",
    "/embed/news/send?secret",
    "/public/news/thread.json?article=secret",
    "/threads/1?secret",
    "/desk/?secret",
)


@pytest.fixture
def alone(program: Path) -> Iterator[Front]:
    """nginx before a node that is stopped."""
    port = free_port()
    server = nginx.start(program, port, [f"127.0.0.1:{free_port()}"])
    try:
        with Upstream() as unasked:
            yield Front(port, unasked, unasked, server)
    finally:
        server.stop()


def written(front: Front) -> dict[str, str]:
    """Return everything that nginx has written, by file, once its log of answers is on the disk."""
    folder = front.server.directory
    last = f"/livez-{free_port()}"
    front.ask(last)
    eventually(lambda: last in (folder / "access.log").read_text("utf-8"))
    return {path.name: path.read_text("utf-8") for path in folder.glob("*.log")}


def test_a_node_that_is_away_gets_nothing_of_the_request_into_a_log(alone: Front) -> None:
    assert [alone.ask(path).status for path in PATHS] == [503] * len(PATHS)
    for name, text in written(alone).items():
        assert [word for word in TELLING if word in text] == [], name
        assert "127.0.0.1" not in text or name == "server.log", name


def test_a_request_that_nginx_itself_refuses_leaves_no_link_behind(front: Front) -> None:
    assert front.ask(LINKS[0], "POST", b"x" * (512 * 1024 + 1)).status == 413
    assert front.ask(LINKS[0], Cookie="x" * 40_000).status == 400
    with socket.create_connection(("127.0.0.1", front.port), timeout=5) as line:
        line.sendall(b"GET /account/reset/TOKEN HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        assert b" 400 " in line.recv(1000)
    for name, text in written(front).items():
        assert [word for word in TELLING if word in text] == [], name


def test_answers_are_logged_without_query_except_those_to_mailed_links(front: Front) -> None:
    for path in PATHS:
        front.ask(path)
    lines = written(front)["access.log"]
    assert " GET /embed/news 200 " in lines
    assert " GET /desk/ 200 " in lines
    assert "account" not in lines


def test_what_is_wrong_with_the_machine_is_still_told(front: Front) -> None:
    log = front.server.directory / "byline-error.log"
    assert log.read_text("utf-8") == ""
    cache = front.server.directory / "cache"
    cache.chmod(0)
    try:
        front.answer(Answer(headers={"Cache-Control": "public, max-age=60"}))
        front.ask("/threads/1")
        eventually(lambda: "[crit]" in log.read_text("utf-8"))
    finally:
        cache.chmod(0o700)
