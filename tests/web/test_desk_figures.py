"""The page of figures, its files, and the second reading: who sees what, and that a blind page is blind."""

import csv
import io
import re
import sys
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from tests.support.history import History
from tests.web.test_desk_pages import counted
from widget import clock
from widget.models import Account, Decision, SecondReading, Site
from widget.web.desk import charts
from widget.web.desk.charts import Caption

TABLES = ("hours", "time-to-decision", "refusals", "sites", "moderators", "findings", "agreement")


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(app, ("moderator", "editor", "moderator-elsewhere", "editor-everywhere"))


def enter(app: Flask, office: Office, name: str) -> Colleague:
    return Colleague.at(Client(app), office.staff[name])


def past(office: Office, many: int = 10, who: str = "editor", thread: int | None = None) -> None:
    """Write decisions of a colleague over the last days."""
    reader = office.reader()
    with office.work() as session:
        account = session.scalars(select(Account).where(Account.email == office.staff[who])).one()
        history = History(session, thread or office.thread, reader)
        for number in range(many):
            at = clock.now() - timedelta(days=1 + number % 20, minutes=number)
            rule = (7, 4, None, None)[number % 4]
            history.decided(at, timedelta(minutes=10), account.id, account.name, rule=rule)


# ── Figures ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_moderator_sees_no_colleagues_row(app: Flask, office: Office) -> None:
    past(office)
    moderator = enter(app, office, "moderator")
    page = moderator.get("/desk/figures").get_data(as_text=True)
    assert "Through the day" in page
    assert "Editor Marlow" not in page
    assert "By moderator" not in page
    assert moderator.get("/desk/figures/moderators.csv").status_code == 404
    assert moderator.post(f"/desk/figures/{office.site}/settings", percent=5).status_code == 403
    page = enter(app, office, "editor").get("/desk/figures").get_data(as_text=True)
    assert "By moderator" in page
    assert '<th scope="row"><bdi>Editor Marlow</bdi></th>' in page


def test_figures_of_another_site_do_not_exist(app: Flask, office: Office) -> None:
    past(office, who="editor-everywhere", thread=office.other_thread)
    moderator = enter(app, office, "moderator")
    assert moderator.get(f"/desk/figures?site={office.other_site}").status_code == 404
    assert moderator.get(f"/desk/figures/sites.csv?site={office.other_site}").status_code == 404
    page = moderator.get("/desk/figures").get_data(as_text=True)
    assert "Hill Courier" not in page
    assert "<dd>10</dd>" not in page
    chief = enter(app, office, "editor-everywhere")
    assert "<dd>10</dd>" in chief.get(f"/desk/figures?site={office.other_site}").get_data(as_text=True)
    assert "<dd>10</dd>" not in chief.get(f"/desk/figures?site={office.site}").get_data(as_text=True)


def test_every_table_leaves_as_a_file_with_the_same_rows(app: Flask, office: Office) -> None:
    past(office, 40)
    editor = enter(app, office, "editor")
    for table in TABLES:
        answer = editor.get(f"/desk/figures/{table}.csv")
        assert answer.status_code == 200, table
        rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))
        assert len(set(map(len, rows))) == 1, table
    assert editor.get("/desk/figures/nothing.csv").status_code == 404
    rows = list(
        csv.DictReader(io.StringIO(editor.get("/desk/figures/refusals.csv").get_data().decode("utf-8-sig")))
    )
    assert [(row["rule"], row["refused"], row["share"]) for row in rows] == [
        ("4", "10", "0.5"),
        ("7", "10", "0.5"),
    ]


def test_a_colleagues_name_is_no_formula(app: Flask, office: Office) -> None:
    past(office)
    with office.work() as session:
        reader = session.scalars(select(Account.id).where(Account.email.is_not(None))).first()
        History(session, office.thread, reader or 0).decided(
            clock.now() - timedelta(days=1),
            timedelta(minutes=1),
            office_account(office),
            "=cmd|' /C calc'!A0",
        )
    body = enter(app, office, "editor").get("/desk/figures/moderators.csv").get_data(as_text=True)
    assert "'=cmd" in body
    assert not re.search(r'(^|,|")=cmd', body, re.MULTILINE)


def office_account(office: Office) -> int:
    """Return the id of a colleague who decided nothing yet."""
    found = office.ask(select(Account.id).where(Account.email == office.staff["moderator"]))
    assert found
    return found


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", 29, 0),
        ("from=1990-01-01", 399, 0),
        ("from=garbage&to=garbage", 29, 0),
        ("to=9999-12-31", 29, 0),
        ("from=9999-12-31&to=0001-01-01", None, None),
        ("site=&from=", 29, 0),
    ],
)
def test_the_days_are_bounded(
    app: Flask, office: Office, query: str, first: int | None, last: int | None
) -> None:
    answer = enter(app, office, "moderator").get(f"/desk/figures?{query}")
    assert answer.status_code == 200
    today = clock.now().date()
    for name, days in (("from", first), ("to", last)):
        if days is not None:
            assert f'name="{name}" value="{today - timedelta(days=days)}"' in answer.get_data(as_text=True)


def test_the_page_asks_the_database_as_often_for_300_comments_as_for_10(app: Flask, office: Office) -> None:
    past(office, 10)
    editor = enter(app, office, "editor")
    with counted(app) as few:
        editor.get("/desk/figures")
    past(office, 290)
    with counted(app) as many:
        editor.get("/desk/figures")
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= 32


def test_the_page_asks_nobody_else_and_holds_nothing_inline(app: Flask, office: Office) -> None:
    past(office, 60)
    page = enter(app, office, "editor").get("/desk/figures").get_data(as_text=True)
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 8
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)  # noqa: S314 (ours)
        tags = {node.tag.partition("}")[2] for node in root.iter()}
        assert tags <= {"svg", "title", "desc", "g", "path", "rect", "circle", "text"}
        assert [child.tag.partition("}")[2] for child in root][:2] == ["title", "desc"]
        assert root.get("role") == "img"
    assert " style=" not in page
    assert "http" not in re.sub(r"http://www\.w3\.org/2000/svg|https://harbour\.example", "", page)


def test_words_in_a_chart_stay_words(app: Flask) -> None:
    with app.test_request_context():
        drawn = charts.bars(
            Caption("x", "</title><script>alert(1)</script>", "&"), [("<b>bold</b>", "<i>")], [3], ["<3"]
        )
    assert "<script>" not in drawn.svg
    assert "<b>" not in drawn.svg
    assert "&lt;3" in drawn.svg


def test_the_library_leaves_nothing_in_the_way_of_imports() -> None:
    assert all(hasattr(finder, "find_spec") for finder in sys.meta_path)


def test_an_editor_sets_the_share_and_the_switch(app: Flask, office: Office) -> None:
    editor = enter(app, office, "editor")
    path = f"/desk/figures/{office.site}/settings"
    assert editor.post(path, percent=25, transparency="y").status_code == 303
    assert office.ask(select(Site.second_reading_percent).where(Site.id == office.site)) == 25
    assert office.ask(select(Site.transparency).where(Site.id == office.site)) is True
    assert "set what is read twice and published" in editor.get("/desk/audit").get_data(as_text=True)
    assert editor.post(path, percent=101).status_code == 400
    assert editor.post(f"/desk/figures/{office.other_site}/settings", percent=5).status_code == 404
    assert editor.post(path, percent=0).status_code == 303
    assert office.ask(select(Site.transparency).where(Site.id == office.site)) is False


# ── Second reading ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def drawn(app: Flask, office: Office) -> tuple[int, int]:
    """A comment that the editor refused, and the decision, drawn for a second reading."""
    with office.work() as session:
        session.get_one(Site, office.site).second_reading_percent = 100
    comment = office.comment("The ferry is a bridge that moves.")
    enter(app, office, "editor").decide(
        comment, "refuse", rule=9, note="Off topic it is.", private_note="Hm."
    )
    decision = office.ask(select(Decision.id).where(Decision.comment_id == comment))
    assert decision
    return comment, decision


def test_the_page_gives_no_hint_of_the_decision(app: Flask, office: Office, drawn: tuple[int, int]) -> None:
    comment, _ = drawn
    moderator = enter(app, office, "moderator")
    for path in ("/desk/second-reading", "/desk/second-reading?open=refuse"):
        page = moderator.get(path).get_data(as_text=True)
        main = page.partition("<main")[2].partition("</main>")[0]
        assert "The ferry is a bridge that moves." in main
        assert "Noor Lindqvist" in main
        assert "nothing changes for the comment" in main
        for leak in (
            "Editor Marlow",
            "Off topic",
            "Hm.",
            "refused",
            "Refused",
            "checked",
            "outcome-",
            f"comments/{comment}",
        ):
            assert leak not in main, leak
        assert "Editor Marlow" not in page


def test_it_looks_the_same_whatever_was_decided(app: Flask, office: Office, drawn: tuple[int, int]) -> None:
    _, decision = drawn
    moderator = enter(app, office, "moderator")
    refused = moderator.get("/desk/second-reading").get_data(as_text=True)
    other = office.comment("The ferry is a bridge that moves.", reader=office.reader())
    enter(app, office, "editor").decide(other, "publish")
    published = moderator.get(f"/desk/second-reading?after={decision}").get_data(as_text=True)
    second = office.ask(select(Decision.id).where(Decision.comment_id == other))

    def bare(page: str, number: int | None) -> str:
        main = page.partition("<main")[2].partition("</main>")[0]
        main = re.sub(r'name="csrf_token" value="[^"]*"', "", main)
        main = main.replace(f"after={number}", "after=N").replace(f"after={(number or 0) - 1}", "after=M")
        main = main.replace(f'name="after" value="{(number or 0) - 1}"', "").replace(
            f"second-reading/{number}", "second-reading/N"
        )
        return main.replace("2 to read", "1 to read")

    assert bare(published, second) == bare(refused, decision)


def test_reading_again_is_recorded_and_leads_on(app: Flask, office: Office, drawn: tuple[int, int]) -> None:
    comment, decision = drawn
    before = office.state(comment)
    moderator = enter(app, office, "moderator")
    path = f"/desk/second-reading/{decision}"
    unsaid = moderator.post(path, outcome="refuse")
    assert unsaid.status_code == 422
    assert "The ferry is a bridge that moves." in unsaid.get_data(as_text=True)
    answer = moderator.post(path, outcome="refuse", rule=7)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/second-reading")
    page = moderator.get("/desk/second-reading").get_data(as_text=True)
    assert "Recorded." in page
    assert "There is nothing for you to read again" in page
    with office.work() as session:
        row = session.get_one(SecondReading, decision)
        assert (row.outcome, row.rule, row.name) == ("refuse", 7, "Moderator Marlow")
    assert office.state(comment) == before
    assert moderator.post(path, outcome="publish").status_code == 409
    assert "too few" in enter(app, office, "editor").get("/desk/figures").get_data(as_text=True)


def test_nobody_else_reads_it(app: Flask, office: Office, drawn: tuple[int, int]) -> None:
    _, decision = drawn
    path = f"/desk/second-reading/{decision}"
    editor, stranger = enter(app, office, "editor"), enter(app, office, "moderator-elsewhere")
    for colleague, status in ((editor, 403), (stranger, 404)):
        page = colleague.get("/desk/second-reading").get_data(as_text=True)
        assert "The ferry is a bridge" not in page
        assert colleague.post(path, outcome="publish").status_code == status
    assert office.ask(select(SecondReading.read_at)) is None


@pytest.mark.parametrize(
    ("query", "sentence", "days"),
    [
        ("from=2026-03-09&to=2026-03-02", "The first day comes after the last one", "1 day, at most 400."),
        ("from=2024-01-01&to=2026-03-02", "At most 400 days are shown", "400 days, at most 400."),
        ("from=2026-03-01&to=2026-03-02", None, "2 days, at most 400."),
    ],
)
def test_a_span_that_cannot_be_shown_is_answered_at_its_field(
    app: Flask, office: Office, query: str, sentence: str | None, days: str
) -> None:
    page = enter(app, office, "editor").get(f"/desk/figures?{query}").get_data(as_text=True)
    assert days in page
    assert ('id="span-problem"' in page) is (sentence is not None)
    assert sentence is None or sentence in page
