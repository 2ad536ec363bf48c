"""One's own account: reached by address and password at the top level, changed with the password, copied, closed."""

import json
import re

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.forms import Page, Visitor
from tests.support.frame import ARTICLE, FRAME, ada, editor, has_button, newsroom, site_id
from tests.support.newsroom import PASSWORD, Newsroom
from widget.mail import links
from widget.models import Account, Comment, CommentState, OutboxMail, Report, SignIn
from widget.moderation.permissions import Staff

__all__ = ["ada", "editor", "newsroom", "site_id"]

NEW = "otter marble lantern quay"
CREDENTIALS = {"email": "ada@post.example", "password": PASSWORD}


@pytest.fixture
def visitor(app: Flask, newsroom: Newsroom, ada: int, client: object) -> Visitor:
    """Ada, signed in to her account."""
    visitor = Visitor.new(app)
    visitor.get("/account/")
    visitor.press("Sign in", CREDENTIALS)
    assert visitor.at.path == "/account/"
    return visitor


def account(newsroom: Newsroom, account_id: int) -> Account:
    """Return an account as it is now."""
    newsroom.session.rollback()
    return newsroom.session.get_one(Account, account_id)


def change(visitor: Visitor, link: str, button: str, **values: str) -> Page:
    """Follow a link of the overview and fill in the form there."""
    visitor.get("/account/")
    visitor.follow(link)
    return visitor.press(button, values)


# ── The door ──────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_sees_an_account_without_signing_in(app: Flask, newsroom: Newsroom, client: object) -> None:
    stranger = Visitor.new(app)
    for path in ("/account/", "/account/signature", "/account/address", "/account/password"):
        page = stranger.get(path)
        assert page.path.startswith("/account/sign-in")
    token = stranger.at.value("csrf_token") or ""
    for path in ("copy", "signature", "address", "password", "closing", "sign-out"):
        assert stranger.post(f"/account/{path}", {"csrf_token": token}).status_code == 401


def test_the_door_says_what_is_missing_and_tells_nobody_who_is_known(
    app: Flask, newsroom: Newsroom, ada: int, client: object
) -> None:
    visitor = Visitor.new(app)
    visitor.get("/account/sign-in", lang="fr")
    assert 'lang="fr"' in visitor.at.html
    visitor.get("/account/sign-in", lang="en")
    page = visitor.press("Sign in")
    assert page.status == 422
    assert "Please enter your password." in page.text
    said = {
        re.sub(r'value="[^"]*"', "", visitor.press("Sign in", email=email, password="a guess of mine").html)
        for email in ("ada@post.example", "nobody@post.example")
    }
    assert len(said) == 1
    assert "do not fit together" in said.pop()


def test_the_frame_leads_to_the_account_in_a_page_of_its_own(
    app: Flask, newsroom: Newsroom, ada: int, client: object
) -> None:
    visitor = Visitor.new(app)
    visitor.get(FRAME, **ARTICLE)
    page = visitor.press("Sign in", CREDENTIALS)
    assert page.links["Your account"] == "/account/?lang=en"
    assert re.search(r'href="/account/\?lang=en" target="_blank" rel="noopener"', page.html)
    # The frame's cookie is the account's where both are of one site; else the door asks once more.
    assert visitor.follow("Your account").path == "/account/?lang=en"


def test_signing_out_ends_the_sign_in(visitor: Visitor, newsroom: Newsroom) -> None:
    page = visitor.press("Sign out")
    assert "You are signed out." in page.text
    newsroom.session.rollback()
    assert newsroom.session.scalars(select(SignIn)).one().revoked_at is not None
    assert visitor.get("/account/").path.startswith("/account/sign-in")


# ── What it holds ─────────────────────────────────────────────────────────────────────────────────────


def test_the_overview_shows_every_comment_and_what_became_of_it(
    visitor: Visitor, newsroom: Newsroom, ada: int, site_id: int, editor: Staff
) -> None:
    assert "You have not written anything yet." in visitor.get("/account/").text
    public = newsroom.published(editor, ada, "The bridge stands.")
    refused = newsroom.send(site_id, ada, "The bridge falls.")
    newsroom.decide(editor, refused, "refuse", note="Please be kind.")
    courier = newsroom.site("courier")
    newsroom.send(courier, ada, "Elsewhere too.", accepts=1)
    newsroom.send(site_id, newsroom.reader("Siv Dahl"), "Words of another person.", accepts=1)
    page = visitor.get("/account/")
    for shown in ("Ada Lind, Hamar", "ada@post.example", "The Courier", "Please be kind.", "Rule 7"):
        assert shown in page.text
    order = [
        page.text.index(words) for words in ("Elsewhere too.", "The bridge falls.", "The bridge stands.")
    ]
    assert order == sorted(order)
    assert "Words of another person." not in page.text
    assert "Edda Voss" not in page.text
    assert page.links["See it under the article"] == f"/comments/{public}"
    assert page.links["About the bridge"].endswith(".example/bridge")


def test_many_comments_come_page_by_page(
    visitor: Visitor, newsroom: Newsroom, ada: int, site_id: int
) -> None:
    for at in range(26):
        newsroom.send(site_id, ada, f"Letter {at} of my own, about the bridge.")
    page = visitor.get("/account/")
    assert "Letter 25 of" in page.text
    assert "Letter 0 of" not in page.text
    page = visitor.follow("Earlier comments")
    assert "Letter 0 of" in page.text
    assert "Earlier comments" not in page.links
    assert visitor.follow("Back to your account").path == "/account/"
    assert visitor.get("/account/", before="nonsense").status == 200


def test_a_copy_is_a_file_of_ones_own(visitor: Visitor, newsroom: Newsroom, ada: int, site_id: int) -> None:
    newsroom.send(site_id, ada, "The bridge stands. “Ça va”")
    visitor.get("/account/")
    answer = visitor.send("Download a copy")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="byline-')
    assert answer.headers["Cache-Control"] == "no-store"
    copy = json.loads(answer.get_data(as_text=True))
    assert copy["account"]["id"] == ada
    assert [one["text"] for one in copy["comments"]] == ["The bridge stands. “Ça va”"]


# ── What is changed ───────────────────────────────────────────────────────────────────────────────────


def test_name_and_place_are_changed_and_a_mistake_costs_nothing_typed(
    visitor: Visitor, newsroom: Newsroom, ada: int
) -> None:
    page = change(visitor, "Change name or place", "Save the changes", place="Moss", old="a guess of mine")
    assert page.status == 422
    assert page.value("place") == "Moss"
    assert "This password is not right." in page.text
    assert account(newsroom, ada).place == "Hamar"
    page = visitor.press("Save the changes", old=PASSWORD)
    assert "From now on your comments are signed with it." in page.text
    assert "Ada Lind, Moss" in page.text
    page = change(visitor, "Change name or place", "Save the changes", name="Ada Lindqvist", old=PASSWORD)
    assert "the editors are told" in page.text
    page = change(visitor, "Change name or place", "Save the changes", name="Ida Lund", old=PASSWORD)
    assert "You have changed your name lately." in page.text
    assert account(newsroom, ada).name == "Ada Lindqvist"


def test_a_new_password_keeps_this_browser_signed_in_and_no_other(
    app: Flask, visitor: Visitor, newsroom: Newsroom, ada: int
) -> None:
    other = Visitor.new(app)
    other.get("/account/")
    other.press("Sign in", CREDENTIALS)
    page = change(visitor, "Change the password", "Set the new password", old=PASSWORD, password=NEW)
    assert "Your password is changed." in page.text
    assert visitor.get("/account/").path == "/account/"
    assert other.get("/account/").path.startswith("/account/sign-in")
    other.press("Sign in", email="ada@post.example", password=NEW)
    assert other.at.path == "/account/"


def link_of(newsroom: Newsroom, ada: int) -> str:
    """Return the path of the link in the newest mail to a new address."""
    newsroom.session.rollback()
    query = select(OutboxMail).where(OutboxMail.template == "address").order_by(OutboxMail.id.desc())
    mail = newsroom.session.scalars(query.limit(1)).one()
    return "/account/" + links.address(mail, account(newsroom, ada)).partition("/account/")[2]


def test_an_address_is_changed_by_the_link_that_goes_there(
    app: Flask, visitor: Visitor, newsroom: Newsroom, ada: int
) -> None:
    newsroom.reader("Siv Dahl", email="siv@post.example")
    said = {
        change(visitor, "Change the address", "Send the link", email=email, old=PASSWORD).text
        for email in ("siv@post.example", "ada@mail.example")
    }
    assert len(said) == 1
    path = link_of(newsroom, ada)
    # No address stands in a link, which a server on its way may log.
    assert "mail.example" not in path
    elsewhere = Visitor.new(app)
    page = elsewhere.get(path)
    assert "ada@mail.example" in page.text
    # Whoever asked may have mistyped, so that another person opens the link: they learn no address but their own.
    assert "ada@post.example" not in page.html
    assert page.value("username") == "ada@mail.example"
    assert account(newsroom, ada).email == "ada@post.example"
    page = elsewhere.press("Take this address")
    assert page.status == 422
    assert "Please enter your present password." in page.text
    page = elsewhere.press("Take this address", old=PASSWORD)
    assert "Your address is changed" in page.text
    assert account(newsroom, ada).email == "ada@mail.example"
    # Strangers who guess do not keep this browser out of the new address.
    assert elsewhere.client.get_cookie("byline_reader_known", domain="127.0.0.1") is not None
    assert elsewhere.get(path).status == 404
    assert visitor.get("/account/").path.startswith("/account/sign-in")


def test_in_the_browser_that_asked_one_press_is_enough(
    visitor: Visitor, newsroom: Newsroom, ada: int
) -> None:
    change(visitor, "Change the address", "Send the link", email="ada@mail.example", old=PASSWORD)
    page = visitor.get(link_of(newsroom, ada))
    assert "old" not in page.controls
    assert "Your address is changed" in visitor.press("Take this address").text
    assert "ada@mail.example" in visitor.get("/account/").text


def test_whose_address_it_is_learns_that_it_has_an_account(
    visitor: Visitor, newsroom: Newsroom, ada: int
) -> None:
    newsroom.reader("Siv Dahl", email="siv@post.example")
    change(visitor, "Change the address", "Send the link", email="siv@post.example", old=PASSWORD)
    page = visitor.get(link_of(newsroom, ada))
    assert "This address has an account already" in page.text
    assert not has_button(page, "Take this address")


def test_forged_links_lead_nowhere(visitor: Visitor) -> None:
    page = visitor.get("/account/address/forged")
    assert page.status == 404
    assert "This link does not work any more" in page.text
    assert visitor.get("/account/address/forged", done="1").status == 404


def test_guesses_of_the_password_are_counted_by_account_over_all_forms(
    visitor: Visitor, newsroom: Newsroom, ada: int
) -> None:
    statuses = []
    for path in ("signature", "address", "password", "closing") * 3:
        page = visitor.get(f"/account/{path}")
        token = page.value("csrf_token") or ""
        # Whoever steals a cookie has many addresses.
        answer = visitor.post(f"/account/{path}", {"csrf_token": token, "old": "a guess of mine"})
        statuses.append(answer.status_code)
    assert statuses == [422] * 10 + [429] * 2
    assert account(newsroom, ada).closed_at is None


def test_staff_are_sent_to_the_desk(app: Flask, newsroom: Newsroom, editor: Staff, client: object) -> None:
    visitor, email = Visitor.new(app), account(newsroom, editor.account_id).email
    visitor.get("/account/")
    page = visitor.press("Sign in", email=email or "", password=PASSWORD)
    assert "This account has a role at the desk." in page.text
    assert "Change the password" not in page.links
    assert "Close the account" not in page.links
    visitor.get("/account/closing")
    page = visitor.press("Close the account for good", old=PASSWORD)
    assert page.status == 422
    assert "ask an administrator" in page.text


# ── Going ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_account_is_closed_for_good(
    visitor: Visitor, newsroom: Newsroom, ada: int, site_id: int, editor: Staff
) -> None:
    public, waiting = newsroom.published(editor, ada), newsroom.send(site_id, ada)
    page = change(visitor, "Close the account", "Close the account for good", old="a guess of mine")
    assert page.status == 422
    assert account(newsroom, ada).closed_at is None
    given = {"old": PASSWORD, "asks_removal": "y", "words": "I have moved on."}
    page = visitor.press("Close the account for good", given)
    assert "Your account is closed" in page.text
    assert "The editors are asked to remove" in page.text
    assert account(newsroom, ada).email is None
    states = dict(newsroom.session.execute(select(Comment.id, Comment.state)).all())
    assert states == {public: CommentState.PUBLISHED, waiting: CommentState.WITHDRAWN}
    assert newsroom.session.scalars(select(Report.note)).all() == ["I have moved on."]
    page = visitor.get("/account/")
    assert page.path.startswith("/account/sign-in")
    assert visitor.press("Sign in", CREDENTIALS).status == 422
