"""The desk's pages about the checks, without JavaScript: settings, lists, the box to try them out, marks on a card."""

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from widget.models import AuditEntry, CheckSetting, Comment, FindingRow, ListEntry, Overturning
from widget.netiquette import RULES
from widget.services import word_lists
from widget.web.desk import check_words

SHOUTED = "It is a SHAME, and it will NEVER do."
SENTENCE = "A word in capitals reads as shouting."


@pytest.fixture
def office(app: Flask) -> Office:
    """Two sites; on the first an editor and a moderator."""
    return Office(app, ("editor", "moderator"))


@pytest.fixture
def editor(app: Flask, office: Office) -> Colleague:
    return Colleague.at(Client(app), office.staff["editor"])


@pytest.fixture
def moderator(app: Flask, office: Office) -> Colleague:
    return Colleague.at(Client(app), office.staff["moderator"])


def rows(office: Office, kind: type) -> int:
    return office.ask(select(func.count()).select_from(kind)) or 0


def finding_ids(office: Office, comment: int) -> list[int]:
    """Return what the capitals of a comment were noticed for."""
    with office.work() as session:
        query = select(FindingRow.id).where(FindingRow.comment_id == comment).order_by(FindingRow.id)
        query = query.where(FindingRow.check_name == "shouting")
        return list(session.scalars(query))


def mark(
    colleague: Colleague, comment: int, *findings: int, act: str = "overturn", script: bool = False
) -> int:
    answer = colleague.post(
        f"/desk/comments/{comment}/{act}", script=script, expected_version=1, finding=list(findings)
    )
    return answer.status_code


def test_every_check_and_every_list_is_described() -> None:
    assert list(check_words.CHECKS) == [rule.name for rule in RULES], "widget/web/desk/check_words.py"
    assert tuple(check_words.LISTS) == word_lists.EDITABLE, "widget/web/desk/check_words.py"


# ── Settings ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_shows_every_check_under_its_rule_and_sets_what_was_changed(
    office: Office, editor: Colleague
) -> None:
    page = editor.get("/desk/checks").get_data(as_text=True)
    assert "5 · No shouting, no styling" in page
    assert page.count("<select name=") == len([rule for rule in RULES if rule.settable])
    assert 'name="mode-length"' not in page
    assert 'aria-current="page">\n      <span>Checks' in page
    path = f"/desk/checks/{office.site}"
    fields = {
        "mode-shouting": "off",
        "was-shouting": "hint",
        # Shown as it was and left so: whatever a colleague made of it meanwhile stays.
        "mode-styling": "hint",
        "was-styling": "hint",
    }
    with office.work() as session:
        session.add(CheckSetting(site_id=office.site, check_name="styling", mode="flag"))
    assert editor.post(path, back=path, **fields).headers["Location"] == path
    page = editor.get(path).get_data(as_text=True)
    assert "1 check is set anew." in page
    assert '<option value="off" selected>' in page
    assert office.ask(select(CheckSetting.mode).where(CheckSetting.check_name == "styling")) == "flag"
    assert office.ask(select(AuditEntry.action)) == "checks.set"
    assert editor.post(path, **{"mode-shouting": "loud"}).status_code == 400
    assert editor.post(path, **{"mode-length": "off"}).status_code == 422


def test_a_check_that_is_wrong_too_often_is_proposed_for_switching_off(
    office: Office, editor: Colleague
) -> None:
    for number in range(20):
        comment = office.comment(f"Letter {number}: it is NOT so.", reader=office.reader(f"Reader {number}"))
        if number < 5:
            assert mark(editor, comment, *finding_ids(office, comment)) == 303
        editor.decide(comment)
    page = editor.get("/desk/checks").get_data(as_text=True)
    assert "(25%)" in page
    assert "Proposed for switching off" in page
    form = page.partition('<form id="off-shouting"')[2].partition("</form>")[0]
    assert 'name="mode-shouting" value="off"' in form
    editor.post(f"/desk/checks/{office.site}", **{"mode-shouting": "off"})
    assert "Proposed for switching off" not in editor.get("/desk/checks").get_data(as_text=True)


def test_several_sites_are_chosen_from(app: Flask, office: Office) -> None:
    office.appoint("editor-everywhere")
    colleague = Colleague.at(Client(app), office.staff["editor-everywhere"])
    page = colleague.get("/desk/checks").get_data(as_text=True)
    assert f'href="/desk/checks/{office.site}"' in page
    assert f'href="/desk/checks/{office.other_site}"' in page
    assert "Harbour Post" in colleague.get(f"/desk/checks/{office.site}").get_data(as_text=True)


def test_who_may_and_where(office: Office, editor: Colleague, moderator: Colleague) -> None:
    assert 'href="/desk/checks"' not in moderator.get("/desk/").get_data(as_text=True)
    for site, colleague, status in (
        (office.site, moderator, 403),
        (office.other_site, editor, 404),
        (999, editor, 404),
    ):
        path = f"/desk/checks/{site}"
        for page in (path, f"{path}/lists", f"{path}/try"):
            assert colleague.get(page).status_code == status, page
        assert colleague.post(path, **{"mode-shouting": "off"}).status_code == status
        added = {"list": "vulgar", "language": "en", "entries": "crikey"}
        assert colleague.post(f"{path}/lists/add", **added).status_code == status
        assert colleague.post(f"{path}/try", text="x", language="en").status_code == status
    assert rows(office, CheckSetting) == rows(office, ListEntry) == rows(office, AuditEntry) == 0


def test_nothing_is_changed_without_the_token(office: Office, editor: Colleague) -> None:
    comment = office.comment(SHOUTED)
    fields = {"mode-shouting": "off", "list": "vulgar", "language": "en", "entries": "crikey"}
    fields |= {"finding": str(finding_ids(office, comment)[0]), "expected_version": "1"}
    for path in (
        f"/desk/checks/{office.site}",
        f"/desk/checks/{office.site}/lists/add",
        f"/desk/comments/{comment}/overturn",
    ):
        for token, headers in (
            ("made up", {"Sec-Fetch-Site": "same-origin"}),
            (editor.token, {"Sec-Fetch-Site": "cross-site"}),
        ):
            answer = editor.client.post(path, data={**fields, "csrf_token": token}, headers=headers)
            assert answer.status_code in {400, 403}
    assert rows(office, AuditEntry) == 0


# ── Lists and the box ─────────────────────────────────────────────────────────────────────────────────


def test_entries_are_added_searched_struck_and_brought_back(office: Office, editor: Colleague) -> None:
    path = f"/desk/checks/{office.site}/lists"
    which = {"list": "vulgar", "language": "en"}
    answer = editor.post(f"{path}/add", entries="Crikey\r\nblimey\r\n", **which)
    back = answer.headers["Location"]
    page = editor.get(back).get_data(as_text=True)
    assert "2 entries are on the list now: crikey, blimey" in page
    assert page.index('value="blimey"') < page.index('value="bollocks"')
    found = editor.get(f"{path}?list=vulgar&language=en&q=CRIK").get_data(as_text=True)
    assert 'value="crikey"' in found
    assert 'value="bollocks"' not in found
    editor.post(f"{path}/strike", entry=["crikey", "bollocks"], **which)
    page = editor.get(back).get_data(as_text=True)
    assert 'value="crikey"' not in page
    assert "Struck out by you" in page
    editor.post(f"{path}/restore", entry=["bollocks"], **which)
    assert "Struck out by you" not in editor.get(back).get_data(as_text=True)
    assert rows(office, AuditEntry) == 3


def test_what_cannot_be_added_comes_back_as_it_was_typed(office: Office, editor: Colleague) -> None:
    path = f"/desk/checks/{office.site}/lists/add"
    answer = editor.post(path, list="vulgar", language="en", entries="fine\n<b>x</b>\n!")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "“!” would be found everywhere." in page
    assert "fine\n&lt;b&gt;x&lt;/b&gt;\n!</textarea>" in page
    assert rows(office, ListEntry) == 0
    assert editor.post(path, list="aim", language="en", entries="you").status_code == 404
    assert editor.post(path, list="vulgar", language="xx", entries="you").status_code == 404


def test_protected_names_have_no_language(office: Office, editor: Colleague) -> None:
    path = f"/desk/checks/{office.site}/lists"
    editor.post(f"{path}/add", list="protected", entries="Mayor Quill")
    page = editor.get(f"{path}?list=protected&language=fr").get_data(as_text=True)
    assert 'value="Mayor Quill"' in page
    assert "Come with Byline" not in page


def test_a_text_is_tried_out_and_nothing_of_it_kept(office: Office, editor: Colleague) -> None:
    path = f"/desk/checks/{office.site}/try"
    assert "See what is noticed" in editor.get(path).get_data(as_text=True)
    answer = editor.post(path, text="It is NOT <i>so</i>.", language="en", name="Editor Marlow")
    page = answer.get_data(as_text=True)
    assert "<mark>" in page
    assert "&lt;i&gt;" in page
    assert SENTENCE in page
    assert "This is the same name as “Editor Marlow”" in page
    quiet = editor.post(path, text="We met on the quay at eight.", language="en").get_data(as_text=True)
    assert "The checks notice nothing in it. That does not say that nothing is wrong with it." in quiet
    assert "the form refuses it" in editor.post(path, text="", language="en").get_data(as_text=True)
    assert editor.post(path, text="x", language="tlh").status_code == 400
    assert rows(office, Comment) == rows(office, AuditEntry) == 0


# ── Marks on a card ───────────────────────────────────────────────────────────────────────────────────


def test_a_finding_is_marked_by_a_plain_form_and_taken_back(
    office: Office, editor: Colleague, moderator: Colleague
) -> None:
    comment = office.comment(SHOUTED)
    first, second = finding_ids(office, comment)
    page = moderator.get("/desk/").get_data(as_text=True)
    assert "<mark>SHAME</mark>" in page
    assert 'data-proposed="5"' in page
    assert page.count(">Wrong") == 2
    assert page.count('aria-keyshortcuts="w"') == 1
    for colleague in (moderator, editor):
        assert mark(colleague, comment, first) == 303
    page = moderator.get("/desk/").get_data(as_text=True)
    assert "<mark>SHAME</mark>" not in page
    assert "<mark>NEVER</mark>" in page
    assert "Marked wrong by Moderator Marlow" in page
    assert "It stands after all" in page
    assert 'data-proposed="5"' in page
    mark(moderator, comment, second)
    page = moderator.get(f"/desk/comments/{comment}").get_data(as_text=True)
    assert "<mark>" not in page
    assert f"<s>{SENTENCE}" in page
    assert 'data-proposed=""' in moderator.get("/desk/").get_data(as_text=True)
    assert mark(editor, comment, second, act="uphold") == 303
    assert rows(office, Overturning) == 1
    assert office.state(comment) == ("pending", 1)


def test_a_mark_leads_back_to_where_the_card_stood(office: Office, moderator: Colleague) -> None:
    comment = office.comment(SHOUTED)
    form = moderator.get("/desk/").get_data(as_text=True).partition("data-mark=")[2].partition("</form>")[0]
    assert 'name="back" value="/desk/"' in form
    path = f"/desk/comments/{comment}/overturn"
    fields = {"finding": finding_ids(office, comment), "expected_version": 1, "back": "/desk/"}
    assert moderator.post(path, **fields).headers["Location"] == "/desk/"
    fragment = moderator.post(path, script=True, **fields).get_data(as_text=True)
    assert f'data-card="{comment}"' in fragment
    assert "Marked as wrong." in fragment


def test_what_cannot_be_marked(office: Office, editor: Colleague, moderator: Colleague) -> None:
    comment, there = office.comment(SHOUTED), office.comment(SHOUTED, thread=office.other_thread)
    here, foreign = finding_ids(office, comment), finding_ids(office, there)
    assert mark(moderator, there, *foreign) == 404
    assert mark(moderator, comment, *foreign) == 404
    assert mark(moderator, comment) == 400
    page = {"finding": (BytesIO(b"1"), "finding.txt"), "expected_version": 1}
    assert moderator.post(f"/desk/comments/{comment}/overturn", **page).status_code == 400
    assert mark(moderator, comment, 2**31) == 400
    moderator.decide(comment)
    stale = editor.post(f"/desk/comments/{comment}/overturn", script=True, expected_version=1, finding=here)
    assert stale.status_code == 409
    assert "Moderator Marlow published this comment" in stale.get_data(as_text=True)
    assert rows(office, Overturning) == 0
