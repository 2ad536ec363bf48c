"""Hints in front of the writer: shown once, never in the way, and never those that are the editors' alone.

The checks here are the tests' own, so that what is asked is how hints are shown and not what is noticed; that
of formatting is the real one, since the form offers the plain text for it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.support import frame
from tests.support.forms import Page, Visitor
from tests.support.frame import ARTICLE, FRAME, PERSON, TEXT, all_comments, has_button
from tests.support.newsroom import Newsroom
from widget import netiquette
from widget.models import Acceptance, Account, Comment, FindingRow, OutboxMail, Thread
from widget.netiquette import Context, Draft, Finding, Rule
from widget.netiquette.rules.identical import IDENTICAL
from widget.netiquette.rules.length import LENGTH
from widget.netiquette.rules.styling import STYLING
from widget.text import normalise
from widget.web import language, sentences

newsroom, site_id, ada = frame.newsroom, frame.site_id, frame.ada
stranger, visitor = frame.stranger, frame.visitor

LOUD = "Nobody asked the PARENTS about it."
HELD_BACK = "Nothing has been sent yet."


def notice(draft: Draft, context: Context) -> Iterator[Finding]:
    """Notice capitals for both, "quoth" for the editors alone, a name of one word for the writer alone."""
    for match in re.finditer(r"\b[A-Z]{4,}\b", draft.text):
        yield Finding(5, "test.capitals", "both", match.span())
    if "quoth" in draft.text:
        yield Finding(2, "test.impersonation", "editor", (0, 1))
        yield Finding(10, "test.repetition", "editor")
        yield Finding(13, "test.advertising", "editor", (0, 1))
    if "break" in draft.text:
        raise RuntimeError("a check that fails")
    if draft.name and " " not in draft.name.strip():
        yield Finding(1, "name.one-word", "writer")
    if draft.place == "nowhere":
        yield Finding(1, "place.placeholder", "writer")


@pytest.fixture(autouse=True)
def checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the checks above be all there are, each code its own sentence."""

    def sentence(code: str, params: Mapping[str, object]) -> str:
        return f"It says {code} in {language.selected()}."

    ours = Rule(slug="no-shouting", name="ours", check=notice)
    monkeypatch.setattr(netiquette.review, "__defaults__", ((LENGTH, IDENTICAL, STYLING, ours),))
    monkeypatch.setattr(sentences, "finding", sentence)


def check(visitor: Visitor, **given: str) -> dict[str, Any]:
    """Ask as the frame's script does, and return the answer."""
    answer = visitor.post(f"{FRAME}/check", {**visitor.at.forms[0].values, **given})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = answer.get_json()
    return found


def rows(newsroom: Newsroom) -> list[int | None]:
    """Return how many rows there are of everything that writing or registering makes."""
    newsroom.session.rollback()
    kinds = (Account, Acceptance, Comment, FindingRow, OutboxMail, Thread)
    return [newsroom.session.scalar(select(func.count()).select_from(kind)) for kind in kinds]


def codes(newsroom: Newsroom) -> list[str]:
    """Return the codes of all findings kept, oldest first."""
    newsroom.session.rollback()
    return list(newsroom.session.scalars(select(FindingRow.code).order_by(FindingRow.id)))


# ── While typing ────────────────────────────────────────────────────────────────────────────────────


def test_a_check_answers_with_sentence_and_span_and_writes_nothing(
    stranger: Visitor, newsroom: Newsroom
) -> None:
    before = rows(newsroom)
    answer = check(stranger, text=LOUD)
    assert answer["hints"] == [
        {"rule": 5, "code": "test.capitals", "span": [17, 24], "sentence": "It says test.capitals in en."}
    ]
    assert answer["plain"] is None
    assert rows(newsroom) == before


def test_a_check_speaks_the_language_of_the_page(stranger: Visitor) -> None:
    stranger.get(FRAME, **{**ARTICLE, "lang": "fr"})
    [hint] = check(stranger, text=LOUD)["hints"]
    assert hint["sentence"] == "It says test.capitals in fr."


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("  \n SHAME on them", [4, 9]),
        ("😀👨‍👩‍👧 SHAME", [7, 12]),
        # Accents typed apart are stored as one character, and stay two for whoever typed them.
        ("C\u0327a, e\u0301te\u0301: SHAME", [12, 17]),
        ("\n\u0085a\u0007 SHAME\n\n", [5, 10]),
        ("SHAME\u0301 SHAME", [7, 12]),
        # What a control parted composes all the same, flags are two characters each, and of marks thirty are kept.
        ("Cafe\x01\u0301, \U0001f1eb\U0001f1f7\u0301 SHAME", [12, 17]),
        ("a" + "\u0334" * 20 + "\x01" + "\u0334" * 20 + " e\u0301 SHAME", [46, 51]),
    ],
)
def test_spans_are_those_of_the_text_as_typed(stranger: Visitor, text: str, span: list[int]) -> None:
    assert check(stranger, text=text)["hints"][-1]["span"] == span
    assert text[slice(*span)] == "SHAME"


def test_what_is_the_editors_alone_is_never_hinted(visitor: Visitor, newsroom: Newsroom) -> None:
    assert check(visitor, text="Buy at my shop, quoth the mayor.")["hints"] == []
    page = visitor.press("Send to the editors", {"text": "Buy at my shop, quoth the mayor."})
    assert "Your comment is with the editors." in page.text
    assert codes(newsroom) == ["test.impersonation", "test.repetition", "test.advertising"]


@pytest.mark.parametrize("text", ["", "   ", "short", "far too long " * 1000, "This will break the check."])
def test_what_a_form_would_refuse_and_a_check_that_fails_are_no_hints(stranger: Visitor, text: str) -> None:
    assert check(stranger, text=text)["hints"] == []


def test_a_text_that_is_nearly_all_controls_is_not_looked_through(
    stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cleaned it is short, but looking through what was typed would take a worker's thread for seconds."""
    cleaned: list[str] = []
    clean = normalise.clean
    monkeypatch.setattr(normalise, "clean", lambda text: cleaned.append(text) or clean(text))
    assert check(stranger, text=LOUD + "A\x01" * 20_000)["hints"] == []
    assert sum(map(len, cleaned)) < 20_000


def test_a_check_tells_how_the_text_reads_plain(stranger: Visitor) -> None:
    answer = check(stranger, text="This is **really** early, *is it not*?")
    assert answer["plain"] == "This is really early, is it not?"


def test_a_check_needs_the_token_and_this_very_origin(stranger: Visitor) -> None:
    values = stranger.at.forms[0].values
    answer = stranger.post(f"{FRAME}/check", {**values, "csrf_token": "made-up", "text": LOUD})
    assert answer.status_code == 401
    assert answer.get_json()["error"]["code"] == "signed-out"
    answer = stranger.post(f"{FRAME}/check", {**values, "text": LOUD}, site="cross-site")
    assert answer.status_code == 403
    assert stranger.request("GET", f"{FRAME}/check").status_code == 405
    assert stranger.post("/embed/nowhere/check", {**values, "text": LOUD}).status_code == 404


# ── Before sending, without a script ────────────────────────────────────────────────────────────────


def hinted(page: Page, text: str) -> None:
    """Assert that a page shows hints on a text that was not sent, and offers to send it."""
    assert page.status == 200
    assert HELD_BACK in page.text
    # The words stand before what is said of them.
    assert re.search(r"Rule 5 PARENTS (SHAME )?It says test\.capitals in en\.", page.text)
    assert page.links["Rule 5"] == "#rule-5"
    assert 'id="rule-5"' in page.html
    assert page.value("text") == text
    assert not has_button(page, "Send to the editors")
    assert not has_button(page, "Save the changes")


def test_hints_come_once_before_sending(visitor: Visitor, newsroom: Newsroom) -> None:
    before = rows(newsroom)
    page = visitor.press("Send to the editors", {"text": LOUD})
    hinted(page, LOUD)
    assert rows(newsroom) == before
    page = visitor.press("Send anyway")
    assert "Your comment is with the editors." in page.text
    assert [comment.body for comment in all_comments(newsroom)] == [LOUD]
    assert codes(newsroom) == ["test.capitals"]


def test_a_text_without_findings_goes_at_once(visitor: Visitor, newsroom: Newsroom) -> None:
    page = visitor.press("Send to the editors", {"text": TEXT})
    assert "Your comment is with the editors." in page.text
    assert not has_button(page, "Send anyway")
    assert len(all_comments(newsroom)) == 1


def test_hints_seen_while_typing_are_not_shown_again(visitor: Visitor, newsroom: Newsroom) -> None:
    shown = str(check(visitor, text=f" {LOUD}\n")["shown"])
    page = visitor.press("Send to the editors", {"text": LOUD, "hinted": shown})
    assert "Your comment is with the editors." in page.text
    assert len(all_comments(newsroom)) == 1


def test_another_text_has_hints_of_its_own(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.press("Send to the editors", {"text": LOUD})
    hinted(visitor.press("Send anyway", {"text": f"{LOUD} SHAME."}), f"{LOUD} SHAME.")
    assert all_comments(newsroom) == []
    assert visitor.press("Send anyway", {"text": TEXT}).value("text") == ""
    assert [comment.body for comment in all_comments(newsroom)] == [TEXT]


def test_what_is_wrong_is_said_together_with_the_hints(
    visitor: Visitor, newsroom: Newsroom, site_id: int
) -> None:
    newsroom.amend(site_id)
    visitor.get(FRAME, **ARTICLE)
    page = visitor.press("Send to the editors", {"text": LOUD})
    assert page.status == 422
    assert "Please read the netiquette and accept it" in page.text
    assert "It says test.capitals in en." in page.text
    assert HELD_BACK not in page.text
    page = visitor.press("Send anyway", {"accepts": "y"})
    assert "Your comment is with the editors." in page.text


def test_sent_twice_with_hints_seen_is_one_comment(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.press("Send to the editors", {"text": LOUD})
    form = visitor.at.forms[0]
    assert [visitor.post(form.action, form.values).status_code for _ in range(2)] == [303, 303]
    # A retry that lost its proof on the way has been received all the same.
    assert visitor.post(form.action, {**form.values, "hinted": ""}).status_code == 303
    assert len(all_comments(newsroom)) == 1


def test_editing_a_waiting_comment_likewise(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    visitor.follow("Edit")
    hinted(visitor.press("Save the changes", {"text": LOUD}), LOUD)
    assert [comment.body for comment in all_comments(newsroom)] == [TEXT]
    page = visitor.press("Send anyway")
    assert "Your changes are saved." in page.text
    assert [(comment.body, comment.version) for comment in all_comments(newsroom)] == [(LOUD, 2)]


# ── The plain text ──────────────────────────────────────────────────────────────────────────────────

STYLED = "This is **really** early, <b>is it not</b>?"


def test_the_plain_text_is_put_on_the_sheet_and_taken_back(visitor: Visitor, newsroom: Newsroom) -> None:
    before = rows(newsroom)
    page = visitor.press("Send to the editors", {"text": STYLED})
    assert HELD_BACK in page.text
    page = visitor.press("Use the plain text")
    assert page.status == 200
    assert page.value("text") == "This is really early, is it not?"
    assert not has_button(page, "Use the plain text")
    page = visitor.press("Back to my text")
    assert page.value("text") == STYLED
    assert has_button(page, "Use the plain text")
    assert has_button(page, "Send anyway")
    assert rows(newsroom) == before
    visitor.press("Use the plain text")
    page = visitor.press("Send to the editors")
    assert "Your comment is with the editors." in page.text
    assert [comment.body for comment in all_comments(newsroom)] == ["This is really early, is it not?"]


def test_the_plain_text_of_a_waiting_comment(visitor: Visitor, newsroom: Newsroom) -> None:
    visitor.press("Send to the editors", {"text": TEXT})
    visitor.follow("Edit")
    visitor.press("Save the changes", {"text": STYLED})
    page = visitor.press("Use the plain text")
    assert page.value("text") == "This is really early, is it not?"
    assert "Your changes are saved." in visitor.press("Save the changes").text
    [comment] = all_comments(newsroom)
    assert (comment.body, comment.version) == ("This is really early, is it not?", 2)


# ── The name ────────────────────────────────────────────────────────────────────────────────────────


def test_a_name_is_asked_about_once_and_never_blocked(stranger: Visitor, newsroom: Newsroom) -> None:
    before = rows(newsroom)
    page = stranger.press("Register", {**PERSON, "name": "Noor"})
    assert page.status == 200
    assert page.text.count("It says name.one-word in en.") == 2, "at the top and beside the field"
    assert "name-question" in page.controls["name"]["aria-describedby"]
    assert "aria-invalid" not in page.controls["name"]
    assert page.value("name") == "Noor"
    assert rows(newsroom) == before
    page = stranger.press("Register", {"password": PERSON["password"]})
    assert page.facts["data-signed-in"] == "true"
    newsroom.session.rollback()
    assert newsroom.session.scalars(select(Account.name)).all() == ["Noor"]


def test_another_name_has_a_question_of_its_own(stranger: Visitor, newsroom: Newsroom) -> None:
    stranger.press("Register", {**PERSON, "name": "Noor"})
    page = stranger.press("Register", {**PERSON, "name": "Nora", "place": "nowhere"})
    assert page.facts["data-signed-in"] == "false"
    assert page.text.count("It says place.placeholder in en.") == 2
    page = stranger.press("Register", PERSON)
    assert page.facts["data-signed-in"] == "true"


def test_a_question_comes_with_what_is_wrong(stranger: Visitor) -> None:
    page = stranger.press("Register", {**PERSON, "name": "Noor", "password": "short"})
    assert page.status == 422
    assert page.text.count("It says name.one-word in en.") == 1
    page = stranger.press("Register", {"password": PERSON["password"]})
    assert page.facts["data-signed-in"] == "true"


def test_a_question_answered_while_typing_is_not_asked_again(stranger: Visitor) -> None:
    answer = check(stranger, name=" Noor ", place="")
    assert [hint["code"] for hint in answer["hints"]] == ["name.one-word"]
    [asked] = answer["asked"]
    page = stranger.press("Register", {**PERSON, "name": "Noor", "asked": asked})
    assert page.facts["data-signed-in"] == "true"


def test_whoever_is_signed_in_is_not_asked_about_the_name(visitor: Visitor) -> None:
    assert "name-question" not in visitor.at.html
    assert check(visitor, text=TEXT)["asked"] == []
