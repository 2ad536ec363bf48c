"""The netiquette at the desk: from the list to a new version, whoever may not, and what a colleague saved first."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from widget.models import AuditEntry, Netiquette, NetiquetteDraft

SITE = "/desk/netiquette/harbour"
LANGUAGES = ("en", "fr", "ar", "zh")
SUMMARIES = {f"summaries-{language}": f"Summary {language}" for language in LANGUAGES}
SHOUTED = {"texts-en": "No <b>SHOUTING</b> at anybody."}


@pytest.fixture
def office(app: Flask) -> Office:
    """Two sites, one colleague of each kind."""
    return Office(app, ("moderator", "editor", "editor-elsewhere", "admin-everywhere"))


def at_desk(app: Flask, office: Office, role: str = "editor") -> Colleague:
    """Return a colleague, signed in."""
    return Colleague.at(Client(app), office.staff[role])


@pytest.fixture
def editor(app: Flask, office: Office) -> Colleague:
    """An editor of the one site."""
    return at_desk(app, office)


def edits(office: Office) -> int:
    """Return the edit of the draft as it stands."""
    return office.ask(select(NetiquetteDraft.edits).where(NetiquetteDraft.site_id == office.site)) or 0


def newest(office: Office) -> int:
    """Return the number of the version in force."""
    found = office.ask(select(func.max(Netiquette.number)).where(Netiquette.site_id == office.site))
    assert found is not None
    return found


def text(answer: object) -> str:
    """Return an answer's page with its character references read."""
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


def test_one_site_is_opened_straight_away_and_several_are_listed(app: Flask, office: Office) -> None:
    answer = at_desk(app, office).get("/desk/netiquette")
    assert (answer.status_code, answer.headers["Location"]) == (302, SITE)
    page = text(at_desk(app, office, "admin-everywhere").get("/desk/netiquette"))
    assert "Harbour Post" in page
    assert "Hill Courier" in page


def test_from_the_draft_to_a_version(office: Office, editor: Colleague) -> None:
    assert "Begin an amendment" in text(editor.get(SITE))
    begun = editor.post(f"{SITE}/draft")
    assert (begun.status_code, begun.headers["Location"]) == (303, f"{SITE}/draft")
    saved = editor.post(f"{SITE}/draft/rules/5", edits=1, next="preview", **SHOUTED)
    assert (saved.status_code, saved.headers["Location"]) == (303, f"{SITE}/draft/preview")
    assert "in English; unchanged in French, Arabic, Chinese" in text(editor.get(f"{SITE}/draft"))
    preview = editor.get(f"{SITE}/draft/preview").get_data(as_text=True)
    # What an editor wrote is text in the comparison, whatever it looks like.
    assert "<b>SHOUTING" not in preview
    assert "SHOUTING" in preview
    assert re.search(r"<ins>.*&lt;b&gt;", preview)
    assert "<del>" in preview
    published = editor.post(f"{SITE}/draft/publish", edits=2, do="publish", **SUMMARIES)
    assert (published.status_code, published.headers["Location"]) == (303, SITE)
    overview = text(editor.get(SITE))
    for words in ("Version 2 is in force.", "Summary en", "Editor Marlow", "Begin an amendment"):
        assert words in overview, words
    assert newest(office) == 2
    assert editor.get(f"{SITE}/draft").status_code == 303


def test_what_is_missing_is_said_and_what_was_typed_is_kept(office: Office, editor: Colleague) -> None:
    editor.post(f"{SITE}/draft")
    editor.post(f"{SITE}/draft/rules/5", edits=1, **SHOUTED, **{"texts-ar": ""})
    assert "Rule 5 has no title or no text in Arabic." in text(editor.get(f"{SITE}/draft/preview"))
    words = {**SUMMARIES, "summaries-fr": ""}
    answer = editor.post(f"{SITE}/draft/publish", edits=2, do="publish", **words)
    page = text(answer)
    assert answer.status_code == 422
    assert "Rule 5 has no title or no text in Arabic." in page
    assert "Tell readers what changed, in French too." in page
    assert "Summary zh" in page
    assert newest(office) == 1
    kept = editor.post(f"{SITE}/draft/publish", edits=2, do="keep", **words)
    assert kept.status_code == 303
    assert "Summary zh" in text(editor.get(f"{SITE}/draft/preview"))
    assert newest(office) == 1


def test_too_long_a_text_comes_back_whole(office: Office, editor: Colleague) -> None:
    editor.post(f"{SITE}/draft")
    long = "x" * 2001
    for path, fields in (
        (f"{SITE}/draft/rules/5", {"texts-fr": long}),
        (f"{SITE}/draft/rules", {"texts-fr": long}),
        (f"{SITE}/draft/parts", {"rights-fr": long * 2}),
    ):
        answer = editor.post(path, edits=1, **fields)
        assert answer.status_code == 422
        assert long in text(answer)
        assert "characters at most (French)" in text(answer)
    assert edits(office) == 1


def test_a_colleague_who_saved_first_is_named_and_both_texts_are_shown(
    app: Flask, office: Office, editor: Colleague
) -> None:
    editor.post(f"{SITE}/draft")
    other = at_desk(app, office, "admin-everywhere")
    other.post(f"{SITE}/draft/rules/5", edits=1, **{"texts-en": "What the administrator wrote."})
    answer = editor.post(f"{SITE}/draft/rules/5", edits=1, **{"texts-en": "What the editor wrote."})
    page = text(answer)
    assert answer.status_code == 409
    for words in (
        "Admin Everywhere Marlow saved this draft",
        "What the editor wrote.",
        "What the administrator wrote.",
    ):
        assert words in page, words
    # The page that came back knows of the colleague's edit: keeping it again is deliberate.
    assert 'name="edits" value="2"' in page
    again = editor.post(f"{SITE}/draft/rules/5", edits=2, **{"texts-en": "What the editor wrote."})
    assert again.status_code == 303
    for path, fields in (
        (f"{SITE}/draft/parts", {"titles-en": "Mine"}),
        (f"{SITE}/draft/rules/5/standing", {"standing": "retire"}),
        (f"{SITE}/draft/discard", {}),
        (f"{SITE}/draft/publish", {"do": "publish", **SUMMARIES}),
    ):
        answer = editor.post(path, edits=1, **fields)
        assert answer.status_code == 409, path
        assert "saved this draft" in text(answer), path
    assert edits(office) == 3
    assert newest(office) == 1


def test_what_was_typed_into_a_draft_that_is_gone_comes_back(
    app: Flask, office: Office, editor: Colleague
) -> None:
    editor.post(f"{SITE}/draft")
    other = at_desk(app, office, "admin-everywhere")
    other.post(f"{SITE}/draft/rules/5", edits=1, **SHOUTED)
    other.post(f"{SITE}/draft/publish", edits=2, do="publish", **SUMMARIES)
    for path, fields in (
        (f"{SITE}/draft/rules/5", {"texts-en": "All my work."}),
        (f"{SITE}/draft/rules", {"texts-en": "All my work."}),
        (f"{SITE}/draft/parts", {"preambles-en": "All my work."}),
        (f"{SITE}/draft/publish", {"do": "publish", **SUMMARIES, "summaries-en": "All my work."}),
    ):
        answer = editor.post(path, edits=1, **fields)
        assert answer.status_code == 409, path
        assert "All my work." in text(answer), path
        assert "Admin Everywhere Marlow published this draft" in text(answer), path


def test_a_rule_is_added_retired_and_brought_back(office: Office, editor: Colleague) -> None:
    editor.post(f"{SITE}/draft")
    words = {
        f"{kind}-{language}": f"{kind} {language}" for kind in ("titles", "texts") for language in LANGUAGES
    }
    answer = editor.post(f"{SITE}/draft/rules", edits=1, slug="No Spoilers", citable="y", **words)
    assert answer.status_code == 422
    assert "small letters, digits and hyphens" in text(answer)
    added = editor.post(f"{SITE}/draft/rules", edits=1, slug="no-spoilers", citable="y", **words)
    assert added.status_code == 303
    page = text(editor.get(f"{SITE}/draft/rules/19"))
    assert "no-spoilers" in page
    assert 'name="citable" value="y" checked' in page
    editor.post(f"{SITE}/draft/rules/7/standing", edits=2, standing="retire")
    editor.post(f"{SITE}/draft/publish", edits=3, do="publish", **SUMMARIES)
    assert newest(office) == 2
    public = text(editor.client.get("/netiquette/harbour?lang=en"))
    assert 'id="rule-19"' in public
    assert 'id="rule-7"' not in public
    assert 'id="rule-7"' in text(editor.client.get("/netiquette/harbour?lang=en&version=1"))
    editor.post(f"{SITE}/draft")
    assert "Bring the rule back" in text(editor.get(f"{SITE}/draft/rules/7"))
    editor.post(f"{SITE}/draft/rules/7/standing", edits=1, standing="restore")
    assert "in force again" in text(editor.get(f"{SITE}/draft/preview"))


def test_nobody_publishes_or_begins_by_looking(office: Office, editor: Colleague) -> None:
    assert editor.get(f"{SITE}/draft").status_code == 303
    editor.post(f"{SITE}/draft")
    editor.post(f"{SITE}/draft/rules/5", edits=1, **SHOUTED)
    for path in ("publish", "discard", "rules/5/standing"):
        assert editor.get(f"{SITE}/draft/{path}?edits=2&do=publish").status_code == 405
    editor.get(f"{SITE}/draft/preview?edits=2&do=publish")
    assert (newest(office), edits(office)) == (1, 2)


POSTS = (
    f"{SITE}/draft",
    f"{SITE}/draft/rules",
    f"{SITE}/draft/rules/5",
    f"{SITE}/draft/rules/5/standing",
    f"{SITE}/draft/parts",
    f"{SITE}/draft/publish",
    f"{SITE}/draft/discard",
)
PAGES = (SITE, f"{SITE}/draft", f"{SITE}/draft/preview", f"{SITE}/draft/rules/5", f"{SITE}/draft/parts")


@pytest.mark.parametrize(("role", "status"), [("moderator", 403), ("editor-elsewhere", 404)])
def test_whoever_may_not_amend_sees_nothing_and_changes_nothing(
    app: Flask, office: Office, editor: Colleague, role: str, status: int
) -> None:
    editor.post(f"{SITE}/draft")
    editor.post(f"{SITE}/draft/rules/5", edits=1, **SHOUTED)
    before = office.ask(select(func.count()).select_from(AuditEntry))
    other = at_desk(app, office, role)
    for path in POSTS:
        answer = other.post(path, edits=2, do="publish", **SHOUTED, **SUMMARIES)
        assert answer.status_code == status, path
    for path in PAGES:
        answer = other.get(path)
        assert answer.status_code == status, path
        assert "SHOUTING" not in text(answer)
    assert (newest(office), edits(office)) == (1, 2)
    assert office.ask(select(func.count()).select_from(AuditEntry)) == before
    assert ('href="/desk/netiquette"' in text(other.get("/desk/"))) == (role != "moderator")


def test_a_form_from_elsewhere_or_without_its_token_changes_nothing(
    office: Office, editor: Colleague
) -> None:
    editor.post(f"{SITE}/draft")
    editor.post(f"{SITE}/draft/rules/5", edits=1, **SHOUTED)
    fields = {"edits": 2, "do": "publish", **SUMMARIES}
    for path in POSTS:
        for token, source, status in ((editor.token, "cross-site", 403), ("made up", "same-origin", 400)):
            answer = editor.client.post(
                path, data={"csrf_token": token, **fields}, headers={"Sec-Fetch-Site": source}
            )
            assert answer.status_code == status, path
    assert (newest(office), edits(office)) == (1, 2)


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "-1"])
def test_a_form_that_no_page_sends_is_refused(office: Office, editor: Colleague, number: str) -> None:
    editor.post(f"{SITE}/draft")
    answer = editor.post(f"{SITE}/draft/rules/5", edits=number, **SHOUTED)
    assert answer.status_code in {400, 409}
    assert editor.post(f"{SITE}/draft/rules/5", **SHOUTED).status_code == 400
    assert editor.post(f"{SITE}/draft/rules/99", edits=1, **SHOUTED).status_code == 404
    assert editor.get("/desk/netiquette/nowhere").status_code == 404
    assert edits(office) == 1


def test_a_decision_under_an_earlier_version_says_so(app: Flask, office: Office, editor: Colleague) -> None:
    comment = office.comment()
    editor.decide(comment, "refuse", rule=5)
    assert "of the netiquette" not in text(editor.get(f"/desk/comments/{comment}"))
    editor.post(f"{SITE}/draft")
    editor.post(f"{SITE}/draft/rules/5", edits=1, **SHOUTED)
    editor.post(f"{SITE}/draft/publish", edits=2, do="publish", **SUMMARIES)
    page = text(editor.get(f"/desk/comments/{comment}"))
    assert "under version 1 of the netiquette" in page
    assert "/netiquette/harbour?version=1" in page
