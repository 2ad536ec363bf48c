"""A reader's own comments under an article: their state, edited, withdrawn, and revised."""

from datetime import timedelta

import pytest

from tests.support import frame
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME, TEXT, all_comments
from tests.support.newsroom import Newsroom
from widget import clock
from widget.models import Account, CommentState
from widget.moderation.permissions import Staff
from widget.services import retention

newsroom, site_id, editor, ada = frame.newsroom, frame.site_id, frame.editor, frame.ada
stranger, visitor = frame.stranger, frame.visitor


def test_edit_keeps_its_place_and_the_new_text(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    newsroom.session.get_one(Account, all_comments(newsroom)[0].account_id).place = "Oslo"
    newsroom.session.commit()
    page = visitor.follow("Edit")
    assert page.value("text") == TEXT
    assert "It stays signed as you sent it: Ada Lind, Hamar" in page.text, "though its writer has moved"
    page = visitor.press("Save the changes", {"text": f"{TEXT} Twelve, in fact."})
    assert "Your changes are saved." in page.text
    [comment] = all_comments(newsroom)
    assert (comment.body, comment.version) == (f"{TEXT} Twelve, in fact.", 2)


def test_an_edit_that_comes_too_late_names_nobody_and_keeps_the_text(
    visitor: Visitor, newsroom: Newsroom, editor: Staff
) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    visitor.follow("Edit")
    newsroom.decide(editor, all_comments(newsroom)[0].id, "publish")
    page = visitor.press("Save the changes", {"text": "Something else."})
    assert page.status == 409
    assert "The editors have just decided about this comment" in page.text
    assert "Edda Voss" not in page.html
    assert page.value("text") == "Something else."
    assert "Published" in page.text
    assert all_comments(newsroom)[0].body == TEXT


def test_an_edit_from_another_window_is_not_overwritten(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    visitor.follow("Edit")
    visitor.send("Save the changes", {"text": "From the first window."})
    page = visitor.press("Save the changes", {"text": "From the second window."})
    assert page.status == 409
    assert "changed in another window" in page.text
    assert page.value("text") == "From the second window."
    assert all_comments(newsroom)[0].body == "From the first window."
    assert visitor.press("Save the changes").status == 200
    assert all_comments(newsroom)[0].body == "From the second window."


def test_withdraw(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    page = visitor.follow("Withdraw")
    assert "Withdraw this comment?" in page.text
    assert TEXT in page.text
    assert all_comments(newsroom)[0].state is CommentState.PENDING, "asking changes nothing"
    visitor.follow("Keep it")
    assert all_comments(newsroom)[0].state is CommentState.PENDING
    visitor.follow("Withdraw")
    page = visitor.press("Withdraw")
    assert "You have withdrawn the comment." in page.text
    assert all_comments(newsroom)[0].state is CommentState.WITHDRAWN
    assert "Withdraw" not in page.links


def test_withdrawing_too_late_changes_nothing(visitor: Visitor, newsroom: Newsroom, editor: Staff) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    visitor.follow("Withdraw")
    asked = visitor.at.path
    newsroom.decide(editor, all_comments(newsroom)[0].id, "publish")
    page = visitor.press("Withdraw")
    assert page.status == 409
    assert "The editors have just decided" in page.text
    assert all_comments(newsroom)[0].state is CommentState.PUBLISHED
    assert visitor.request("GET", asked).status_code == 303, "there is nothing to ask any more"


@pytest.mark.parametrize("action", ["edit", "withdraw"])
def test_nobody_touches_anothers_comment(
    visitor: Visitor, newsroom: Newsroom, site_id: int, action: str
) -> None:
    theirs = newsroom.send(site_id, newsroom.reader("Étienne Roy", "Magog"), "Mine alone.")
    form = visitor.at.forms[0]
    if action == "withdraw":
        asked = visitor.get(f"{FRAME}/withdraw/{theirs}", **ARTICLE)
        assert asked.status == 404
        assert "Mine alone." not in asked.html
    answer = visitor.post(
        f"{FRAME}/{action}/{theirs}", {**form.values, "text": "Taken over.", "version": "1"}
    )
    assert answer.status_code == 404
    assert "Mine alone." not in answer.get_data(as_text=True)
    assert newsroom.comment(theirs).body == "Mine alone."


def test_a_refusal_shows_rule_and_note_and_is_revised(
    visitor: Visitor, newsroom: Newsroom, editor: Staff
) -> None:
    visitor.press("Send to the editors", {"text": "THIS IS A SCANDAL"})
    # Without JavaScript the hint comes as one page before sending.
    visitor.press("Send anyway")
    newsroom.decide(
        editor,
        all_comments(newsroom)[0].id,
        "refuse",
        rule=5,
        note="Without capitals, please.",
        private_note="Again.",
    )
    page = visitor.get(FRAME, **ARTICLE)
    assert "Refused" in page.text
    assert "Rule 5 · No shouting, no styling" in page.text
    assert "Without capitals, please." in page.text
    assert "Again." not in page.html
    assert "Edda Voss" not in page.html
    page = visitor.follow("Revise and send again")
    assert page.value("text") == "THIS IS A SCANDAL"
    page = visitor.press("Send to the editors", {"text": "This is a scandal, I believe."})
    assert page.status == 200
    assert page.value("text") == ""
    first, second = all_comments(newsroom)
    assert second.revises_id == first.id


def test_a_published_comment_is_linked(visitor: Visitor, newsroom: Newsroom, editor: Staff) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    comment = all_comments(newsroom)[0].id
    newsroom.decide(editor, comment, "publish")
    page = visitor.get(FRAME, **ARTICLE)
    assert page.links["See it under the article"] == f"/comments/{comment}"


def test_a_removed_comment_says_why(visitor: Visitor, newsroom: Newsroom, editor: Staff) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    comment = all_comments(newsroom)[0].id
    newsroom.decide(editor, comment, "publish")
    newsroom.decide(editor, comment, "remove", rule=7, note="On reflection.")
    page = visitor.get(FRAME, **ARTICLE)
    assert "Removed" in page.text
    assert "Rule 7 · Respect for one another" in page.text
    assert "On reflection." in page.text


def test_only_ones_own_comments_are_listed(visitor: Visitor, newsroom: Newsroom, site_id: int) -> None:
    newsroom.send(site_id, newsroom.reader("Étienne Roy", "Magog"), "Somebody else's waiting words.")
    page = visitor.get(FRAME, **ARTICLE)
    assert "Somebody else" not in page.html
    assert "My comments here" not in page.text


def test_a_text_that_was_kept_long_enough_is_said_to_be_gone(
    visitor: Visitor, newsroom: Newsroom, editor: Staff
) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    comment_id = all_comments(newsroom)[0].id
    newsroom.decide(editor, comment_id, "refuse", note="Not like this.")
    newsroom.session.rollback()
    assert retention.run(newsroom.session, clock.now() + timedelta(days=366)) == (1, 0)
    page = visitor.get(FRAME, **ARTICLE)
    assert "Refused" in page.text
    assert "Not like this." in page.text
    assert "The text is erased" in page.text
    assert TEXT not in page.text
    assert "Revise and send again" not in page.text
