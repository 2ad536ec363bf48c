"""The audit page: who sees which rows, in which words, and what leaves as CSV."""

import csv
import io
import json

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from tests.web.test_desk_pages import counted
from widget import clock
from widget.models import AuditHead, Role
from widget.moderation.actions import ACTIONS, UNDO
from widget.moderation.permissions import Staff
from widget.services import audit, errands
from widget.web.desk import deeds


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(app, ("moderator", "editor", "editor-elsewhere", "editor-everywhere", "admin"))


def enter(app: Flask, office: Office, name: str) -> Colleague:
    return Colleague.at(Client(app), office.staff[name])


def record(
    office: Office, action: str, subject: str, site_id: int | None, who: str = "Edda Voss", **values: object
) -> None:
    """Write an entry."""
    with office.work() as session:
        staff = Staff(office.reader(who), who, {None: Role.ADMIN})
        session.rollback()
        audit.record(session, staff, action, subject=subject, site_id=site_id, now=clock.now(), **values)  # type: ignore[arg-type]


# ── A sentence for everything ───────────────────────────────────────────────────────────────────────


def test_every_action_has_a_sentence_and_none_is_left_over() -> None:
    assert deeds.DEEDS.keys() == audit.ACTIONS, "DEEDS in widget/web/desk/deeds.py"
    moves = {f"comment.{name}" for name, action in ACTIONS.items() if not action.by_writer}
    assert {*moves, f"comment.{UNDO}"} <= audit.ACTIONS, "ACTIONS in widget/services/audit.py"


def test_an_action_that_nobody_registered_is_not_recorded() -> None:
    staff = Staff(1, "Edda Voss", {None: Role.ADMIN})
    with pytest.raises(ValueError, match=r"comment\.admire"):
        audit.record(Session(), staff, "comment.admire", subject="comment:1", site_id=1, now=clock.now())


# ── Who sees what ───────────────────────────────────────────────────────────────────────────────────


def test_each_sees_their_own_sites_and_only_those_of_all_sites_what_concerns_all(
    app: Flask, office: Office
) -> None:
    record(office, "site.close", f"site:{office.site}", office.site, "Ours Alone")
    record(office, "site.close", f"site:{office.other_site}", office.other_site, "Theirs Alone")
    record(office, "person.identity", "account:1", None, "Everybody’s")
    sees = {
        "editor": {"Ours Alone"},
        "admin": {"Ours Alone"},
        "editor-elsewhere": {"Theirs Alone"},
        "editor-everywhere": {"Ours Alone", "Theirs Alone", "Everybody’s"},
    }
    for name, expected in sees.items():
        colleague = enter(app, office, name)
        for path in ("/desk/audit", "/desk/audit.csv"):
            body = colleague.get(path).get_data(as_text=True)
            assert {who for who in sees["editor-everywhere"] if who in body} == expected, (name, path)


def test_moderators_have_no_audit_trail(app: Flask, office: Office) -> None:
    moderator = enter(app, office, "moderator")
    for path in ("/desk/audit", "/desk/audit.csv"):
        assert moderator.get(path).status_code == 403
    assert "/desk/audit" not in moderator.get("/desk/").get_data(as_text=True)


def test_a_decision_reads_as_a_sentence_with_the_rules_number(app: Flask, office: Office) -> None:
    editor = enter(app, office, "editor")
    comment = office.comment()
    editor.decide(comment, "refuse", rule=9)
    page = editor.get("/desk/audit").get_data(as_text=True)
    assert "refused a comment" in page
    assert f'<a href="/desk/comments/{comment}">comment {comment}</a>' in page
    assert '<dt>state</dt><dd dir="auto">waiting</dd>' in page
    assert '<dt>state</dt><dd dir="auto">refused</dd>' in page
    assert '<dt>rule</dt><dd dir="auto">9</dd>' in page


def test_people_and_sites_are_named(app: Flask, office: Office) -> None:
    reader = office.reader("Ysolde Brankovic")
    record(office, "person.identity", f"account:{reader}", office.site)
    record(office, "site.close", f"site:{office.site}", office.site)
    page = enter(app, office, "editor").get("/desk/audit").get_data(as_text=True)
    assert f'<a href="/desk/people/{reader}">person Ysolde Brankovic</a>' in page
    assert "site Harbour Post" in page


def test_the_search_stands_in_the_address_and_narrows(app: Flask, office: Office) -> None:
    record(office, "site.close", f"site:{office.site}", office.site, "Ada Quill")
    record(office, "thread.close", f"thread:{office.thread}", office.site, "Bo Falk")
    editor = enter(app, office, "editor")
    for query, expected in (
        ("who=quill", {"Ada Quill"}),
        ("action=thread.close", {"Bo Falk"}),
        (f"kind=thread&number={office.thread}", {"Bo Falk"}),
        ("from=2000-01-01&to=2000-01-02", set()),
        ("from=2000-01-01", {"Ada Quill", "Bo Falk"}),
        ("from=yesterday&number=x&before=y&kind=%00&action=%00", {"Ada Quill", "Bo Falk"}),
        ("to=9999-12-31", {"Ada Quill", "Bo Falk"}),
    ):
        page = editor.get(f"/desk/audit?{query}").get_data(as_text=True)
        assert {who for who in ("Ada Quill", "Bo Falk") if who in page.partition("<tbody>")[2]} == expected, (
            query
        )


def test_pages_follow_by_key_without_gaps_at_the_same_cost(app: Flask, office: Office) -> None:
    for number in range(8):
        record(office, "thread.close", f"thread:{number + 1000}", office.site)
    editor = enter(app, office, "editor")
    with counted(app) as few:
        editor.get("/desk/audit")
    for number in range(8, 60):
        record(office, "thread.close", f"thread:{number + 1000}", office.site)
    with counted(app) as many:
        first = editor.get("/desk/audit?action=thread.close").get_data(as_text=True)
    assert len(many) == len(few)
    following = first.rpartition('class="button" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "action=thread.close" in following
    second = editor.get(following).get_data(as_text=True)
    shown = [int(part.partition("<")[0]) for page in (first, second) for part in page.split(">thread 1")[1:]]
    assert len(shown) == 60
    assert shown == sorted(shown, reverse=True)


# ── As a file ───────────────────────────────────────────────────────────────────────────────────────


def test_the_file_is_utf_8_whole_and_nothing_in_it_is_computed(app: Flask, office: Office) -> None:
    record(
        office,
        "thread.close",
        "thread:1",
        office.site,
        '=HYPERLINK("https://evil.example")',
        after={"notice": "=1+1 مرحبا"},
    )
    record(office, "thread.close", "thread:2", office.site, "Étienne Roy")
    answer = enter(app, office, "editor").client.get("/desk/audit.csv", buffered=False)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert answer.is_streamed
    body = answer.get_data()
    answer.close()
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert [row["who"] for row in rows] == ["Étienne Roy", '\'=HYPERLINK("https://evil.example")']
    assert json.loads(rows[1]["after"]) == {"notice": "=1+1 مرحبا"}
    assert rows[0]["prev_hash"] == rows[1]["hash"]


def test_the_command_writes_the_whole_trail(app: Flask, office: Office) -> None:
    record(office, "site.close", f"site:{office.site}", office.site)
    record(office, "person.identity", "account:1", None, "@cmd")
    runner = app.test_cli_runner()
    exported = runner.invoke(args=["audit", "export"], catch_exceptions=False)
    assert exported.exit_code == 0, exported.output
    rows = list(csv.DictReader(io.StringIO(exported.stdout)))
    assert [row["who"] for row in rows] == ["'@cmd", "Edda Voss"]
    ours = runner.invoke(args=["audit", "export", "--site", "harbour"]).output
    assert len(list(csv.DictReader(io.StringIO(ours)))) == 1
    assert runner.invoke(args=["audit", "export", "--site", "nowhere"]).exit_code == 1


# ── Verified by night ───────────────────────────────────────────────────────────────────────────────


def test_the_worker_verifies_once_a_day_and_the_page_says_how_it_went(app: Flask, office: Office) -> None:
    record(office, "site.close", f"site:{office.site}", office.site)
    editor = enter(app, office, "editor")
    assert "has not been verified" in editor.get("/desk/audit").get_data(as_text=True)
    with office.work() as session:
        errands.run(session, clock.now())
        verified = session.get_one(AuditHead, 1).verified_at
        errands.run(session, clock.now())
        assert session.get_one(AuditHead, 1).verified_at == verified
    assert "Every entry fits the one before it" in editor.get("/desk/audit").get_data(as_text=True)
    with office.work() as session:
        # As if the newest entries had been cut off.
        session.execute(text("UPDATE audit_head SET hash = :hash, verified_at = NULL"), {"hash": "f" * 64})
        session.commit()
        errands.run(session, clock.now())
    assert "The newest entries are missing" in editor.get("/desk/audit").get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/desk/audit?kind=thread&number={n}", 200),
        ("/desk/audit?before={n}", 200),
        ("/desk/second-reading?after={n}", 200),
        ("/desk/figures?site={n}", 404),
    ],
)
def test_a_number_of_thousands_of_digits_is_none(app: Flask, office: Office, path: str, status: int) -> None:
    assert enter(app, office, "editor").get(path.format(n="9" * 5000)).status_code == status
