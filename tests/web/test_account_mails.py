"""Mails and the account's pages speak of each other: buttons by their words, and the way on from each."""

import re

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.forms import Visitor
from tests.support.newsroom import NOW, Newsroom
from widget.config import LANGUAGES
from widget.mail import render
from widget.models import Account, OutboxMail, Role

NEW = "otter marble lantern quay"


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
        recipient_key=account.email_key,
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


def link_in(text: str, path: str) -> str:
    """Return the path of the link that a mail carries."""
    found = re.search(rf"/account/{path}\S*", text)
    assert found is not None, text
    return found[0]


def test_after_a_new_password_the_way_leads_back_to_the_article_and_a_mail_tells_of_it(
    app: Flask, visitor: Visitor, newsroom: Newsroom
) -> None:
    ada = newsroom.reader("Ada Lind", email="ada@post.example", language="fr")
    newsroom.send(1, ada)
    visitor.get(link_in(mail(app, newsroom, ada, "reset"), "reset/"))
    page = visitor.press("Enregistrer le nouveau mot de passe", password=NEW)
    assert page.links["Retour à l’article"] == "https://tribune.example/bridge"
    newsroom.session.rollback()
    sent = newsroom.session.scalars(select(OutboxMail)).one()
    assert (sent.template, sent.recipient, sent.language) == ("security", "ada@post.example", "fr")
    with app.test_request_context():
        letter = render.render(newsroom.session, sent)
    text = " ".join(letter.text.split())
    assert letter.subject == "The Tribune : votre mot de passe a été changé"
    assert "Bonjour Ada Lind," in text
    assert "pupitre" not in text
    assert link_in(text, "forgotten") == "/account/forgotten"


def test_staff_go_on_to_the_desk_and_are_told_in_its_words(
    app: Flask, visitor: Visitor, newsroom: Newsroom
) -> None:
    edda = newsroom.staff(Role.EDITOR, 1).account_id
    visitor.get(link_in(mail(app, newsroom, edda, "reset"), "reset/"))
    page = visitor.press("Set the new password", password=NEW)
    assert page.links["To the desk"] == "/desk/sign-in"
    newsroom.session.rollback()
    sent = newsroom.session.scalars(select(OutboxMail)).one()
    with app.test_request_context():
        letter = render.render(newsroom.session, sent)
    assert letter.subject == "Byline: how you sign in has changed"
    assert "/desk/me" in letter.text


def test_an_address_that_nobody_has_confirmed_is_told_no_name(
    app: Flask, visitor: Visitor, newsroom: Newsroom
) -> None:
    bo = newsroom.newcomer("Buy At Bo’s", email="bo@post.example")
    visitor.get(link_in(mail(app, newsroom, bo, "reset"), "reset/"))
    visitor.press("Set the new password", password=NEW)
    newsroom.session.rollback()
    sent = newsroom.session.scalars(select(OutboxMail)).one()
    with app.test_request_context():
        letter = render.render(newsroom.session, sent)
    assert letter.text.startswith("Good day,")
    assert "Bo’s" not in letter.text
    assert letter.subject == "Byline: your password was changed"
