"""Where mailed links lead: confirming, disowning, handing over, and a new password."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME
from tests.support.newsroom import NOW, PASSWORD, Newsroom
from widget.db import begin_writing
from widget.mail import links
from widget.models import Account, Comment, CommentState, OutboxMail, SignIn, SignInKind
from widget.services import credentials, sign_ins
from widget.services.tokens import BACK, CONFIRM, RESET, Tokens

TEXT = "Nobody asked the parents. I taught there for eleven years."
NEW = "otter marble lantern quay"


@pytest.fixture
def newsroom(session: Session) -> Newsroom:
    """A newsroom with one site, the Tribune."""
    made = Newsroom(session)
    made.site()
    return made


@pytest.fixture
def visitor(app: Flask, client: object) -> Visitor:
    """Somebody who opens their mail in another browser than the one they wrote in."""
    return Visitor.new(app)


@pytest.fixture
def bo(newsroom: Newsroom) -> int:
    """An account whose address is not confirmed."""
    return newsroom.newcomer("Bo Falk", place="Moss", email="bo@post.example")


@pytest.fixture
def waiting(newsroom: Newsroom, bo: int) -> int:
    """The id of the comment Bo has waiting."""
    return newsroom.send(1, bo, TEXT)


def link(newsroom: Newsroom, account_id: int, purpose: str = CONFIRM) -> str:
    """Return the path of the link a mail to this account carries."""
    newsroom.session.rollback()
    account = newsroom.session.get_one(Account, account_id)
    made = links.confirm if purpose == CONFIRM else links.reset
    return made(account, account.email_key).removeprefix("http://127.0.0.1:8000")


def account(newsroom: Newsroom, account_id: int) -> Account:
    """Return an account as it is now."""
    newsroom.session.rollback()
    return newsroom.session.get_one(Account, account_id)


def test_the_page_shows_who_and_what_and_changes_nothing(
    visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int
) -> None:
    page = visitor.get(link(newsroom, bo))
    assert page.status == 200
    for shown in ("Bo Falk, Moss", "bo@post.example", TEXT, "The Tribune", "One comment waits"):
        assert shown in page.text
    assert "<bdi>The Tribune</bdi> ·" in page.html, "or in Arabic it would run into the date"
    assert account(newsroom, bo).email_confirmed_at is None
    assert newsroom.comment(waiting).queued_at is None


def test_confirm_queues_what_waited_and_signs_nobody_in(
    visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int
) -> None:
    visitor.get(link(newsroom, bo))
    page = visitor.press("Confirm", password=PASSWORD)
    assert "Your e-mail address is confirmed" in page.text
    assert page.links["Back to the article"] == "https://tribune.example/bridge"
    assert account(newsroom, bo).email_confirmed_at is not None
    assert newsroom.comment(waiting).queued_at is not None
    assert newsroom.session.scalars(select(SignIn)).all() == []


def test_a_stranger_who_registered_with_my_address_gains_nothing_by_my_pressing_confirm(
    visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int
) -> None:
    """Whoever presses without the password changes nothing, as a scanner does; the page says what else to do."""
    visitor.get(link(newsroom, bo))
    for password, said in (
        ("", "Please enter the password that you chose"),
        ("something of my own", "not the password that was chosen at registration"),
    ):
        page = visitor.press("Confirm", password=password)
        assert page.status == 422
        assert said in page.text
        assert page.controls["password"]["aria-invalid"] == "true"
        assert page.links["Forgotten your password?"] == "/account/forgotten"
        assert "whoever uses it is signed out" in page.text
    assert account(newsroom, bo).email_confirmed_at is None
    assert newsroom.comment(waiting).queued_at is None


def test_guessing_the_password_is_slowed_down(visitor: Visitor, newsroom: Newsroom, bo: int) -> None:
    visitor.get(link(newsroom, bo))
    statuses = [visitor.send("Confirm", password=f"guess number {n}").status_code for n in range(11)]
    assert statuses == [422] * 10 + [429]
    assert account(newsroom, bo).email_confirmed_at is None


def test_the_browser_that_registered_confirms_with_one_press_and_stays_signed_in(
    visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int
) -> None:
    visitor.get(FRAME, **ARTICLE)
    visitor.press("Sign in", email="bo@post.example", password=PASSWORD)
    page = visitor.get(link(newsroom, bo))
    assert "password" not in page.controls
    page = visitor.press("Confirm")
    assert "is confirmed" in page.text
    assert account(newsroom, bo).email_confirmed_at is not None
    assert newsroom.session.scalars(select(SignIn)).one().revoked_at is None


def test_being_signed_in_to_another_account_counts_for_nothing(
    visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int
) -> None:
    newsroom.reader("Siv Dahl", email="siv@post.example")
    visitor.get(FRAME, **ARTICLE)
    visitor.press("Sign in", email="siv@post.example", password=PASSWORD)
    visitor.get(link(newsroom, bo))
    assert visitor.press("Confirm").status == 422
    assert account(newsroom, bo).email_confirmed_at is None


def test_a_forgotten_password_is_replaced_before_confirming(
    visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int
) -> None:
    """The new password ends the sign-ins of whoever registered, and the way leads on to confirming with it."""
    begin_writing(newsroom.session)
    sign_ins.start(newsroom.session, bo, SignInKind.READER, NOW)
    newsroom.session.commit()
    before = link(newsroom, bo)
    visitor.get("/account/forgotten")
    visitor.press("Send the link", email="bo@post.example")
    newsroom.session.rollback()
    assert newsroom.session.scalars(select(OutboxMail.template)).all() == ["reset"]
    visitor.get(link(newsroom, bo, RESET))
    page = visitor.press("Set the new password", password=NEW)
    assert "One step is left" in page.text
    assert TEXT in page.text, "what waits is read before it is confirmed"
    assert account(newsroom, bo).email_confirmed_at is None
    assert newsroom.session.scalars(select(SignIn)).one().revoked_at is not None
    assert "is confirmed" in visitor.press("Confirm", password=NEW).text
    assert newsroom.comment(waiting).queued_at is not None
    assert visitor.get(before).status == 404, "the link that was mailed first went with the password"


def test_confirming_twice_does_no_harm(visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int) -> None:
    path = link(newsroom, bo)
    visitor.get(path)
    form = visitor.at.forms[0]
    visitor.press("Confirm", password=PASSWORD)
    queued = newsroom.comment(waiting).queued_at
    assert visitor.post(form.action, form.values).status_code == 303
    assert newsroom.comment(waiting).queued_at == queued
    assert "is confirmed" in visitor.get(path).text


def test_this_was_not_me(visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int) -> None:
    path = link(newsroom, bo)
    visitor.get(path)
    page = visitor.press("This was not me")
    assert "This registration is closed" in page.text
    closed = account(newsroom, bo)
    assert closed.closed_at is not None
    assert closed.email is None
    assert newsroom.comment(waiting).state is CommentState.WITHDRAWN
    assert "This registration is closed" in visitor.get(path).text, "repeating does no harm"


def test_disowning_a_confirmed_account_changes_nothing(
    visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int
) -> None:
    visitor.get(link(newsroom, bo))
    form = next(form for form in visitor.at.forms if form.action.endswith("/disown"))
    visitor.press("Confirm", password=PASSWORD)
    assert visitor.post(form.action, form.values).status_code == 303
    assert account(newsroom, bo).closed_at is None
    assert newsroom.comment(waiting).state is CommentState.PENDING


def test_handing_over_to_the_account_that_holds_the_address(
    visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int
) -> None:
    owner = newsroom.reader("Bo Falk", "Moss", email="bo@post.example", id=900)
    page = visitor.get(link(newsroom, bo))
    assert "You have an account already" in page.text
    page = visitor.press("Sign in and hand over", password="certainly not this one")
    assert page.status == 422
    assert page.controls["password"]["aria-invalid"] == "true"
    assert newsroom.comment(waiting).account_id == bo
    page = visitor.press("Sign in and hand over", password=PASSWORD)
    assert "Your comments are handed over" in page.text
    assert page.links["Back to the article"] == "https://tribune.example/bridge"
    handed = newsroom.comment(waiting)
    assert (handed.account_id, handed.queued_at is not None) == (owner, True)
    assert account(newsroom, bo).closed_at is not None
    assert newsroom.session.scalars(select(SignIn)).all() == []


def test_an_address_confirmed_elsewhere_meanwhile_offers_handing_over(
    visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int
) -> None:
    visitor.get(link(newsroom, bo))
    newsroom.reader("Bo Falk", "Moss", email="bo@post.example")
    page = visitor.press("Confirm", password=PASSWORD)
    assert page.status == 409
    assert "You have an account already" in page.text
    assert account(newsroom, bo).email_confirmed_at is None


@pytest.mark.parametrize("purpose", ["confirm", "reset"])
def test_a_forged_link_says_what_to_do(visitor: Visitor, newsroom: Newsroom, bo: int, purpose: str) -> None:
    kind = CONFIRM if purpose == "confirm" else RESET
    asked = account(newsroom, bo)
    forged = Tokens("x" * 40).sign(kind, bo, credentials.fingerprint(asked, asked.email_key))
    wrong_purpose = link(newsroom, bo, RESET if purpose == "confirm" else CONFIRM).rsplit("/", 1)[1]
    for token in (forged, wrong_purpose, "nonsense"):
        page = visitor.get(f"/account/{purpose}/{token}")
        assert page.status == 404
        assert "This link does not work any more" in page.text
        assert "Bo Falk" not in page.text


@pytest.mark.parametrize("action", ["", "/disown", "/hand-over"])
def test_forms_from_elsewhere_are_refused(
    visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int, action: str
) -> None:
    path = link(newsroom, bo)
    form = visitor.get(path).forms[0]
    answer = visitor.post(f"{path}{action}", {**form.values, "password": PASSWORD}, site="cross-site")
    assert answer.status_code == 403
    assert visitor.post(f"{path}{action}", {"password": PASSWORD}).status_code == 400, "nor without the token"
    assert newsroom.comment(waiting).state is CommentState.PENDING
    assert account(newsroom, bo).closed_at is None


def test_the_page_speaks_the_persons_language(visitor: Visitor, newsroom: Newsroom) -> None:
    newcomer = newsroom.newcomer("Maëlle Le Goff", language="fr")
    assert '<html lang="fr"' in visitor.get(link(newsroom, newcomer)).html


def test_account_pages_are_framed_by_nobody(visitor: Visitor, newsroom: Newsroom, bo: int) -> None:
    for path in (link(newsroom, bo), "/account/forgotten"):
        policy = visitor.request("GET", path).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy


def test_asking_for_a_new_password_reads_the_same_for_everybody(visitor: Visitor, newsroom: Newsroom) -> None:
    newsroom.reader(email="ada@post.example")
    texts = []
    for email in ("ada@post.example", "nobody@post.example"):
        visitor.get("/account/forgotten")
        texts.append(visitor.press("Send the link", email=email).text)
    assert texts[0] == texts[1]
    assert "We have sent mail to that address." in texts[0]
    newsroom.session.rollback()
    assert newsroom.session.scalars(select(OutboxMail.template).order_by(OutboxMail.id)).all() == [
        "reset",
        "reset_unknown",
    ]


def test_asking_with_nonsense_keeps_it(visitor: Visitor) -> None:
    visitor.get("/account/forgotten")
    page = visitor.press("Send the link", email="nonsense")
    assert page.status == 422
    assert page.value("email") == "nonsense"
    assert page.controls["email"]["aria-invalid"] == "true"


def test_a_new_password_ends_every_sign_in_and_uses_the_link_up(visitor: Visitor, newsroom: Newsroom) -> None:
    ada = newsroom.reader("Ada Lind", email="ada@post.example")
    begin_writing(newsroom.session)
    sign_ins.start(newsroom.session, ada, SignInKind.READER, NOW)
    newsroom.session.commit()
    before = account(newsroom, ada).password_hash
    path = link(newsroom, ada, RESET)
    assert "Ada Lind" in visitor.get(path).text
    page = visitor.press("Set the new password", password="short")
    assert page.status == 422
    assert "15 characters" in page.text
    page = visitor.press("Set the new password", password=NEW)
    assert "Your password is changed" in page.text
    assert account(newsroom, ada).password_hash != before
    assert newsroom.session.scalars(select(SignIn)).one().revoked_at is not None
    assert "does not work any more" in visitor.get(path).text


def test_a_link_for_a_new_password_goes_with_the_address_it_went_to(
    visitor: Visitor, newsroom: Newsroom, bo: int
) -> None:
    paths = link(newsroom, bo), link(newsroom, bo, RESET)
    changed = account(newsroom, bo)
    changed.email = changed.email_key = "bo@mail.example"
    newsroom.session.commit()
    for path in paths:
        assert "does not work any more" in visitor.get(path).text
    assert visitor.get(link(newsroom, bo, RESET)).status == 200


def test_the_way_back_leads_to_no_article_of_others(visitor: Visitor, newsroom: Newsroom, bo: int) -> None:
    """Nobody learns by counting where somebody has written before anything of it is published."""
    newsroom.send(1, newsroom.newcomer("Siv Dahl"), "Another one waits elsewhere.")
    thread_id, thread_url = newsroom.thread(1).id, newsroom.thread(1).url
    ada = newsroom.reader("Ada Lind", email="ada@post.example")
    path, gone = link(newsroom, ada, RESET), newsroom.newcomer("Ole Hagen")
    # What another account was given to go back by opens nothing either.
    foreign = links.tokens().sign(BACK, thread_id, str(bo))
    closed_path = link(newsroom, gone)
    closed = account(newsroom, gone)
    closed.closed_at = NOW
    newsroom.session.commit()
    visitor.get(path)
    assert "Back to the article" not in visitor.press("Set the new password", password=NEW).links
    own_path = link(newsroom, bo)
    for word in (str(thread_id), foreign, "nonsense"):
        for page in (
            visitor.get(path, done="1", thread=word),
            visitor.get(closed_path, thread=word),
            visitor.get(own_path, thread=word),
        ):
            assert page.status == 200
            is_own = page.path.startswith(own_path) and word == foreign
            assert (thread_url in page.html) == is_own


def test_a_new_password_leads_back_to_where_somebody_wrote_last(visitor: Visitor, newsroom: Newsroom) -> None:
    ada = newsroom.reader("Ada Lind", email="ada@post.example")
    newsroom.send(1, ada, TEXT)
    visitor.get(link(newsroom, ada, RESET))
    page = visitor.press("Set the new password", password=NEW)
    assert page.links["Back to the article"] == "https://tribune.example/bridge"


def test_confirming_leaves_others_comments_alone(
    visitor: Visitor, newsroom: Newsroom, bo: int, waiting: int
) -> None:
    other = newsroom.send(1, newsroom.newcomer("Siv Dahl"), "Another one waits too.")
    visitor.get(link(newsroom, bo))
    visitor.press("Confirm", password=PASSWORD)
    newsroom.session.rollback()
    assert newsroom.session.get_one(Comment, other).queued_at is None
