"""The composer for somebody signed in: sent once, refused with everything kept, closed, banned, answering."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support import frame
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME, TEXT, all_comments, has_button
from tests.support.newsroom import PASSWORD, Newsroom
from widget import clock
from widget.db import begin_writing
from widget.models import CommentState, SettledDay, Site, Thread
from widget.moderation.permissions import Staff
from widget.services import bans, threads
from widget.services.articles import Article
from widget.services.bans import BanOrder
from widget.services.durations import in_order, written

newsroom, site_id, editor, ada = frame.newsroom, frame.site_id, frame.editor, frame.ada
stranger, visitor = frame.stranger, frame.visitor


def test_send_and_see_it_among_ones_own(visitor: Visitor, newsroom: Newsroom) -> None:
    page = visitor.press("Send to the editors", {"text": TEXT})
    assert page.status == 200
    assert "Your comment is with the editors." in page.text
    assert page.value("text") == ""
    assert "My comments here" in page.text
    assert "Waiting for the editors" in page.text
    assert TEXT in page.text
    [comment] = all_comments(newsroom)
    assert (comment.body, comment.name, comment.state) == (TEXT, "Ada Lind", CommentState.PENDING)
    assert page.facts["data-sent"] == comment.idempotency_key


def test_the_first_comment_makes_the_thread(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    newsroom.session.rollback()
    thread = newsroom.session.scalars(select(Thread)).one()
    assert (thread.title, thread.url, thread.verified) == (
        "About the bridge",
        "https://tribune.example/bridge",
        False,
    )


def test_an_unconfirmed_writer_is_told_what_it_waits_for(
    app: Flask, newsroom: Newsroom, client: object
) -> None:
    newsroom.newcomer(email="bo@post.example")
    visitor = Visitor.new(app)
    visitor.get(FRAME, **ARTICLE)
    visitor.press("Sign in", {"email": "bo@post.example", "password": PASSWORD})
    page = visitor.press("Send to the editors", {"text": TEXT})
    assert "waits for you to confirm your e-mail address" in page.text
    assert "Waiting for your confirmation" in page.text


def test_a_writer_is_told_how_long_it_usually_takes(
    app: Flask, newsroom: Newsroom, site_id: int, ada: int
) -> None:
    newsroom.session.get_one(Site, site_id).transparency = True
    newsroom.session.add(
        SettledDay(
            site_id=site_id,
            day=(clock.now() - timedelta(days=2)).date(),
            counted_at=clock.now(),
            waits=written(in_order([36 * 60] * 20)),
        )
    )
    newsroom.session.commit()
    reader = Visitor.new(app)
    reader.get(FRAME, **ARTICLE)
    page = reader.press("Sign in", {"email": "ada@post.example", "password": PASSWORD})
    assert "half of the comments were decided within 40 minutes." in page.text
    assert (
        "la moitié des commentaires a été traitée en moins de 40 minutes."
        in reader.get(FRAME, **ARTICLE | {"lang": "fr"}).text
    )


def test_sent_twice_is_one_comment(visitor: Visitor, newsroom: Newsroom) -> None:
    form = visitor.at.forms[0]
    data = {**form.values, "text": TEXT}
    answers = [visitor.post(form.action, data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert len(all_comments(newsroom)) == 1


def test_a_text_changed_after_a_lost_answer_replaces_the_waiting_one(
    visitor: Visitor, newsroom: Newsroom
) -> None:
    visitor.send("Send to the editors", {"text": TEXT})
    page = visitor.press("Send to the editors", {"text": f"{TEXT} Nor the pupils."})
    assert page.status == 409
    assert "An earlier version of this text had already reached the editors." in page.text
    page = visitor.press("Save the changes")
    assert "Your changes are saved." in page.text
    assert [comment.body for comment in all_comments(newsroom)] == [f"{TEXT} Nor the pupils."]


def test_a_text_changed_after_a_lost_answer_stands_alone_once_the_first_is_decided(
    visitor: Visitor, newsroom: Newsroom, editor: Staff
) -> None:
    visitor.send("Send to the editors", {"text": TEXT})
    newsroom.decide(editor, all_comments(newsroom)[0].id, "publish")
    page = visitor.press("Send to the editors", {"text": f"{TEXT} Nor the pupils."})
    assert page.status == 409
    assert "they have decided about it" in page.text
    assert page.value("text") == f"{TEXT} Nor the pupils."
    assert visitor.press("Send to the editors").status == 200
    assert len(all_comments(newsroom)) == 2


def test_the_very_same_text_is_refused_and_kept(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    page = visitor.press("Send to the editors", {"text": f"  {TEXT.upper()}  "})
    assert page.status == 422
    assert "You have sent this very text here before." in page.text
    assert (page.value("text") or "").strip() == TEXT.upper()
    assert page.controls["text"]["aria-invalid"] == "true"
    assert len(all_comments(newsroom)) == 1


def test_a_text_too_long_is_refused_and_never_cut(visitor: Visitor, newsroom: Newsroom) -> None:
    long = "ab " * 667 + "ab"
    page = visitor.press("Send to the editors", {"text": long})
    assert page.status == 422
    assert "3 characters too many" in page.text
    assert page.value("text") == long
    assert all_comments(newsroom) == []


def test_graphemes_are_counted_as_people_count(visitor: Visitor, newsroom: Newsroom) -> None:
    families = "👨‍👩‍👧‍👦" * 2000
    assert visitor.press("Send to the editors", {"text": families}).status == 200
    assert len(all_comments(newsroom)) == 1


def test_an_empty_text_is_refused(visitor: Visitor) -> None:
    page = visitor.press("Send to the editors", {"text": " \r\n "})
    assert page.status == 422
    assert "Please write your comment first." in page.text


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/bridge", "javascript:alert(1)", "", "https://tribune.example.evil.example/x"],
)
def test_an_article_from_elsewhere_is_refused(visitor: Visitor, newsroom: Newsroom, url: str) -> None:
    page = visitor.get(FRAME, **{**ARTICLE, "url": url})
    assert page.status == 400
    assert "does not belong to the publication" in page.text
    assert not has_button(page, "Send to the editors")
    form = page.forms[0]
    answer = visitor.post(f"{FRAME}/send", {**form.values, "text": TEXT, "key": "a-key"})
    assert answer.status_code == 400
    assert TEXT in answer.get_data(as_text=True)
    assert all_comments(newsroom) == []
    assert newsroom.session.scalar(select(func.count()).select_from(Thread)) == 0


def test_a_form_from_elsewhere_is_refused(visitor: Visitor, newsroom: Newsroom) -> None:
    form = visitor.at.forms[0]
    assert visitor.post(form.action, {**form.values, "text": TEXT}, site="cross-site").status_code == 403
    assert all_comments(newsroom) == []


def test_a_closed_thread_says_so_and_gives_the_text_back(
    visitor: Visitor, newsroom: Newsroom, editor: Staff, site_id: int
) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    threads.close(newsroom.session, editor, newsroom.thread(site_id).id, "Enough for tonight.", clock.now())
    newsroom.session.commit()
    page = visitor.press("Send to the editors", {"text": "One thing more."})
    assert page.status == 422
    assert "Comments on this article are closed. Enough for tonight." in page.text
    assert "Your comment was not sent." in page.text
    assert page.value("text") == "One thing more."
    assert not has_button(page, "Send to the editors")
    assert TEXT in page.text, "one's own comments remain"
    assert not has_button(page, "Edit")
    assert len(all_comments(newsroom)) == 1


def test_a_closed_thread_for_somebody_not_signed_in(
    app: Flask, visitor: Visitor, newsroom: Newsroom, editor: Staff, site_id: int
) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    threads.close(newsroom.session, editor, newsroom.thread(site_id).id, None, clock.now())
    newsroom.session.commit()
    other = Visitor.new(app)
    page = other.get(FRAME, **ARTICLE)
    assert "My comments here" in page.text
    assert "Leave a reply" not in page.text
    assert "closed" not in page.text, "the list says so, over the comments"
    assert "Comments on this article are closed." in other.get(FRAME, **ARTICLE, reply="1").text
    other.get(FRAME, **ARTICLE)
    assert {"text", "name"}.isdisjoint(page.controls)
    other.press("Sign in to see your comments")
    page = other.press("Sign in", {"email": "ada@post.example", "password": PASSWORD})
    assert TEXT in page.text
    assert page.text.count("My comments here") == 2, "in the title and over the list"
    newsroom.reader("Bo Falk", email="bo@post.example")
    other.press("Sign out")
    other.press("Sign in to see your comments")
    page = other.press("Sign in", {"email": "bo@post.example", "password": PASSWORD})
    assert "You have not written under this article." in page.text


def test_a_thread_that_closes_by_itself(visitor: Visitor, newsroom: Newsroom, site_id: int) -> None:
    begin_writing(newsroom.session)
    newsroom.session.get_one(Site, site_id).auto_close_days = 7
    newsroom.session.commit()
    site = newsroom.session.get_one(Site, site_id)
    threads.register(
        newsroom.session,
        site,
        Article("bridge", "https://tribune.example/bridge", "About the bridge", "en"),
        published_at=clock.now() - timedelta(days=8),
        opening=None,
        now=clock.now(),
    )
    newsroom.session.commit()
    assert not has_button(visitor.get(FRAME, **ARTICLE), "Send to the editors")
    assert "Comments on this article are closed." in visitor.get(FRAME, **ARTICLE, reply="1").text


def ban(newsroom: Newsroom, editor: Staff, account_id: int, site_id: int, term: str) -> None:
    """Ban the account under rule 6."""
    order = BanOrder(
        account_id, site_id, term, 6, note="The word in your second letter.", private_note="Third time."
    )
    bans.impose(newsroom.session, editor, order, clock.now())
    newsroom.session.commit()


@pytest.mark.parametrize(("term", "said"), [("7d", "until"), ("forever", "for good")])
def test_a_ban_is_explained_and_the_text_given_back(
    visitor: Visitor, newsroom: Newsroom, editor: Staff, site_id: int, ada: int, term: str, said: str
) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    ban(newsroom, editor, ada, site_id, term)
    page = visitor.press("Send to the editors", {"text": "And one thing more."})
    assert page.status == 403
    assert f"You are banned from commenting on The Tribune {said}" in page.text
    assert "Rule 6 · No vulgar or obscene language" in page.text
    assert "The word in your second letter." in page.text
    assert "Third time." not in page.html, "private notes stay among staff"
    assert "Edda Voss" not in page.html
    assert page.value("text") == "And one thing more."
    assert TEXT in page.text
    assert not has_button(page, "Send to the editors")
    assert len(all_comments(newsroom)) == 1


def test_a_banned_reader_edits_nothing(
    visitor: Visitor, newsroom: Newsroom, editor: Staff, site_id: int, ada: int
) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    visitor.follow("Edit")
    order = BanOrder(ada, site_id, "24h", 6, refuse_waiting=False)
    bans.impose(newsroom.session, editor, order, clock.now())
    newsroom.session.commit()
    page = visitor.press("Save the changes", {"text": "Something else."})
    assert page.status == 403
    assert page.value("text") == "Something else."
    assert all_comments(newsroom)[0].body == TEXT


def test_the_netiquette_opens_in_place(visitor: Visitor) -> None:
    page = visitor.at
    assert page.html.count("<summary>Netiquette</summary>") == 1
    assert page.html.count('<li value="') == 18
    assert "grant the publisher the right" in page.text
    assert "no duty to remove a published comment" in page.text


PAYLOAD = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'


def test_what_people_type_and_pages_claim_stays_text(visitor: Visitor) -> None:
    page = visitor.press("Send to the editors", {"text": PAYLOAD})
    assert "<script>alert" not in page.html
    assert "<img" not in page.html
    page = visitor.get(
        FRAME, **{**ARTICLE, "title": PAYLOAD, "host": PAYLOAD, "theme": PAYLOAD, "lang": PAYLOAD}
    )
    assert "<script>alert" not in page.html
    assert 'data-theme="auto"' in page.html


@pytest.mark.parametrize("language", ["fr", "fr-CA", "en-GB", "xx"])
def test_the_frame_speaks_a_language_of_the_site(visitor: Visitor, language: str) -> None:
    page = visitor.get(FRAME, **{**ARTICLE, "lang": language})
    assert f'<html lang="{"fr" if language.startswith("fr") else "en"}" dir="ltr"' in page.html
