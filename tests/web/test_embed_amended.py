"""A reader meets an amended netiquette: what changed, in place, once, and with nothing lost."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from tests.support import frame
from tests.support.forms import Page, Visitor
from tests.support.frame import ARTICLE, FRAME, TEXT, all_comments, has_button
from tests.support.newsroom import NOW, PASSWORD, Newsroom
from widget.moderation.permissions import Staff
from widget.services import amending, publishing

newsroom, site_id, editor, ada = frame.newsroom, frame.site_id, frame.editor, frame.ada
stranger, visitor = frame.stranger, frame.visitor


def publish(
    newsroom: Newsroom,
    editor: Staff,
    number: int,
    text: str,
    summary: str,
    *,
    retired: bool = False,
    also: Mapping[str, str] | None = None,
) -> None:
    """Amend or retire a rule of the Tribune and publish that."""
    session, [site_id] = newsroom.session, [key for key in editor.roles if key]
    session.rollback()
    edits = amending.start(session, editor, site_id, NOW).edits
    session.commit()
    if retired:
        amending.retire(session, editor, site_id, edits, number, NOW)
    else:
        words = {"titles": {}, "texts": {"en": text, **(also or {})}}
        amending.save_rule(session, editor, site_id, edits, number, words, NOW)
    session.commit()
    summaries = {"en": summary, "fr": f"{summary} (fr)"}
    publishing.publish(session, editor, site_id, edits + 1, summaries, NOW)
    session.commit()


def ticks(page: Page) -> bool:
    """Whether the page asks to accept the netiquette."""
    return "accepts" in page.controls


def test_whoever_accepted_an_earlier_version_sees_the_change_and_accepts_it_once(
    visitor: Visitor, newsroom: Newsroom, editor: Staff
) -> None:
    assert not ticks(visitor.at)
    publish(newsroom, editor, 5, "Shout & <b>rave</b> elsewhere.", "Rule 5 is shorter.")
    page = visitor.get(FRAME, **ARTICLE)
    assert "The netiquette was amended on November 22, 2026" in page.text
    assert "Rule 5 is shorter." in page.text
    assert "Rule 5 · amended" in page.text
    assert "accept it (version 2)" in page.text
    assert "<ins>" in page.html
    assert "<del>" in page.html
    assert "rave" in page.text
    assert "<b>rave" not in page.html
    # The marks are told to those who only hear the page, too.
    assert "put in:" in page.text
    refused = visitor.press("Send to the editors", {"text": TEXT})
    assert refused.status == 422
    assert "Please read the netiquette and accept it" in refused.text
    assert refused.value("text") == TEXT
    assert "Rule 5 is shorter." in refused.text
    sent = visitor.press("Send to the editors", {"accepts": "y"})
    assert "Your comment is with the editors." in sent.text
    assert [comment.body for comment in all_comments(newsroom)] == [TEXT]
    assert not ticks(sent)
    assert "The netiquette was amended" not in sent.text
    assert "The netiquette was amended" not in visitor.get(FRAME, **ARTICLE).text


def test_an_amendment_while_somebody_writes_keeps_the_text_and_shows_the_change(
    visitor: Visitor, newsroom: Newsroom, editor: Staff
) -> None:
    publish(newsroom, editor, 5, "No shouting.", "Rule 5 is shorter.")
    page = visitor.press("Send to the editors", {"text": TEXT})
    assert page.status == 422
    assert page.value("text") == TEXT
    assert "The netiquette was amended on" in page.text


def test_a_tick_under_one_version_is_not_a_tick_under_the_next(
    visitor: Visitor, newsroom: Newsroom, editor: Staff
) -> None:
    publish(newsroom, editor, 5, "No shouting.", "Rule 5 is shorter.")
    visitor.get(FRAME, **ARTICLE)
    publish(newsroom, editor, 6, "No vulgarity.", "Rule 6 is shorter.")
    page = visitor.press("Send to the editors", {"text": TEXT, "accepts": "y"})
    assert page.status == 422
    assert "checked" not in page.controls["accepts"]
    assert "accept it (version 3)" in page.text
    assert all_comments(newsroom) == []
    assert "Your comment is with the editors." in visitor.press("Send to the editors", {"accepts": "y"}).text


def test_versions_that_were_skipped_are_all_summed_up_and_compared_as_one(
    visitor: Visitor, newsroom: Newsroom, editor: Staff
) -> None:
    publish(newsroom, editor, 5, "A step between.", "First change.")
    publish(newsroom, editor, 5, "No shouting.", "Second change.")
    publish(newsroom, editor, 13, "", "Third change.", retired=True)
    page = visitor.get(FRAME, **ARTICLE)
    for words in ("First change.", "Second change.", "Third change.", "Rule 13 · no longer in force"):
        assert words in page.text, words
    assert "A step between" not in page.text
    assert page.text.count("Rule 5 · amended") == 1


def test_a_reader_is_told_in_the_language_of_the_page(
    visitor: Visitor, newsroom: Newsroom, editor: Staff
) -> None:
    publish(newsroom, editor, 5, "No shouting.", "Shorter.")
    page = visitor.get(FRAME, **{**ARTICLE, "lang": "fr"})
    assert "Shorter. (fr)" in page.text
    assert "No shouting." not in page.text
    assert ticks(page)


def test_whoever_never_accepted_any_version_sees_the_plain_acceptance(
    stranger: Visitor, newsroom: Newsroom, editor: Staff
) -> None:
    # Registered before the Tribune's neighbour existed: nothing of the neighbour's was accepted.
    newsroom.reader("Bo Falk", email="bo@post.example")
    newsroom.site("courier")
    publish(newsroom, editor, 5, "No shouting.", "Shorter.")
    there = {**ARTICLE, "url": "https://courier.example/bridge", "host": "https://courier.example"}
    stranger.get("/embed/courier", **there)
    page = stranger.press("Sign in", {"email": "bo@post.example", "password": PASSWORD})
    assert ticks(page)
    assert "accept it (version 1)" in page.text
    assert "The netiquette was amended" not in page.text


def test_a_refused_comment_shows_the_rule_as_it_stood_then(
    visitor: Visitor, newsroom: Newsroom, editor: Staff, ada: int, site_id: int
) -> None:
    article = "bridge"
    comment = newsroom.send(site_id, ada, TEXT, article=article)
    newsroom.decide(editor, comment, "refuse", rule=5)
    publish(newsroom, editor, 5, "Words that came later.", "Shorter.")
    page = visitor.get(FRAME, **ARTICLE)
    mine = page.text.partition("My comments here")[2]
    assert "Words written in capitals" in mine
    assert "Words that came later." not in mine


def test_a_retired_rule_is_neither_listed_nor_offered_for_a_report(
    visitor: Visitor, newsroom: Newsroom, editor: Staff, ada: int
) -> None:
    shown = newsroom.published(editor, ada)
    assert "13 ·" in visitor.get(f"{FRAME}/report", comment=shown, **ARTICLE).text
    publish(newsroom, editor, 13, "", "Rule 13 is gone.", retired=True)
    assert 'id="rule-13"' not in visitor.get(FRAME, **ARTICLE).html
    page = visitor.get(f"{FRAME}/report", comment=shown, **ARTICLE)
    assert "13 ·" not in page.text
    assert "12 ·" in page.text
    assert visitor.press("Send the report", {"rule": "13"}).status == 422


@pytest.fixture
def amended(newsroom: Newsroom, site_id: int, editor: Staff) -> None:
    """Version 2 of the Tribune's netiquette."""
    publish(newsroom, editor, 5, "No <i>shouting</i>.", "Rule 5 is shorter.", also={"fr": "Ne criez pas."})


def test_the_public_page_sums_up_each_version_and_shows_what_changed(
    client: FlaskClient, amended: None
) -> None:
    page = client.get("/netiquette/tribune?lang=en").text
    assert "Rule 5 is shorter." in page
    assert "What changed in version 2" in page
    assert "What changed in version 1" not in page
    assert "<ins>" not in page
    shown = client.get("/netiquette/tribune?lang=en&version=2&changes=1").text
    assert "<ins>" in shown
    assert "&lt;i&gt;shouting" in shown
    assert "Ne criez pas." in client.get("/netiquette/tribune?lang=fr&version=2&changes=1").text
    assert "No &lt;i&gt;" not in client.get("/netiquette/tribune?lang=en&version=1").text


def test_changes_that_there_are_none_of_and_unknown_parameters_change_no_byte(
    client: FlaskClient, amended: None
) -> None:
    def tag(query: str) -> str | None:
        return client.get(f"/netiquette/tribune?lang=en{query}").headers["ETag"]

    assert tag("&version=1&changes=1") == tag("&version=1")
    assert tag("&version=2&changes=2&utm=x") == tag("") == tag("&version=2")
    assert tag("&version=2&changes=1") != tag("")


def test_a_reader_who_only_edits_is_not_asked(visitor: Visitor, newsroom: Newsroom, editor: Staff) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    publish(newsroom, editor, 5, "No shouting.", "Shorter.")
    visitor.get(FRAME, **ARTICLE)
    page = visitor.follow("Edit")
    assert has_button(page, "Save the changes")
    assert not ticks(page)
    assert "The netiquette was amended" not in page.text
