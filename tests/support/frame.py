"""A newsroom for tests of the composer frame, and a reader signed in before it."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.forms import Page, Visitor
from tests.support.newsroom import PASSWORD, Newsroom
from widget.models import Comment, Role, Site
from widget.moderation.permissions import Staff

FRAME = "/embed/tribune"
# What a page of the Tribune says of itself.
ARTICLE = {
    "article": "bridge",
    "url": "https://tribune.example/bridge",
    "title": "About the bridge",
    "lang": "en",
    "host": "https://tribune.example",
}
# What somebody fills in to register.
PERSON = {
    "name": "Noor Lindqvist",
    "place": "Sherbrooke (Quebec)",
    "email": "noor@post.example",
    "password": "quay lantern marble otter",
    "accepts": "y",
}
TEXT = "Nobody asked the parents. I taught there for eleven years."


@pytest.fixture
def newsroom(session: Session) -> Newsroom:
    """A newsroom with one site, the Tribune."""
    made = Newsroom(session)
    made.site()
    return made


@pytest.fixture
def site_id(newsroom: Newsroom) -> int:
    """The id of the Tribune."""
    return newsroom.session.scalars(select(Site.id)).one()


@pytest.fixture
def editor(newsroom: Newsroom, site_id: int) -> Staff:
    """An editor of the Tribune."""
    return newsroom.staff(Role.EDITOR, site_id, "Edda Voss")


@pytest.fixture
def ada(newsroom: Newsroom) -> int:
    """A confirmed reader's account."""
    return newsroom.reader("Ada Lind", email="ada@post.example")


@pytest.fixture
def stranger(app: Flask, newsroom: Newsroom, client: object) -> Visitor:
    """Somebody before the composer, not signed in."""
    visitor = Visitor.new(app)
    visitor.get(FRAME, **ARTICLE)
    return visitor


@pytest.fixture
def visitor(stranger: Visitor, ada: int) -> Visitor:
    """Ada, signed in before the composer."""
    stranger.press("Sign in", {"email": "ada@post.example", "password": PASSWORD})
    assert stranger.at.facts["data-signed-in"] == "true"
    return stranger


def all_comments(newsroom: Newsroom) -> list[Comment]:
    """Return every comment, oldest first."""
    newsroom.session.rollback()
    return list(newsroom.session.scalars(select(Comment).order_by(Comment.id)))


def has_button(page: Page, words: str) -> bool:
    """Whether the page has a button with these words."""
    return any(button.words == words for button in page.buttons)
