"""Threads arranged at the desk, and what readers find afterwards."""

import html
import json
import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from widget import clock
from widget.models import Thread


@pytest.fixture
def office(app: Flask) -> Office:
    """Two sites with an editor on the first."""
    return Office(app, ("editor",))


@pytest.fixture
def editor(app: Flask, office: Office) -> Colleague:
    """The editor, signed in."""
    return Colleague.at(Client(app), office.staff["editor"])


def article(office: Office, thread_id: int) -> str:
    """Return the id of a thread's article."""
    with office.work() as session:
        return session.get_one(Thread, thread_id).article


def public(editor: Colleague, of: str) -> dict[str, object]:
    """Return what the widget gets of an article."""
    answer = editor.get(f"/public/harbour/thread.json?article={of}")
    assert answer.status_code == 200
    found: dict[str, object] = json.loads(answer.get_data())
    return found


def test_the_list_counts_and_narrows_in_as_many_queries_however_long_it_is(
    office: Office, editor: Colleague
) -> None:
    editor.decide(office.comment("A first letter."))
    office.comment("A second one.")
    quiet = office.make_thread(office.site, "Nobody closes this one")
    editor.post(f"/desk/threads/{office.thread}/close")
    page = editor.get("/desk/threads").get_data(as_text=True)
    assert '<td class="figure">1</td>' in page
    closed = editor.get("/desk/threads?state=closed").get_data(as_text=True)
    assert "The ferry keeps its last crossing" in closed
    assert "Nobody closes this one" not in closed
    is_open = editor.get("/desk/threads?state=open").get_data(as_text=True)
    assert f"/desk/threads/{quiet}" in is_open
    assert "The ferry keeps its last crossing" not in is_open
    assert editor.get("/desk/threads?state=nonsense").status_code == 200


def test_a_title_is_verified_as_it_was_read_not_as_somebody_wrote_it_since(
    office: Office, editor: Colleague
) -> None:
    path = f"/desk/threads/{office.thread}"
    with office.work() as session:
        session.get_one(Thread, office.thread).verified = False
    form = editor.get(path).get_data(as_text=True).partition(f'action="{path}/verify"')[2]
    read = {name: re.search(rf'name="{name}" value="([^"]*)"', form) for name in ("title", "url")}
    fields = {name: html.unescape(found[1]) for name, found in read.items() if found}
    with office.work() as session:
        session.get_one(Thread, office.thread).title = "Buy my pills"
    answer = editor.post(f"{path}/verify", **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "has changed since you read them" in page
    assert "Buy my pills" in page
    assert "unverified" in page
    answer = editor.post(f"{path}/verify", **{**fields, "title": "Buy my pills"}, back=path)
    assert answer.status_code == 303
    assert "unverified" not in editor.get(path).get_data(as_text=True)


def test_a_day_is_set_told_to_readers_and_declined_beside_its_field(
    office: Office, editor: Colleague
) -> None:
    path = f"/desk/threads/{office.thread}"
    editor.decide(office.comment())
    soon = (clock.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    answer = editor.post(f"{path}/schedule", at=soon.strftime("%Y-%m-%dT%H:%M"), back=path)
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    thread = public(editor, article(office, office.thread))["thread"]
    assert isinstance(thread, dict)
    assert thread["closes_at"] == soon.strftime("%Y-%m-%dT%H:%M:%SZ")
    announced = f"Comments close on {soon:%b} {soon.day}, {soon:%Y, %H:%M} UTC."
    assert thread["notice"] == announced
    assert announced in editor.get(f"/threads/{office.thread}").get_data(as_text=True)
    for typed, said in (
        ("2001-01-01T10:00", "This moment has passed."),
        ("soon", "This is no day and time."),
    ):
        answer = editor.post(f"{path}/schedule", at=typed)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
        assert 'aria-describedby="at-problem"' in answer.get_data(as_text=True)


def test_a_wrong_name_comes_back_with_a_sentence_beside_each_field(office: Office, editor: Colleague) -> None:
    path = f"/desk/threads/{office.thread}"
    answer = editor.post(f"{path}/rename", title=" ", url="https://elsewhere.example/<b>")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "A title is needed" in page
    assert "https://harbour.example" in page
    assert 'value="https://elsewhere.example/&lt;b&gt;"' in page
    answer = editor.post(
        f"{path}/rename", title="The ferry stays", url="https://harbour.example/f", back=path
    )
    assert answer.headers["Location"] == path
    assert "The ferry stays" in editor.get(path).get_data(as_text=True)


def test_what_is_switched_off_is_a_sentence_and_no_composer(office: Office, editor: Colleague) -> None:
    editor.decide(office.comment("Nobody should read this for now."))
    of, path = article(office, office.thread), f"/desk/threads/{office.thread}"
    assert editor.post(f"{path}/off", back=path).status_code == 303
    found = public(editor, of)
    thread = found["thread"]
    assert isinstance(thread, dict)
    assert (thread["off"], thread["state"], thread["count"], found["comments"]) == (True, "closed", 0, [])
    for page in (f"/threads/{office.thread}", f"/public/harbour/thread.html?article={of}"):
        text = editor.get(page).get_data(as_text=True)
        assert "There are no comments on this article." in text
        assert "Nobody should read this" not in text
        assert "<iframe" not in text
    frame = editor.get(f"/embed/harbour?article={of}&url=https://harbour.example/x&title=T")
    assert "There are no comments on this article." in frame.get_data(as_text=True)
    assert "Your comment" not in frame.get_data(as_text=True)
    editor.post(f"{path}/on")
    assert len(public(editor, of)["comments"]) == 1  # type: ignore[arg-type]


def test_two_threads_are_made_one_and_both_articles_lead_there(office: Office, editor: Colleague) -> None:
    other = office.make_thread(office.site, "The ferry again")
    editor.decide(office.comment("Under the first."))
    editor.decide(office.comment("Under the second.", thread=other))
    of = article(office, other)
    path = f"/desk/threads/{other}"
    unsure = editor.post(f"{path}/merge", target=f"/desk/threads/{office.thread}")
    assert unsure.status_code == 422
    assert "Tick that you know" in unsure.get_data(as_text=True)
    lost = editor.post(f"{path}/merge", target="https://harbour.example/nowhere", sure="y")
    assert lost.status_code == 422
    assert "There is no such thread on this site." in lost.get_data(as_text=True)
    answer = editor.post(f"{path}/merge", target=f"/desk/threads/{office.thread}", sure="y")
    assert answer.headers["Location"] == f"/desk/threads/{office.thread}"
    assert [len(public(editor, one)["comments"]) for one in (of, article(office, office.thread))] == [2, 2]  # type: ignore[arg-type]
    former = editor.get(f"/threads/{other}")
    assert (former.status_code, former.headers["Location"]) == (301, f"/threads/{office.thread}")
    assert editor.get(path).status_code == 404
