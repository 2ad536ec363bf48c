"""A banned person's one reply, in the frame and without any script."""

import pytest
from sqlalchemy import select

from tests.support import frame
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME, has_button
from tests.support.newsroom import Newsroom
from widget import clock
from widget.models import Appeal, Role
from widget.moderation.permissions import Staff
from widget.services import appeals, bans
from widget.services.appeals import Ruling
from widget.services.bans import BanOrder

newsroom, site_id, editor, ada = frame.newsroom, frame.site_id, frame.editor, frame.ada
stranger, visitor = frame.stranger, frame.visitor


@pytest.fixture
def banned(newsroom: Newsroom, site_id: int, editor: Staff, ada: int, visitor: Visitor) -> int:
    """Ada, signed in at the frame and banned for a week; the id of the ban."""
    newsroom.send(site_id, ada)
    ban = bans.impose(newsroom.session, editor, BanOrder(ada, site_id, "7d", 7, note="So."), clock.now())
    newsroom.session.commit()
    return ban.id


def kept(newsroom: Newsroom) -> list[Appeal]:
    """Return all appeals."""
    newsroom.session.rollback()
    return list(newsroom.session.scalars(select(Appeal)))


def test_the_reply_is_sent_once_and_its_answer_is_shown(
    visitor: Visitor, newsroom: Newsroom, site_id: int, banned: int
) -> None:
    page = visitor.get(FRAME, **ARTICLE)
    assert "You are banned from commenting" in page.text
    empty = visitor.press("Send the reply", appeal=" ")
    assert empty.status == 422
    assert "Please write your reply first." in empty.text
    page = visitor.press("Send the reply", appeal="I was <b>quoting</b> the mayor.")
    assert page.status == 200
    assert "Your reply is with the editors." in page.text
    assert "I was <b>quoting</b> the mayor." in page.text
    assert not has_button(page, "Send the reply")
    (appeal,) = kept(newsroom)
    assert (appeal.ban_id, appeal.body) == (banned, "I was <b>quoting</b> the mayor.")
    other = newsroom.staff(Role.EDITOR, site_id, "Cora Lund")
    ruling = Ruling(appeal.id, "kept", "The mayor never said so.")
    appeals.handle(newsroom.session, other, ruling, clock.now())
    newsroom.session.commit()
    page = visitor.get(FRAME, **ARTICLE)
    assert "The ban stands" in page.text
    assert "The mayor never said so." in page.text
    # Readers are never told who decided.
    assert "Cora Lund" not in page.html


def test_a_second_reply_comes_back_with_its_words(
    visitor: Visitor, newsroom: Newsroom, site_id: int, ada: int, banned: int
) -> None:
    visitor.get(FRAME, **ARTICLE)
    appeals.send(newsroom.session, ada, site_id, "The first.", clock.now())
    newsroom.session.commit()
    page = visitor.press("Send the reply", appeal="The second.")
    assert page.status == 422
    assert "One reply is possible." in page.text
    assert page.value("text") == "The second."
    assert [appeal.body for appeal in kept(newsroom)] == ["The first."]


def test_after_the_ban_the_words_are_kept_too(
    visitor: Visitor, newsroom: Newsroom, editor: Staff, banned: int
) -> None:
    visitor.get(FRAME, **ARTICLE)
    appeals.lift(newsroom.session, editor, banned, clock.now())
    newsroom.session.commit()
    page = visitor.press("Send the reply", appeal="But I was quoting.")
    assert page.status == 422
    assert "You can write again." in page.text
    assert page.value("text") == "But I was quoting."
    assert kept(newsroom) == []


def test_a_form_that_is_too_old_keeps_the_words(visitor: Visitor, newsroom: Newsroom, banned: int) -> None:
    visitor.get(FRAME, **ARTICLE)
    page = visitor.press("Send the reply", appeal="I was quoting.", csrf_token="old")
    assert page.status in {400, 401}
    assert page.value("appeal") == "I was quoting."
    assert kept(newsroom) == []


def test_nobody_else_replies(stranger: Visitor, newsroom: Newsroom, site_id: int) -> None:
    page = stranger.get(FRAME, **ARTICLE)
    answer = stranger.post(f"{FRAME}/appeal", {**page.forms[0].values, "appeal": "Let them write."})
    assert answer.status_code == 401
    assert "Let them write." in answer.get_data(as_text=True)
    assert kept(newsroom) == []
