"""One client alone never takes the server from the others: what nginx counts, by whom, and what it answers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.proxy import Limits
from tests.support import nginx
from tests.support.front import Front
from tests.support.servers import free_port
from tests.support.upstream import Answer, Upstream

# What docs/deploying.md has an operator write whose nginx stands behind a CDN.
BEHIND_A_CDN = "set_real_ip_from 127.0.0.1; real_ip_header X-Client;"
COUNTED = ("/embed/news", "/account/", "/desk/", "/embed/news/send")


@contextmanager
def limited(program: Path, limits: Limits) -> Iterator[Front]:
    with Upstream() as one:
        port = free_port()
        server = nginx.start(program, port, [one.address], limits, BEHIND_A_CDN)
        try:
            yield Front(port, one, one, server)
        finally:
            server.stop()


def test_whoever_asks_too_often_is_told_to_come_back_and_costs_the_server_nothing(program: Path) -> None:
    with limited(program, Limits(rate=1, burst=3)) as front:
        answers = [front.ask(path, "POST" if path.endswith("send") else "GET") for path in COUNTED * 5]
        refused = [answer for answer in answers if answer.status != 200]
        assert len(refused) > len(COUNTED)
        assert len(front.one.asked) == len(answers) - len(refused)
        for answer in refused:
            assert (answer.status, answer.headers["retry-after"]) == (429, "5")
            assert answer.headers["cache-control"] == "no-store"
            assert b"nothing you wrote is lost" in answer.body
        # What is the same for everybody is no burden, and somebody else is not to blame.
        assert {front.ask(f"/threads/{number}").status for number in range(8)} == {200}
        assert front.ask("/embed/news", X_Client="203.0.113.9").status == 200
        # nginx would name the client in it.
        assert (front.server.directory / "byline-error.log").read_text("utf-8") == ""


@pytest.mark.parametrize("path", COUNTED)
def test_every_address_that_costs_the_server_work_is_counted(program: Path, path: str) -> None:
    with limited(program, Limits(rate=1, burst=1)) as front:
        assert 429 in {front.ask(path).status for _ in range(10)}


@pytest.mark.parametrize(
    ("first", "second", "are_one"),
    [
        ("203.0.113.9", "203.0.113.10", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:aaaa:bbbb:cccc:dddd", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("2001:db8::1", "2001:db8::a:b:c:d", True),
        ("2001:db8:1::1", "2001:db8:1::2", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("2001:db8::1", "2001:db8:1::1", False),
    ],
)
def test_no_client_holds_more_than_its_share_of_connections(
    program: Path, first: str, second: str, are_one: bool
) -> None:
    """A client is an address, and of IPv6 a network of 64 bits, since that is what one line is given."""
    with limited(program, Limits(connections=1)) as front:
        meanwhile: list[int] = []

        def ask() -> None:
            if not meanwhile:
                meanwhile.append(0)
                meanwhile.append(front.ask("/embed/news", X_Client=second).status)

        front.answer(Answer(first=ask))
        assert front.ask("/desk/", X_Client=first).status == 200
        assert meanwhile[1] == (429 if are_one else 200)


def test_sixty_colleagues_behind_one_address_meet_no_limit(front: Front) -> None:
    """Sixty who all open a page with five requests, and as many readers, in one moment: as shipped."""
    with ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(front.ask, path) for path in ("/desk/", "/embed/news") * 150]
        assert {answer.result(60).status for answer in asked} == {200}


def test_what_the_server_itself_says_of_limits_is_passed_on_as_it_is(front: Front) -> None:
    front.answer(Answer(status=429, body=b"its own page", headers={"Retry-After": "77"}))
    answer = front.ask("/embed/news")
    assert (answer.status, answer.body, answer.headers["retry-after"]) == (429, b"its own page", "77")
