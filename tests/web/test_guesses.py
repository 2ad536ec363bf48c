"""Guessing a password: counted for all doors together, and for the address that is tried, without keeping its owner out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask, Response
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.support import frame
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME, PERSON
from tests.support.newsroom import PASSWORD, Newsroom
from widget import clock, extensions
from widget.extensions import SETTINGS
from widget.mail import links
from widget.models import Account, Role, SignInKind
from widget.services import passwords
from widget.web import browsers

newsroom, ada, stranger, visitor = frame.newsroom, frame.ada, frame.stranger, frame.visitor

ADA = "ada@post.example"
WRONG = "wrong wrong wrong wrong"
DOORS = {
    "frame": (FRAME, f"{FRAME}/sign-in"),
    "account": ("/account/sign-in",) * 2,
    "desk": ("/desk/sign-in",) * 2,
}


@pytest.fixture(autouse=True)
def still() -> Iterator[time_machine.Traveller]:
    """The clock stands still, and a wrong password is found out at once."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No password is hashed: a hundred of them would take as many seconds."""
    monkeypatch.setattr(passwords, "matches", lambda known, typed: known is not None and typed == PASSWORD)


def attempt(
    at: Visitor, door: str, email: str = ADA, password: str = WRONG, address: str | None = None
) -> TestResponse:
    """Try to sign in at a door, from an address."""
    page, target = DOORS[door]
    if address is not None:
        at.client.environ_base["REMOTE_ADDR"] = address
    at.get(page, **(ARTICLE if door == "frame" else {}))
    token = at.at.value("csrf_token") or ""
    return at.post(target, {"csrf_token": token, "email": email, "password": password, "shown": "sign-in"})


def guess(
    at: Visitor, times: int, email: str = ADA, door: str = "frame", network: str = "198.18"
) -> list[int]:
    """Try wrong passwords, each from a client of its own."""
    return [
        attempt(at, door, email, address=f"{network}.{number // 200}.{number % 200}").status_code
        for number in range(times)
    ]


def test_the_three_doors_share_one_limit(app: Flask, stranger: Visitor, quick: None) -> None:
    order = ["frame"] * 4 + ["account"] * 3 + ["desk"] * 3
    statuses = [attempt(stranger, door, f"a{n}@post.example").status_code for n, door in enumerate(order)]
    assert statuses == [422] * 10
    assert [attempt(stranger, door, "b@post.example").status_code for door in DOORS] == [429] * 3


def test_no_door_is_open_to_more_than_sixty_an_hour(
    stranger: Visitor, quick: None, still: time_machine.Traveller
) -> None:
    statuses = []
    for number in range(61):
        still.shift(timedelta(seconds=10))
        statuses.append(attempt(stranger, "frame", f"a{number}@post.example").status_code)
    assert statuses == [422] * 60 + [429]


@pytest.mark.parametrize("email", [ADA, "nobody@post.example"])
def test_wrong_passwords_are_counted_for_the_address_known_or_not_wherever_they_come_from(
    stranger: Visitor, ada: int, quick: None, email: str
) -> None:
    assert guess(stranger, 20, email) == [422] * 20
    refused = attempt(stranger, "frame", email, PASSWORD, "198.18.9.9")
    assert refused.status_code == 429, "the right one tells nothing either"
    assert refused.headers["Retry-After"] == "3600"
    assert "please try again in 60 minutes." in refused.get_data(as_text=True)
    # However it is written, and at whichever door.
    for written in (email.upper(), f"  {email} ", f"\0{email}"):
        for door in DOORS:
            assert attempt(stranger, door, written, address="198.18.9.8").status_code == 429
    assert attempt(stranger, "frame", "bo@post.example", address="198.18.9.7").status_code == 422


def test_no_more_than_sixty_a_day(
    stranger: Visitor, ada: int, quick: None, still: time_machine.Traveller
) -> None:
    for hour in range(3):
        assert guess(stranger, 20) == [422] * 20, hour
        still.shift(timedelta(hours=1, seconds=1))
    assert guess(stranger, 1) == [429]
    still.shift(timedelta(days=1))
    assert guess(stranger, 1) == [422]


def test_what_was_right_or_left_out_is_not_counted(
    app: Flask, stranger: Visitor, ada: int, quick: None
) -> None:
    for number in range(25):
        assert attempt(stranger, "account", ADA, "", f"198.18.3.{number}").status_code == 422
        assert attempt(Visitor.new(app), "account", ADA, PASSWORD, f"198.18.4.{number}").status_code == 303


def test_strangers_keep_no_browser_out_that_signed_in_before(
    app: Flask, visitor: Visitor, stranger: Visitor, ada: int, quick: None
) -> None:
    visitor.press("Sign out")
    other = Visitor.new(app)
    assert guess(other, 21)[-1] == 429
    for door in ("frame", "account"):
        assert attempt(visitor, door, ADA, PASSWORD, "198.18.8.8").status_code in {200, 303}, door
        visitor.get(FRAME, **ARTICLE)
        visitor.press("Sign out")
    # It is a stranger's for everybody else's address, and its own guesses are counted too.
    assert guess(other, 21, "bo@post.example", network="198.19")[-1] == 429
    assert attempt(visitor, "frame", "bo@post.example", address="198.18.8.7").status_code == 429
    assert guess(visitor, 21, network="198.20") == [422] * 20 + [429]
    assert guess(visitor, 1, "cy@post.example") == [422]


def test_staff_are_known_at_the_desk_by_a_cookie_of_its_own(
    app: Flask, newsroom: Newsroom, client: object, quick: None
) -> None:
    account = newsroom.session.get_one(Account, newsroom.staff(Role.EDITOR, None).account_id)
    email = account.email or ""
    newsroom.session.rollback()
    visitor = Visitor.new(app)
    entered = attempt(visitor, "desk", email, PASSWORD, "198.18.1.1")
    cookie = next(
        one for one in entered.headers.getlist("Set-Cookie") if one.startswith("byline_desk_known=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=15552000" in cookie
    visitor.client.delete_cookie("byline_desk", domain="127.0.0.1")
    assert guess(Visitor.new(app), 21, email, "desk")[-1] == 429
    assert attempt(visitor, "desk", email, PASSWORD, "198.18.1.2").status_code == 303


def test_whoever_registers_with_a_foreign_address_stays_a_stranger(
    stranger: Visitor, ada: int, newsroom: Newsroom
) -> None:
    stranger.press("Register")
    stranger.press("Register", {**PERSON, "email": ADA})
    assert stranger.at.facts["data-signed-in"] == "true"
    assert stranger.client.get_cookie("byline_reader_known", domain="127.0.0.1") is None


def test_confirming_makes_a_browser_known_and_closing_lets_it_forget(
    app: Flask, stranger: Visitor, newsroom: Newsroom
) -> None:
    def cookie() -> object:
        return stranger.client.get_cookie("byline_reader_known", domain="127.0.0.1")

    stranger.press("Register")
    stranger.press("Register", PERSON)
    newsroom.session.rollback()
    with app.test_request_context():
        account = newsroom.session.scalars(select(Account).where(Account.email == PERSON["email"])).one()
        link = links.confirm(account, account.email_key)
    newsroom.session.rollback()
    stranger.get(link.removeprefix("http://127.0.0.1:8000"))
    assert cookie() is None
    assert stranger.send("Confirm").status_code == 303
    assert cookie() is not None
    stranger.get("/account/closing")
    stranger.press("Close the account for good", old=PERSON["password"])
    assert cookie() is None


@pytest.mark.parametrize(
    ("address", "counted", "customer"),
    [
        ("192.0.2.7", "192.0.2.7", None),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        # As a server that listens to both has it: everybody with IPv4 is in one network of 64 bits there.
        ("::ffff:192.0.2.7", "192.0.2.7", None),
    ],
)
def test_whom_a_limit_counts(app: Flask, address: str, counted: str, customer: str | None) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert (extensions.client(), extensions.site()) == (counted, customer)


def test_the_mailed_link_lets_its_owner_in_however_many_strangers_guess(
    app: Flask, stranger: Visitor, ada: int, newsroom: Newsroom
) -> None:
    owner = Visitor.new(app)
    with app.test_request_context():
        account = newsroom.session.get_one(Account, ada)
        link = links.reset(account, account.email_key)
    newsroom.session.rollback()
    owner.get(link.removeprefix("http://127.0.0.1:8000"))
    new = "nine lanterns over water"
    assert owner.send("Set the new password", {"password": new}).status_code == 303
    assert guess(stranger, 21)[-1] == 429
    assert attempt(stranger, "account", ADA, new, "198.18.7.7").status_code == 429
    assert attempt(owner, "account", ADA, new, "198.18.7.8").status_code == 303
    assert {"byline_reader_known", "byline_desk_known"} <= {key[2] for key in owner.client._cookies}  # type: ignore[attr-defined]


def test_across_sites_the_readers_cookie_goes_where_the_sign_in_goes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    across = replace(
        app.extensions[SETTINGS], base_url="https://comments.example", embed_cookies="partitioned"
    )
    monkeypatch.setitem(app.extensions, SETTINGS, across)
    answer = Response()
    with app.app_context():
        for kind in SignInKind:
            browsers._set(answer, kind, "mark", 60)
    cookies = {one.partition("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}
    assert cookies.keys() == {"__Host-byline_reader_known", "__Host-byline_desk_known"}
    assert all("Secure" in one and "HttpOnly" in one and "Path=/" in one for one in cookies.values())
    assert "SameSite=None; Partitioned" in cookies["__Host-byline_reader_known"]
    assert "SameSite=Lax" in cookies["__Host-byline_desk_known"]


def test_the_networks_of_one_customer_are_counted_together_and_five_times_as_often(
    stranger: Visitor, quick: None
) -> None:
    def tried(number: int, network: str = "2620:fe:1") -> int:
        return attempt(
            stranger, "frame", f"a{number}@post.example", address=f"{network}:{number:x}::1"
        ).status_code

    assert [tried(number) for number in range(51)] == [422] * 50 + [429]
    assert tried(1, "2620:fe:2") == 422
    assert attempt(stranger, "frame", "b@post.example", address="198.18.0.1").status_code == 422
