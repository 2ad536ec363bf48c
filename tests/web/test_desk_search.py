"""The desk's search page: what it finds, how it goes on, and what it keeps from other newsrooms."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from widget.db import db


@pytest.fixture
def office(app: Flask) -> Office:
    """Two sites and a moderator of one."""
    return Office(app, ("moderator", "admin-everywhere"))


@pytest.fixture
def moderator(app: Flask, office: Office) -> Colleague:
    """The moderator, signed in."""
    return Colleague.at(Client(app), office.staff["moderator"])


def page(colleague: Colleague, query: str = "") -> str:
    """Return the search page for a query string."""
    answer = colleague.get(f"/desk/search?{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_words_and_choices_find_comments_with_what_became_of_them(
    office: Office, moderator: Colleague
) -> None:
    refused = office.comment("The lanterns went out at ten.")
    waiting = office.comment("The lanterns will be back in March.")
    moderator.decide(refused, "refuse", rule=5)
    both = page(moderator, "q=lanterns")
    assert both.index("back in March") < both.index("went out at ten"), "the latest first"
    assert "Refused · rule 5" in both
    assert f"/desk/comments/{waiting}" in both
    assert "back in March" not in page(moderator, "q=lanterns&state=refused")
    assert "went out at ten" in page(moderator, "rule=5&state=refused")
    assert "No comment fits this." in page(moderator, "q=lighthouse")


def test_what_waits_again_names_nobody_who_decided(office: Office, moderator: Colleague) -> None:
    comment = office.comment("The lantern went out at ten.")
    decided = '<span class="muted">by Moderator Marlow</span>'
    moderator.decide(comment)
    assert decided in page(moderator, "q=lantern")
    moderator.post("/desk/undo")
    found = page(moderator, "q=lantern")
    assert '<span class="outcome outcome-pending">Waiting</span>' in found
    assert decided not in found


def test_people_of_that_name_stand_above(office: Office, moderator: Colleague) -> None:
    writer = office.reader("Ysolde Brankovic", "Lantern Quay")
    office.comment("Half past eight would do.", reader=writer)
    assert f'href="/desk/people/{writer}"' in page(moderator, "q=Ysolde")


def test_a_long_list_goes_on_where_it_stopped(office: Office, moderator: Colleague) -> None:
    reader = office.reader()
    for number in range(51):
        office.comment(f"Lantern number {number} is lit.", reader=reader)
    first = page(moderator, "q=lantern&language=en")
    assert "number 50 " in first
    assert "number 0 " not in first
    start = first.index("/desk/search?", first.index("Lantern number 1 "))
    following = first[start : first.index('"', start)].replace("&amp;", "&")
    assert "q=lantern" in following
    second = moderator.get(following).get_data(as_text=True)
    assert "number 0 " in second
    assert "number 1 " not in second


@pytest.mark.parametrize(
    "query",
    [
        "rule=x",
        "since=yesterday",
        "until=9999-12-31",
        "before=99999999999999999999",
        "by=12345678901234567890",
        "site=-1",
        "state=withdrawn",
        "writer=abc&thread=99999999999",
        "q=%00%22%27)(*",
    ],
)
def test_no_query_breaks_the_page(moderator: Colleague, query: str) -> None:
    assert "</main>" in page(moderator, query)


def test_no_query_leads_to_another_host(office: Office, moderator: Colleague) -> None:
    """What `url_for` takes for itself never comes out of an address, and nor does what the search does not know."""
    reader = office.reader()
    for number in range(51):
        office.comment(f"Lantern number {number} is lit.", reader=reader)
    asked = f"q=lantern&writer={reader}&_scheme=javascript&_external=1&_anchor=x&_method=POST&more=1"
    found = page(moderator, f"{asked}&endpoint=desk.queue")
    before = found.index("Earlier comments")
    link = found[found.rindex('href="', 0, before) + 6 :].partition('"')[0].replace("&amp;", "&")
    assert link.startswith("/desk/search?")
    assert "q=lantern" in link
    assert f"writer={reader}" in link
    assert not any(word in link for word in ("javascript", "_external", "POST", "more", "#", "desk.queue"))


def test_another_newsroom_s_comments_and_colleagues_stay_unseen(
    app: Flask, office: Office, moderator: Colleague
) -> None:
    office.appoint("editor-elsewhere")
    office.comment("Lanterns on the hill.", thread=office.other_thread)
    seen = page(moderator, f"q=lanterns&site={office.other_site}")
    assert "on the hill" not in seen
    assert "Editor Elsewhere Marlow" not in seen
    admin = Colleague.at(Client(app), office.staff["admin-everywhere"])
    assert "on the hill" in page(admin, f"q=lanterns&site={office.other_site}")


@pytest.fixture
def counted(app: Flask) -> Iterator[list[str]]:
    """Every statement that reaches the database."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def test_more_comments_take_no_more_queries(office: Office, moderator: Colleague, counted: list[str]) -> None:
    office.comment("Lantern one.")
    counted.clear()
    page(moderator, "q=lantern")
    few = len(counted)
    for number in range(20):
        office.comment(f"Lantern {number} is lit.")
    counted.clear()
    page(moderator, "q=lantern")
    assert len(counted) == few
