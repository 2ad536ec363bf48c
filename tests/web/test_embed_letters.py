"""Reports and corrections: what anybody tells the newsroom from the frame, without an account."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME
from tests.support.newsroom import NOW, Newsroom
from widget.models import Correction, OutboxMail, Report, Role
from widget.moderation.permissions import Staff


@pytest.fixture
def newsroom(session: Session) -> Newsroom:
    """A newsroom with two sites; the Tribune wants its corrections by mail."""
    made = Newsroom(session)
    made.site(corrections_email="corrections@tribune.example")
    made.site("gazette")
    return made


@pytest.fixture
def editor(newsroom: Newsroom) -> Staff:
    """An editor of the Tribune, the first site."""
    return newsroom.staff(Role.EDITOR, 1, "Edda Voss")


@pytest.fixture
def comment_id(newsroom: Newsroom, editor: Staff) -> int:
    """The id of a published comment."""
    return newsroom.published(editor, newsroom.reader("Étienne Roy", "Magog"), "The date was fixed in June.")


@pytest.fixture
def visitor(app: Flask, client: object) -> Visitor:
    """Somebody without an account."""
    return Visitor.new(app)


def reports(newsroom: Newsroom) -> list[Report]:
    """Return every report."""
    newsroom.session.rollback()
    return list(newsroom.session.scalars(select(Report)))


def corrections(newsroom: Newsroom) -> list[Correction]:
    """Return every correction."""
    newsroom.session.rollback()
    return list(newsroom.session.scalars(select(Correction)))


def test_report(visitor: Visitor, newsroom: Newsroom, comment_id: int) -> None:
    page = visitor.get(f"{FRAME}/report", **ARTICLE, comment=comment_id)
    assert page.status == 200
    assert "The date was fixed in June." in page.text
    assert "Étienne Roy, Magog" in page.text
    assert "5 · No shouting, no styling" in page.text
    assert "15 · " not in page.text, "rules that state a fact are not for reporting under"
    assert "14 · " not in page.text, "what is published was read before"
    page = visitor.press("Send the report", rule="7", body="He insults the mayor.", email="me@post.example")
    assert page.status == 200
    assert "Thank you. The editors will read the comment again" in page.text
    assert "Leave a reply" in page.text
    [report] = reports(newsroom)
    assert (report.comment_id, report.rule, report.note, report.email) == (
        comment_id,
        7,
        "He insults the mayor.",
        "me@post.example",
    )


def test_what_is_switched_off_is_read_nowhere(visitor: Visitor, newsroom: Newsroom, comment_id: int) -> None:
    form = visitor.get(f"{FRAME}/report", **ARTICLE, comment=comment_id).forms[0].values
    newsroom.comment(comment_id).thread.off_at = NOW
    newsroom.session.commit()
    report = visitor.get(f"{FRAME}/report", **ARTICLE, comment=comment_id)
    reply = visitor.get(FRAME, **ARTICLE, reply=comment_id)
    link = visitor.get(f"/comments/{comment_id}")
    for page in (report, reply, link):
        assert "The date was fixed in June." not in page.text
        assert "Étienne Roy" not in page.text
    assert (report.status, link.status) == (404, 404)
    answer = visitor.post(f"{FRAME}/report", {**form, "rule": "5"})
    assert answer.status_code == 404
    assert reports(newsroom) == []


def test_a_report_without_a_rule_keeps_what_was_written(
    visitor: Visitor, newsroom: Newsroom, comment_id: int
) -> None:
    visitor.get(f"{FRAME}/report", **ARTICLE, comment=comment_id)
    page = visitor.press("Send the report", body="He insults the mayor.", email="nonsense")
    assert page.status == 422
    assert page.controls["rule"]["aria-invalid"] == "true"
    assert page.controls["email"]["aria-invalid"] == "true"
    assert page.value("body") == "He insults the mayor."
    assert page.value("email") == "nonsense"
    assert reports(newsroom) == []


def test_something_else_takes_an_explanation(visitor: Visitor, newsroom: Newsroom, comment_id: int) -> None:
    page = visitor.get(f"{FRAME}/report", **ARTICLE, comment=comment_id)
    assert re.findall(r'<option value="(\d+)">([^<]+)</option>', page.html)[-1] == (
        "14",
        "Something else, as I explain",
    )
    page = visitor.press("Send the report", rule="14", body=" ")
    assert page.status == 422
    assert page.controls["body"]["aria-invalid"] == "true"
    assert "Please tell the editors what is wrong with the comment." in page.text
    assert page.value("rule") == "14"
    visitor.press("Send the report", body="It gives away where she lives.")
    [report] = reports(newsroom)
    assert (report.rule, report.note) == (14, "It gives away where she lives.")


@pytest.mark.parametrize("rule", ["3", "18", "99", "x"])
def test_a_rule_that_cannot_be_cited(
    visitor: Visitor, newsroom: Newsroom, comment_id: int, rule: str
) -> None:
    visitor.get(f"{FRAME}/report", **ARTICLE, comment=comment_id)
    assert visitor.press("Send the report", rule=rule).status == 422
    assert reports(newsroom) == []


def test_only_published_comments_of_the_site_are_quoted(
    visitor: Visitor, newsroom: Newsroom, editor: Staff, comment_id: int
) -> None:
    waiting = newsroom.send(1, newsroom.reader("Bo Falk"), "Still waiting for an editor.")
    for path, wanted in ((FRAME, waiting), ("/embed/gazette", comment_id), (FRAME, 0)):
        page = visitor.get(f"{path}/report", **ARTICLE, comment=wanted)
        assert page.status == 404
        assert "not published any more" in page.text
        assert "Still waiting" not in page.html
        assert "June" not in page.html
        assert "Back to the comments" in page.links


def test_a_comment_removed_meanwhile(
    visitor: Visitor, newsroom: Newsroom, editor: Staff, comment_id: int
) -> None:
    visitor.get(f"{FRAME}/report", **ARTICLE, comment=comment_id)
    newsroom.decide(editor, comment_id, "remove")
    page = visitor.press("Send the report", rule="7")
    assert page.status == 404
    assert "nothing to report" in page.text


def test_correction(visitor: Visitor, newsroom: Newsroom) -> None:
    page = visitor.get(f"{FRAME}/correction", **ARTICLE)
    assert "About the bridge" in page.text
    page = visitor.press("Send to the newsroom", body="The bridge is in Hamar, not in Hammar.")
    assert "Thank you. Your message has reached the newsroom." in page.text
    [correction] = corrections(newsroom)
    assert (correction.article, correction.email) == ("bridge", None)
    mail = newsroom.session.scalars(select(OutboxMail)).one()
    assert (mail.template, mail.recipient) == ("correction", "corrections@tribune.example")


def test_an_empty_correction(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.get(f"{FRAME}/correction", **ARTICLE)
    page = visitor.press("Send to the newsroom", body=" ", email="me@post.example")
    assert page.status == 422
    assert "Please write what is wrong." in page.text
    assert page.value("email") == "me@post.example"
    assert corrections(newsroom) == []


def test_a_correction_of_an_article_from_elsewhere(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.get(f"{FRAME}/correction", **{**ARTICLE, "url": "https://evil.example/bridge"})
    page = visitor.press("Send to the newsroom", body="It is wrong.")
    assert page.status == 400
    assert page.value("body") == "It is wrong."
    assert corrections(newsroom) == []


@pytest.mark.parametrize("path", ["report", "correction"])
def test_a_letter_without_its_cookie_comes_back(
    visitor: Visitor, newsroom: Newsroom, comment_id: int, path: str
) -> None:
    visitor.get(f"{FRAME}/{path}", **ARTICLE, comment=comment_id)
    visitor.client._cookies.clear()  # type: ignore[attr-defined]
    words = "Send the report" if path == "report" else "Send to the newsroom"
    page = visitor.press(words, body="Typed with care.")
    assert page.status == 401
    assert page.value("body") == "Typed with care."
    assert "Write on our page" in page.links
    assert reports(newsroom) == []
    assert corrections(newsroom) == []


def test_letters_from_elsewhere_are_refused(visitor: Visitor, newsroom: Newsroom, comment_id: int) -> None:
    page = visitor.get(f"{FRAME}/report", **ARTICLE, comment=comment_id)
    form = page.forms[0]
    assert visitor.post(form.action, {**form.values, "rule": "7"}, site="cross-site").status_code == 403
    assert reports(newsroom) == []


def test_the_eleventh_letter_in_an_hour_waits(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.get(f"{FRAME}/correction", **ARTICLE)
    form = visitor.at.forms[0]
    for number in range(10):
        visitor.post(form.action, {**form.values, "body": f"Wrong {number}."})
    answer = visitor.post(form.action, {**form.values, "body": "Typed with care."})
    assert answer.status_code == 429
    assert "Typed with care." in answer.get_data(as_text=True)
    assert len(corrections(newsroom)) == 10
