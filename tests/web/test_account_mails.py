"""Mails and the account's pages speak of each other: buttons by their words, and the way on from each."""

import re

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from tests.support.forms import Visitor
from tests.support.newsroom import NOW, Newsroom
from widget.config import LANGUAGES
from widget.mail import render
from widget.models import Account, OutboxMail


@pytest.fixture
def newsroom(session: Session) -> Newsroom:
    """A newsroom with one site, the Tribune."""
    made = Newsroom(session)
    made.site()
    return made


@pytest.fixture
def visitor(app: Flask, client: object) -> Visitor:
    """Somebody who opens their mail in a browser that nobody is signed in with."""
    return Visitor.new(app)


def mail(app: Flask, newsroom: Newsroom, account_id: int, template: str, **params: object) -> str:
    """Return what a mail to this account says, its lines run together."""
    newsroom.session.rollback()
    account = newsroom.session.get_one(Account, account_id)
    sent = OutboxMail(
        template=template,
        language=account.language,
        recipient=account.email,
        params={"account_id": account_id, **params},
        site_id=1,
        created_at=NOW,
    )
    with app.test_request_context():
        return " ".join(render.render(newsroom.session, sent).text.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_known", [False, True])
def test_the_confirming_mail_names_the_buttons_of_its_page_whether_the_address_is_known_or_not(
    app: Flask, visitor: Visitor, newsroom: Newsroom, language: str, is_known: bool
) -> None:
    bo = newsroom.newcomer("Bo Falk", email="bo@post.example", language=language)
    if is_known:
        newsroom.reader("Bo Falk", email="bo@post.example")
    text = mail(app, newsroom, bo, "confirm")
    found = re.search(r"/account/confirm/\S+", text)
    assert found is not None
    page = visitor.get(found[0])
    with app.test_request_context(), force_locale(language):
        confirm, hand_over, disown = map(gettext, ("Confirm", "Sign in and hand over", "This was not me"))
    assert {button.words for button in page.buttons} == {hand_over if is_known else confirm, disown}
    for button in (confirm, hand_over, disown):
        assert re.search(rf"[“«] ?{re.escape(button)} ?[”»]", text), (button, text)
