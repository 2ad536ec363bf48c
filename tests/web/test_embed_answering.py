"""Answering a published comment from the frame, and what becomes of the answer when it is gone."""

from tests.support import frame
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME, TEXT, all_comments
from tests.support.newsroom import Newsroom
from widget.moderation.permissions import Staff

newsroom, site_id, editor, ada = frame.newsroom, frame.site_id, frame.editor, frame.ada
stranger, visitor = frame.stranger, frame.visitor


def test_answering_quotes_the_parent_and_can_be_cancelled(
    visitor: Visitor, newsroom: Newsroom, editor: Staff
) -> None:
    parent = newsroom.published(
        editor, newsroom.reader("Étienne Roy", "Magog"), "The date was fixed in June."
    )
    page = visitor.get(FRAME, **ARTICLE, reply=parent)
    assert "The date was fixed in June." in page.text
    assert "Étienne Roy, Magog" in page.text
    page = visitor.press("Cancel the reply", {"text": TEXT})
    assert "The date was fixed in June." not in page.text
    assert page.value("text") == TEXT
    visitor.get(FRAME, **ARTICLE, reply=parent)
    visitor.press("Send to the editors", {"text": TEXT})
    assert all_comments(newsroom)[-1].parent_id == parent


def test_a_parent_that_is_gone_leaves_the_text(visitor: Visitor, newsroom: Newsroom, editor: Staff) -> None:
    parent = newsroom.published(
        editor, newsroom.reader("Étienne Roy", "Magog"), "The date was fixed in June."
    )
    visitor.get(FRAME, **ARTICLE, reply=parent)
    newsroom.decide(editor, parent, "remove")
    page = visitor.press("Send to the editors", {"text": TEXT})
    assert page.status == 422
    assert "The comment you were answering is no longer published." in page.text
    assert page.value("text") == TEXT
    assert "The date was fixed in June." not in page.text
    assert visitor.press("Send to the editors").status == 200
    assert all_comments(newsroom)[-1].parent_id is None


def test_nothing_unpublished_and_nothing_of_another_article_is_quoted(
    visitor: Visitor, newsroom: Newsroom, editor: Staff, site_id: int
) -> None:
    other = newsroom.reader("Étienne Roy", "Magog")
    waiting = newsroom.send(site_id, other, "A secret still waiting.")
    elsewhere = newsroom.published(editor, other, "Under another article.", article="ferry")
    for comment_id in (waiting, elsewhere):
        page = visitor.get(FRAME, **ARTICLE, reply=comment_id, edit=comment_id, revise=comment_id)
        assert "A secret" not in page.html
        assert "another article" not in page.html
