"""The frame for somebody who is nobody yet: registering, signing in and out, and never losing the text."""

import re
from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support import frame
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME, PERSON
from tests.support.newsroom import NOW, PASSWORD, Newsroom
from widget.db import begin_writing
from widget.models import Acceptance, Account, Comment, Netiquette, OutboxMail, SignIn
from widget.services import sign_ins

newsroom, visitor = frame.newsroom, frame.stranger

TEXT = "Nobody asked the parents.\r\n\r\nI taught there for eleven years."


def but(**changes: str) -> Mapping[str, str]:
    """Return the person with some fields otherwise."""
    return {**PERSON, **changes}


def counted(newsroom: Newsroom, model: type) -> int:
    """Return how many rows there are."""
    newsroom.session.rollback()
    return newsroom.session.scalar(select(func.count()).select_from(model)) or 0


def test_looking_creates_nothing(visitor: Visitor, newsroom: Newsroom) -> None:
    assert visitor.at.status == 200
    assert "Leave a reply" in visitor.at.text
    assert "2,000 characters available" in visitor.at.text
    assert counted(newsroom, Account) == counted(newsroom, Comment) == 0


def test_only_the_sites_own_origins_may_frame_it(visitor: Visitor) -> None:
    policy = visitor.request("GET", FRAME, query_string=ARTICLE).headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://tribune.example")


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("https://tribune.example", "https://tribune.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://evil.example", ""),
        ("https://tribune.example.evil.example", ""),
        ("", ""),
    ],
)
def test_messages_go_to_known_origins_only(visitor: Visitor, host: str, told: str) -> None:
    page = visitor.get(FRAME, **{**ARTICLE, "host": host})
    assert page.facts["data-parent"] == told


def test_registering_signs_in_and_keeps_the_text(visitor: Visitor, newsroom: Newsroom) -> None:
    page = visitor.press("Register", but(text=TEXT))
    assert page.status == 200
    assert page.facts["data-signed-in"] == "true"
    assert (page.value("text") or "").splitlines() == TEXT.splitlines()
    assert "Signed in as Noor Lindqvist, Sherbrooke (Quebec)" in page.text
    assert "It will be signed: Noor Lindqvist, Sherbrooke (Quebec)" in page.text
    assert "We sent a link to noor@post.example" in page.text
    newsroom.session.rollback()
    account = newsroom.session.scalars(select(Account)).one()
    assert account.email_confirmed_at is None
    assert newsroom.session.scalars(select(Acceptance)).one().account_id == account.id
    assert newsroom.session.scalars(select(OutboxMail)).one().template == "confirm"


def test_registering_without_a_text_redirects(visitor: Visitor) -> None:
    answer = visitor.send("Register", PERSON)
    assert answer.status_code == 303
    assert visitor.get(answer.headers["Location"].split("#")[0]).facts["data-signed-in"] == "true"


def test_what_is_wrong_stands_beside_its_field_and_everything_typed_is_kept(
    visitor: Visitor, newsroom: Newsroom
) -> None:
    page = visitor.press(
        "Register", but(text=TEXT, name="  ", email="nonsense", password="short", accepts="")
    )
    assert page.status == 422
    assert (page.value("text") or "").splitlines() == TEXT.splitlines()
    assert page.value("place") == "Sherbrooke (Quebec)"
    assert page.value("email") == "nonsense"
    assert page.value("password") == "", "a password is never sent back"
    for name in ("name", "email", "password"):
        assert page.controls[name]["aria-invalid"] == "true"
        assert f"{name}-problem" in page.controls[name]["aria-describedby"]
        assert f'id="{name}-problem"' in page.html
    assert "aria-invalid" not in page.controls["place"]
    assert 'role="alert"' in page.html
    assert "Please give your full name" in page.text
    assert "Please read the netiquette and accept it" in page.text
    assert counted(newsroom, Account) == 0


@pytest.mark.parametrize(
    ("typed", "promised"),
    [
        ({"text": TEXT, "name": "Noor"}, "Please look at this again; everything you typed is kept:"),
        ({"name": "Noor", "password": "short"}, "again; everything you typed but the password is kept:"),
        # One that is right is kept by the script alone, so that nothing is promised.
        ({"name": "Noor", "password": PERSON["password"]}, "Please look at this again:"),
        ({}, "Please look at this again:"),
        ({"password": "short"}, "Please look at this again:"),
    ],
)
def test_only_what_is_kept_is_promised(visitor: Visitor, typed: dict[str, str], promised: str) -> None:
    page = visitor.press("Register", typed)
    assert page.status == 422
    assert promised in page.text


def test_an_address_that_was_left_out_is_asked_for(visitor: Visitor) -> None:
    page = visitor.press("Register", but(email=" "))
    assert "Please enter your e-mail address." in page.text
    assert "does not look like" not in page.text
    visitor.press("Sign in", {"email": "", "password": ""})
    visitor.press("Forgotten your password?")
    assert "Please enter your e-mail address." in visitor.press("Send the link").text
    visitor.get("/account/forgotten")
    assert "Please enter your e-mail address." in visitor.press("Send the link").text


def test_a_known_and_an_unknown_address_are_answered_alike(
    app: Flask, newsroom: Newsroom, client: object
) -> None:
    newsroom.reader(email="known@post.example")
    bodies = []
    for email in ("known@post.example", "fresh@post.example"):
        visitor = Visitor.new(app)
        visitor.get(FRAME, **ARTICLE)
        page = visitor.press("Register", but(email=email))
        # Every account has a mark of its own, and every form its tokens.
        body = re.sub(r'name="(csrf_token|key)" value="[^"]+"|data-writer="\w{16}"', "", page.html)
        body = body.replace(email, "")
        bodies.append((page.status, body))
    assert bodies[0] == bodies[1]


def test_sign_in_with_empty_fields_shows_the_short_form_and_keeps_the_text(visitor: Visitor) -> None:
    page = visitor.press("Sign in", {"text": TEXT})
    assert page.status == 200
    assert "name" not in page.controls
    assert {"email", "password"} <= page.controls.keys()
    assert (page.value("text") or "").splitlines() == TEXT.splitlines()
    assert "Forgotten your password?" in page.text
    back = visitor.press("Register")
    assert back.status == 200
    assert {"name", "place"} <= back.controls.keys()
    assert (back.value("text") or "").splitlines() == TEXT.splitlines()


def test_sign_in_straight_from_the_long_form(visitor: Visitor, newsroom: Newsroom) -> None:
    newsroom.reader("Ada Lind", email="ada@post.example")
    page = visitor.press("Sign in", {"email": "ADA@post.example", "password": PASSWORD, "text": TEXT})
    assert page.facts["data-signed-in"] == "true"
    assert (page.value("text") or "").splitlines() == TEXT.splitlines()
    assert "Send the link again" not in page.text


def test_a_wrong_password_and_an_unknown_address_read_the_same(
    app: Flask, visitor: Visitor, newsroom: Newsroom
) -> None:
    newsroom.reader(email="ada@post.example")
    answers = []
    for email in ("ada@post.example", "nobody@post.example"):
        visitor = Visitor.new(app)
        visitor.get(FRAME, **ARTICLE)
        page = visitor.press(
            "Sign in", {"email": email, "password": "not the right one at all", "text": TEXT}
        )
        assert (page.value("text") or "").splitlines() == TEXT.splitlines()
        # Every account has a mark of its own, and every form its tokens.
        body = re.sub(r'name="(csrf_token|key)" value="[^"]+"|data-writer="\w{16}"', "", page.html)
        body = body.replace(email, "")
        answers.append((page.status, body))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert "do not fit together" in answers[0][1]


def test_the_short_form_says_what_is_missing(visitor: Visitor) -> None:
    visitor.press("Sign in")
    page = visitor.press("Sign in", {"email": "ada@post.example"})
    assert page.status == 422
    assert "Please enter your password." in page.text
    assert page.controls["password"]["aria-invalid"] == "true"
    assert "aria-invalid" not in page.controls["email"]


def test_signing_out(visitor: Visitor) -> None:
    visitor.press("Register", PERSON)
    page = visitor.press("Sign out", {"text": TEXT})
    assert page.facts["data-signed-in"] == "false"
    assert (page.value("text") or "").splitlines() == TEXT.splitlines()


def test_an_expired_session_keeps_the_text_and_asks_to_sign_in(visitor: Visitor, newsroom: Newsroom) -> None:
    reader = newsroom.reader(email="ada@post.example")
    visitor.press("Sign in", {"email": "ada@post.example", "password": PASSWORD})
    begin_writing(newsroom.session)
    sign_ins.revoke_all(newsroom.session, reader, NOW)
    newsroom.session.commit()
    page = visitor.press("Send to the editors", {"text": TEXT})
    assert page.status == 401
    assert "You are no longer signed in." in page.text
    assert (page.value("text") or "").splitlines() == TEXT.splitlines()
    assert "Write on our page" in page.links
    key = page.value("key")
    page = visitor.press("Sign in", {"email": "ada@post.example", "password": PASSWORD})
    assert (page.value("text") or "").splitlines() == TEXT.splitlines()
    assert page.value("key") == key, "the text keeps its key on the way"
    assert visitor.press("Send to the editors").status == 200
    assert counted(newsroom, Comment) == 1


def test_whoever_was_signed_in_is_asked_to_sign_in_and_not_to_register(
    visitor: Visitor, newsroom: Newsroom
) -> None:
    """As after confirming the address on another device, which ends the sign-ins of the account."""
    reader = newsroom.reader(email="ada@post.example")
    visitor.press("Sign in", {"email": "ada@post.example", "password": PASSWORD})
    begin_writing(newsroom.session)
    sign_ins.revoke_all(newsroom.session, reader, NOW)
    newsroom.session.commit()
    page = visitor.get(FRAME, **ARTICLE)
    assert "Welcome back" in page.text
    assert "name" not in page.controls
    visitor.press("Sign in", {"email": "ada@post.example", "password": PASSWORD})
    visitor.press("Sign out")
    assert "name" in visitor.get(FRAME, **ARTICLE).controls, "who signed out is a stranger"


def test_a_form_without_its_cookie_comes_back_with_everything(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.client._cookies.clear()  # type: ignore[attr-defined]
    page = visitor.press("Register", but(text=TEXT))
    assert page.status == 401
    assert "had been open for too long" in page.text
    assert page.value("name") == "Noor Lindqvist"
    assert (page.value("text") or "").splitlines() == TEXT.splitlines()
    assert "Write on our page" in page.links
    assert counted(newsroom, Account) == 0
    assert visitor.press("Register", PERSON).facts["data-signed-in"] == "true"


def test_a_browser_that_drops_the_session_is_told(visitor: Visitor) -> None:
    answer = visitor.send("Register", PERSON)
    visitor.client._cookies.clear()  # type: ignore[attr-defined]
    page = visitor.get(answer.headers["Location"].split("#")[0])
    assert "did not keep you signed in here" in page.text
    assert page.links["Write on our page"].startswith("/threads?site=tribune&article=bridge")


def test_on_our_own_page_nobody_is_sent_there(visitor: Visitor) -> None:
    visitor.get(FRAME, **{**ARTICLE, "host": "http://127.0.0.1:8000"})
    answer = visitor.send("Register", PERSON)
    visitor.client._cookies.clear()  # type: ignore[attr-defined]
    page = visitor.get(answer.headers["Location"].split("#")[0])
    assert "did not keep you signed in here" in page.text
    assert "Write on our page" not in page.links


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_form_from_elsewhere_is_refused(visitor: Visitor, newsroom: Newsroom, site: str) -> None:
    form = visitor.at.forms[0]
    answer = visitor.post(form.action, {**form.values, **PERSON}, site=site)
    assert answer.status_code == 403
    assert counted(newsroom, Account) == 0


def test_only_the_netiquette_on_display_is_accepted(visitor: Visitor, newsroom: Newsroom) -> None:
    begin_writing(newsroom.session)
    first = newsroom.session.scalars(select(Netiquette)).one()
    newsroom.session.add(
        Netiquette(
            site_id=first.site_id,
            number=2,
            titles=first.titles,
            preambles=first.preambles,
            rights=first.rights,
            published_at=NOW,
        )
    )
    newsroom.session.commit()
    page = visitor.press("Register", PERSON)
    assert page.status == 422
    assert "Please read the netiquette and accept it" in page.text
    assert visitor.press("Register", PERSON).status == 200


@pytest.mark.parametrize("name", ["article", "title", "name", "place", "email", "text", "key"])
def test_no_control_character_breaks_anything(visitor: Visitor, name: str) -> None:
    form = visitor.at.forms[0]
    data = {**form.values, **but(text=TEXT), name: "a\0b"}
    assert visitor.post(f"{FRAME}/register", data).status_code in {200, 422}


def test_an_unknown_site_is_not_found(visitor: Visitor) -> None:
    assert visitor.get("/embed/nowhere", **ARTICLE).status == 404


@pytest.mark.parametrize("value", ["0", "-1", "99999999999999999999", "x", "１"])
def test_ids_that_are_none_are_ignored(visitor: Visitor, value: str) -> None:
    page = visitor.get(FRAME, **ARTICLE, reply=value, edit=value, revise=value, sent=value)
    assert page.status == 200
    assert "reply" not in page.forms[0].values


def test_sign_ins_are_of_the_readers_kind(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.press("Register", PERSON)
    newsroom.session.rollback()
    assert newsroom.session.scalars(select(SignIn)).one().kind == "reader"
    assert visitor.request("GET", "/desk/").status_code in {302, 303, 401}
