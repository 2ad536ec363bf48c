"""Where the mail leads in which the editors ask somebody to confirm who they are."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME
from tests.support.newsroom import NOW, PASSWORD, Newsroom
from widget import clock
from widget.mail import links
from widget.models import Account, Identity, IdentityRow, Role
from widget.services import identities
from widget.services.identities import Marking

QUESTION = "Do you live in Hamar?\n\nOr in <b>Oslo</b>?"


@pytest.fixture
def newsroom(session: Session) -> Newsroom:
    made = Newsroom(session)
    made.site()
    return made


@pytest.fixture
def about(newsroom: Newsroom) -> Marking:
    """Somebody who was asked, just now."""
    staff = newsroom.staff(Role.MODERATOR, 1)
    about = Marking(newsroom.reader("Ada Lind", "Hamar"), 1)
    newsroom.send(1, about.account_id)
    identities.ask(newsroom.session, staff, about, QUESTION, clock.now())
    newsroom.session.commit()
    return about


def row(newsroom: Newsroom, about: Marking) -> IdentityRow:
    """Return what the site holds of the person now."""
    newsroom.session.rollback()
    return newsroom.session.get_one(IdentityRow, (about.account_id, about.site_id))


def path(newsroom: Newsroom, about: Marking) -> str:
    """Return where the mail's link leads."""
    return links.identity(row(newsroom, about)).partition(":8000")[2]


@pytest.fixture
def visitor(app: Flask, client: object) -> Visitor:
    """Somebody who opens their mail in a browser that nobody is signed in with."""
    return Visitor.new(app)


def test_the_question_is_shown_and_the_answer_kept(
    visitor: Visitor, newsroom: Newsroom, about: Marking
) -> None:
    page = visitor.get(path(newsroom, about))
    assert page.status == 200
    for shown in ("Ada Lind, Hamar", "Do you live in Hamar?", "Or in <b>Oslo</b>?", "The Tribune"):
        assert shown in page.text
    assert row(newsroom, about).answered_at is None
    empty = visitor.press("Send the answer", answer="  ")
    assert empty.status == 422
    assert "Please write your answer first." in empty.text
    done = visitor.press("Send the answer", answer="Since <i>1998</i>.")
    assert done.status == 200
    assert "Thank you" in done.text
    assert "Since <i>1998</i>." in done.text
    kept = row(newsroom, about)
    assert (kept.answer, kept.standing) == ("Since <i>1998</i>.", Identity.DOUBT)


def test_a_link_of_another_site_an_earlier_question_or_nobody_shows_nothing(
    visitor: Visitor, newsroom: Newsroom, about: Marking
) -> None:
    first = path(newsroom, about)
    newsroom.site("courier")
    assert visitor.get(first.replace("/identity/1/", "/identity/2/")).status == 404
    assert visitor.get("/account/identity/1/made-up").status == 404
    newsroom.session.rollback()
    row(newsroom, about).asked_at = NOW + timedelta(days=9)
    newsroom.session.commit()
    assert visitor.get(first).status == 404
    answer = visitor.post(first, {"csrf_token": "x", "answer": "Me."})
    assert answer.status_code in {400, 404}
    assert row(newsroom, about).answer is None


def test_a_settled_question_needs_no_answer(visitor: Visitor, newsroom: Newsroom, about: Marking) -> None:
    where = path(newsroom, about)
    newsroom.session.rollback()
    row(newsroom, about).standing = Identity.CONFIRMED
    newsroom.session.commit()
    assert "do not need your answer any more" in visitor.get(where).text


def test_the_writer_is_told_where_they_write_and_the_link_stays_in_the_mail(
    visitor: Visitor, newsroom: Newsroom, about: Marking
) -> None:
    account = newsroom.session.get_one(Account, about.account_id)
    link, email = path(newsroom, about), account.email
    stranger = visitor.get(FRAME, **ARTICLE)
    assert "confirm who you are" not in stranger.text
    page = visitor.press("Sign in", email=str(email), password=PASSWORD)
    assert "The newsroom has asked you to confirm who you are, in a mail of" in page.text
    assert f"to {email}" in page.text
    assert link not in page.html
    identities.answer(
        newsroom.session, about, row(newsroom, about).asked_at or NOW, "I do live in Hamar.", clock.now()
    )
    newsroom.session.commit()
    assert "The newsroom has your answer about who you are." in visitor.get(FRAME, **ARTICLE).text
    row(newsroom, about).standing = Identity.CONFIRMED
    newsroom.session.commit()
    assert 'id="doubt"' not in visitor.get(FRAME, **ARTICLE).html
