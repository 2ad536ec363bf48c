"""The queue's pages: filters in the address, a view of one's own, the pulse, leases, many at once, questions, notes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from re import findall
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from widget.db import db
from widget.models import CannedNote, CommentNote, Decision, Identity, IdentityRow


@pytest.fixture
def office(app: Flask) -> Office:
    """Two sites with a moderator and an editor on the first, and an administrator of both."""
    return Office(app, ("moderator", "editor", "admin-everywhere"))


@pytest.fixture
def moderator(app: Flask, office: Office) -> Colleague:
    """The moderator, signed in."""
    return Colleague.at(Client(app), office.staff["moderator"])


@pytest.fixture
def editor(app: Flask, office: Office) -> Colleague:
    """The editor, signed in."""
    return Colleague.at(Client(app), office.staff["editor"])


@pytest.fixture
def admin(app: Flask, office: Office) -> Colleague:
    """The administrator, signed in."""
    return Colleague.at(Client(app), office.staff["admin-everywhere"])


def text(colleague: Colleague, path: str, **options: Any) -> str:
    """Return a page's text."""
    answer = colleague.get(path, **options)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def cards(page: str) -> list[int]:
    """Return the comments on a page, in order."""
    return [int(number) for number in findall(r'data-card="(\d+)"', page)]


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Collect every statement that reaches the database, but for what begins and ends transactions."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


# ── Filters, orders, and a view of one's own ────────────────────────────────────────────────────────


def test_filters_and_orders_stand_in_the_address_and_go_one_by_one(office: Office, admin: Colleague) -> None:
    here = office.comment("Early on the harbour.", minutes_ago=9)
    hill = office.comment("Late on the hill.", thread=office.other_thread, minutes_ago=3)
    office.note(here, 5, "check.made-up")
    assert cards(text(admin, "/desk/")) == [here, hill]
    assert cards(text(admin, "/desk/?order=newest")) == [hill, here]
    assert cards(text(admin, "/desk/?order=least")) == [hill, here]
    page = text(admin, f"/desk/?site={office.site}&order=most&rule=5&first=1&thread={office.thread}")
    assert cards(page) == [here]
    for name in (
        "Harbour Post",
        "most findings first",
        "findings on rule 5",
        "first-time writers",
        "The ferry keeps",
    ):
        assert f'aria-label="Without: {name}' in page, name
    without = next(
        unescape(link) for link in findall(r'href="([^"]+)" aria-label="Without: Harbour Post"', page)
    )
    assert "site=" not in without
    assert "order=most" in without
    assert cards(text(admin, f"/desk/?site={office.other_site}")) == [hill]


def test_a_page_goes_on_in_the_same_order_with_the_same_filters(office: Office, moderator: Colleague) -> None:
    reader = office.reader()
    made = [office.comment(f"Letter {i}.", reader=reader, minutes_ago=60 - i) for i in range(27)]
    first = text(moderator, f"/desk/?order=newest&writer={reader}")
    following = unescape(findall(r'href="([^"]+)" data-following', first)[0])
    assert "order=newest" in following
    assert f"writer={reader}" in following
    assert [*cards(first), *cards(text(moderator, following))] == made[::-1]


@pytest.mark.parametrize(
    "query",
    [
        "list=everything&order=sideways",
        "site=x&site=-1&site=99999999999",
        "language=xx",
        "thread=0&writer=999999999999999&rule=abc",
        "after=1~x~2",
        "after=9999999999~2026-01-01~1",
        "after=%00",
        "first=2",
    ],
)
def test_no_address_breaks_the_queue(moderator: Colleague, query: str) -> None:
    assert 'id="queue-title"' in text(moderator, f"/desk/?{query}")
    text(moderator, f"/desk/pulse?{query}&since=x&cards=1,,a,99999999999")


def test_another_newsroom_s_thread_and_writer_are_not_named(office: Office, moderator: Colleague) -> None:
    writer = office.reader("Hilda Onlyhill")
    office.comment("On the hill.", reader=writer, thread=office.other_thread)
    page = text(moderator, f"/desk/?thread={office.other_thread}&writer={writer}&site={office.other_site}")
    assert cards(page) == []
    assert "Hilda" not in page
    assert "second bus" not in page


def test_a_view_that_is_kept_opens_the_queue_until_everything_is_kept_again(
    office: Office, admin: Colleague, moderator: Colleague
) -> None:
    kept = admin.post(
        "/desk/preferences/view", site=office.other_site, language="fr", order="newest", back="/desk/"
    )
    assert kept.status_code == 303
    answer = admin.get("/desk/")
    assert answer.status_code == 302
    assert (
        answer.headers["Location"] == f"/desk/?list=waiting&order=newest&site={office.other_site}&language=fr"
    )
    assert "Keep this as my view" not in text(admin, answer.headers["Location"])
    assert "Keep this as my view" in text(admin, "/desk/?list=waiting")
    assert moderator.get("/desk/").status_code == 200
    admin.post("/desk/preferences/view", order="waiting")
    assert admin.get("/desk/").status_code == 200


def test_the_keys_can_be_switched_off(moderator: Colleague) -> None:
    assert "data-keys-off" not in text(moderator, "/desk/")
    moderator.post("/desk/preferences/keys", keys="off")
    page = text(moderator, "/desk/")
    assert "data-keys-off" in page
    assert "Switch the keys on" in page
    assert moderator.post("/desk/preferences/keys", keys="perhaps").status_code == 400


# ── The pulse and leases ────────────────────────────────────────────────────────────────────────────


def test_the_pulse_tells_once_and_then_that_nothing_changed(
    app: Flask, office: Office, moderator: Colleague, editor: Colleague
) -> None:
    first, second = office.comment(minutes_ago=9), office.comment(minutes_ago=8)
    path = f"/desk/pulse?cards={first},{second}&since=2020-01-01T00:00:00Z"
    with counted(app) as said:
        answer = moderator.get(path, script=True)
    told = json.loads(answer.get_data())
    assert told["counts"]["queue"] == told["fresh"] == 2
    assert told["cards"][str(first)] == {"version": 1, "waits": True, "reader": None}
    # Two find out who asks and for which sites; two answer.
    assert len(said) <= 4 + 2, "\n".join(said)
    again = {"If-None-Match": answer.headers["ETag"]}
    assert moderator.client.get(path, headers=again).status_code == 304
    leased = editor.post(f"/desk/comments/{first}/lease", cards=f"{first},{second}")
    assert json.loads(leased.get_data())["cards"][str(first)]["reader"] is None
    changed = moderator.client.get(path, headers=again)
    assert changed.status_code == 200
    assert json.loads(changed.get_data())["cards"][str(first)]["reader"] == "Editor Marlow"
    assert "Editor Marlow is reading this" in text(moderator, "/desk/")
    editor.decide(first)
    standing = json.loads(moderator.get(path).get_data())["cards"][str(first)]
    assert (standing["version"], standing["waits"]) == (2, False)
    assert editor.post("/desk/leave").status_code == 204


def test_nothing_is_told_about_another_newsroom_s_comments(office: Office, moderator: Colleague) -> None:
    foreign = office.comment(thread=office.other_thread)
    assert json.loads(moderator.get(f"/desk/pulse?cards={foreign}").get_data())["cards"] == {}
    assert moderator.post(f"/desk/comments/{foreign}/lease").status_code == 404


def test_what_came_in_is_fetched_as_cards(office: Office, moderator: Colleague) -> None:
    office.comment("Old.", minutes_ago=30)
    page = text(moderator, "/desk/")
    since = unescape(findall(r'data-since="([^"]+)"', page)[0])
    assert cards(text(moderator, f"/desk/?list=waiting&since={since.replace('+', '%2B')}", script=True)) == []
    fresh = office.comment("New.", minutes_ago=-1)
    found = text(moderator, f"/desk/?list=waiting&since={since.replace('+', '%2B')}", script=True)
    assert cards(found) == [fresh]


# ── Many at once ────────────────────────────────────────────────────────────────────────────────────


def test_many_are_decided_and_the_answer_says_which_were_not(
    office: Office, moderator: Colleague, editor: Colleague
) -> None:
    made = [office.comment(f"Letter {i}.", reader=office.reader(f"Reader {'ABC'[i]}")) for i in range(3)]
    editor.decide(made[1])
    picks = [f"{comment}:1" for comment in made]
    answer = moderator.post("/desk/many", script=True, action="refuse", rule=5, note="Calmly.", pick=picks)
    page = answer.get_data(as_text=True)
    assert "2 comments decided. 1 not: Reader B: Editor Marlow published this comment" in page
    assert "Undo all 2" in page
    assert cards(page) == made
    assert page.count("Refused · rule 5") == 2
    assert [office.state(comment)[0] for comment in made] == ["refused", "published", "refused"]
    latest = moderator.post("/desk/undo", script=True).get_data(as_text=True)
    assert "waits again" in latest
    assert office.state(made[2])[0] == "pending"
    assert len(findall("Undo", text(moderator, f"/desk/comments/{made[0]}"))) >= 1


def test_many_without_script_and_what_no_page_sends(office: Office, moderator: Colleague) -> None:
    comment = office.comment()
    assert moderator.post("/desk/many", action="publish", pick=f"{comment}:1").status_code == 303
    assert "1 comment decided." in text(moderator, "/desk/")
    assert moderator.post("/desk/many", action="publish").status_code == 303
    assert "No comment is selected" in text(moderator, "/desk/")
    for pick in ("1", "1:0", "x:1", "99999999999999999999:1", "1:99999999999999999999"):
        assert moderator.post("/desk/many", action="publish", pick=pick).status_code == 400, pick
    assert moderator.post("/desk/many", action="remove", pick="1:1").status_code == 400


def test_all_of_it_is_taken_back_but_for_what_a_colleague_changed_since(
    office: Office, moderator: Colleague, editor: Colleague
) -> None:
    made = [office.comment(f"Letter {i}.", reader=office.reader(f"Reader {'ABCD'[i]}")) for i in range(4)]
    moderator.post("/desk/many", action="publish", pick=[f"{comment}:1" for comment in made])
    page = text(moderator, "/desk/")
    assert "4 comments decided." in page
    assert "Undo all 4" in page
    decisions = findall(r'name="decision" value="(\d+)"', page)
    editor.decide(made[1], "remove", version=2, rule=5)
    # One was taken back by itself already; that is nothing to complain about.
    moderator.post(f"/desk/decisions/{decisions[3]}/undo")
    answer = moderator.post("/desk/many/undo", script=True, decision=decisions)
    said = answer.get_data(as_text=True)
    assert "Undone: 2 comments. 1 not: Reader B: Editor Marlow removed this comment" in said
    assert [office.state(comment)[0] for comment in made] == ["pending", "removed", "pending", "pending"]
    assert cards(said) == made[:3]
    assert editor.post("/desk/many/undo", script=True, decision=decisions[:1]).status_code == 200
    for wrong in ({}, {"decision": "x"}, {"decision": "0"}):
        assert moderator.post("/desk/many/undo", **wrong).status_code == 400, wrong


def test_what_others_decided_is_not_taken_back_with_one_s_own(
    office: Office, moderator: Colleague, editor: Colleague
) -> None:
    comment = office.comment()
    moderator.decide(comment)
    decision = office.ask(select(Decision.id).where(Decision.comment_id == comment))
    page = editor.post("/desk/many/undo", script=True, decision=decision).get_data(as_text=True)
    assert "Undone: 0 comments. 1 not:" in page
    assert office.state(comment) == ("published", 2)


# ── Questions, notes, doubts, asides ────────────────────────────────────────────────────────────────


def test_a_question_moves_the_comment_to_the_others_until_it_is_taken_back(
    office: Office, moderator: Colleague, editor: Colleague
) -> None:
    comment = office.comment()
    page = text(moderator, f"/desk/comments/{comment}?open=ask")
    assert 'name="question"' in page
    parked = moderator.post(f"/desk/comments/{comment}/ask", script=True, question="Irony?")
    assert "data-undecided" not in parked.get_data(as_text=True)
    assert "Take the question back" in parked.get_data(as_text=True)
    assert cards(text(moderator, "/desk/")) == cards(text(editor, "/desk/")) == []
    theirs = text(editor, "/desk/?list=opinion")
    assert cards(theirs) == [comment]
    assert "Moderator Marlow asks:" in theirs
    assert cards(text(moderator, "/desk/?list=opinion")) == []
    assert cards(text(moderator, "/desk/?list=asked")) == [comment]
    assert editor.post(f"/desk/comments/{comment}/take-back", script=True).status_code == 403
    back = moderator.post(f"/desk/comments/{comment}/take-back", script=True)
    assert "data-undecided" in back.get_data(as_text=True)
    assert cards(text(editor, "/desk/")) == [comment]
    empty = moderator.post(f"/desk/comments/{comment}/ask", question=" ")
    assert empty.status_code == 422
    assert "Please write what you would like to know." in empty.get_data(as_text=True)


def test_an_answer_brings_the_comment_back_to_whoever_asked(
    office: Office, moderator: Colleague, editor: Colleague, admin: Colleague
) -> None:
    comment = office.comment()
    moderator.post(f"/desk/comments/{comment}/ask", question="Irony?")
    assert 'value="answer"' in text(editor, "/desk/?list=opinion")
    assert 'value="answer"' not in text(moderator, "/desk/?list=asked")
    assert 'name="body"' in text(editor, f"/desk/comments/{comment}?open=answer")
    empty = editor.post(f"/desk/comments/{comment}/answer", body=" ")
    assert empty.status_code == 422
    assert "Please write your answer." in empty.get_data(as_text=True)
    own = moderator.post(f"/desk/comments/{comment}/answer", body="Yes.")
    assert own.status_code == 403
    answer = editor.post(f"/desk/comments/{comment}/answer", script=True, body="Irony, <surely>.")
    assert "back with Moderator Marlow" in answer.get_data(as_text=True)
    assert office.state(comment) == ("pending", 1)
    for path in ("/desk/", "/desk/?list=asked"):
        page = text(moderator, path)
        assert cards(page) == [comment], path
        assert "Editor Marlow answers:" in page
        assert "Irony, &lt;surely&gt;." in page
        assert "Leave it to everybody" in page
    assert 'data-counted="answers">1<' in text(moderator, "/desk/search")
    assert json.loads(moderator.get("/desk/pulse").get_data())["counts"]["answers"] == 1
    told = json.loads(editor.get("/desk/pulse").get_data())["counts"]
    assert (told["queue"], told["opinion"], told["answers"]) == (0, 0, 0)
    for path in ("/desk/", "/desk/?list=opinion"):
        assert cards(text(editor, path)) == [], path
    # A colleague who was writing at the same time is heard too, and nobody's absence holds it up.
    assert cards(text(admin, "/desk/?list=answered")) == [comment]
    admin.post(f"/desk/comments/{comment}/answer", body="I would say so too.")
    assert "I would say so too." in text(moderator, "/desk/")
    moderator.post(f"/desk/comments/{comment}/ask", question="Really?")
    page = text(editor, "/desk/?list=opinion")
    assert cards(page) == [comment]
    assert "Moderator Marlow asked:" in page
    assert "Irony, &lt;surely&gt;." in page
    editor.decide(comment)
    late = admin.post(f"/desk/comments/{comment}/answer", body="No.")
    assert late.status_code == 409
    assert "Nobody asks about this comment any more." in late.get_data(as_text=True)


def test_an_answered_question_is_left_to_everybody(
    office: Office, moderator: Colleague, editor: Colleague
) -> None:
    comment = office.comment()
    moderator.post(f"/desk/comments/{comment}/ask", question="Irony?")
    editor.post(f"/desk/comments/{comment}/answer", body="Ask the desk.")
    moderator.post(f"/desk/comments/{comment}/take-back")
    assert cards(text(editor, "/desk/")) == [comment]
    assert "Ask the desk." in text(editor, "/desk/")
    assert 'data-counted="answers">0<' in text(moderator, "/desk/")


def test_a_note_is_shown_to_staff_on_the_card(
    office: Office, moderator: Colleague, editor: Colleague
) -> None:
    comment = office.comment()
    answer = moderator.post(f"/desk/comments/{comment}/notes", script=True, body="Wrote the <same> in May.")
    assert "data-undecided" in answer.get_data(as_text=True)
    assert "Wrote the &lt;same&gt; in May." in text(editor, "/desk/")
    assert office.ask(select(CommentNote.name)) == "Moderator Marlow"
    assert moderator.post(f"/desk/comments/{comment}/notes", body="").status_code == 422


def test_a_doubt_from_the_card_parks_it(office: Office, moderator: Colleague) -> None:
    reader = office.reader()
    comment = office.comment(reader=reader)
    answer = moderator.post(
        f"/desk/people/{reader}/identity", script=True, site=office.site, identity="doubt", comment=comment
    )
    assert "To the list" in answer.get_data(as_text=True)
    assert cards(text(moderator, "/desk/?list=doubt")) == [comment]
    assert office.ask(select(IdentityRow.standing).where(IdentityRow.account_id == reader)) is Identity.DOUBT


def test_the_drawer_and_the_conversation_come_on_demand(office: Office, moderator: Colleague) -> None:
    reader = office.reader("Ysolde Brankovic")
    root = office.comment("First of all.", reader=reader)
    moderator.decide(root)
    reply = office.comment("I answer that.", parent=root)
    for number in range(12):
        office.comment(f"Letter {number}.", reader=reader)
    drawer = text(moderator, f"/desk/people/{reader}/drawer", script=True)
    assert "Letter 11." in drawer
    assert "Letter 1." not in drawer, "the last ten"
    refused = office.reader("Bo Falk")
    moderator.decide(office.comment("Once more.", reader=refused), "refuse", rule=10)
    theirs = text(moderator, f"/desk/people/{refused}/drawer", script=True)
    assert theirs.index("Refused · rule 10") < theirs.index("Once more.")
    assert "Ysolde Brankovic" in drawer
    assert "1 published" in drawer
    assert moderator.get(f"/desk/people/{reader}/drawer").headers["Location"] == f"/desk/people/{reader}"
    for script in (True, False):
        page = text(moderator, f"/desk/comments/{reply}/conversation", script=script)
        assert page.index("First of all.") < page.index("I answer that.")
    foreign = office.comment(thread=office.other_thread)
    assert moderator.get(f"/desk/comments/{foreign}/conversation").status_code == 404


def test_the_drawer_shows_the_last_ten_comments(office: Office, moderator: Colleague) -> None:
    reader = office.reader()
    sent = [office.comment(f"Letter number {number} of many.", reader=reader) for number in range(12)]
    drawer = text(moderator, f"/desk/people/{reader}/drawer", script=True)
    assert [f'"/desk/comments/{comment}"' in drawer for comment in sent] == [False] * 2 + [True] * 10


# ── Notes kept ready ────────────────────────────────────────────────────────────────────────────────


def test_a_note_kept_ready_fills_a_refusal(office: Office, moderator: Colleague, editor: Colleague) -> None:
    fields = {"rule": 5, "language": "fr", "label": "Majuscules", "body": "Sans majuscules, merci."}
    assert editor.post(f"/desk/notes/add/{office.site}", **fields).status_code == 303
    assert "Kept ready: Majuscules" in text(editor, "/desk/notes")
    english = {**fields, "language": "en", "label": "Capitals", "body": "No capitals, please."}
    editor.post(f"/desk/notes/add/{office.site}", **english)
    note_id = office.ask(select(CannedNote.id).where(CannedNote.language == "fr"))
    francophone, anglophone = office.reader(language="fr"), office.reader()
    for reader, first in ((francophone, "Majuscules"), (anglophone, "Capitals")):
        page = text(moderator, f"/desk/comments/{office.comment(reader=reader)}?open=refuse")
        assert min(("Majuscules", "Capitals"), key=page.index) == first
    comment = office.comment("Encore une lettre.", reader=francophone)
    moderator.decide(comment, "refuse", rule=5, canned=note_id)
    assert (
        office.ask(select(Decision.note).where(Decision.comment_id == comment)) == "Sans majuscules, merci."
    )
    other = office.comment("Et une autre.", reader=francophone)
    moderator.decide(other, "refuse", rule=5, canned=note_id, note="À ma façon.")
    assert office.ask(select(Decision.note).where(Decision.comment_id == other)) == "À ma façon."
    assert moderator.get("/desk/notes").status_code == 403
    wrong = editor.post(f"/desk/notes/{note_id}", **{**fields, "label": ""})
    assert wrong.status_code == 422
    assert "Sans majuscules, merci." in wrong.get_data(as_text=True)
    editor.post(f"/desk/notes/{note_id}", **{**fields, "label": "Sans cris"})
    assert "Sans cris" in text(editor, "/desk/notes")
    editor.post(f"/desk/notes/{note_id}/remove")
    text(editor, "/desk/")
    assert "Sans cris" not in text(editor, "/desk/notes")


def test_every_list_is_one_press_after_g(editor: Colleague) -> None:
    page = text(editor, "/desk/?list=doubt&order=newest")
    letters = findall(r'data-go="(\w)"', page)
    assert len(letters) == len(set(letters)) == 21
    assert findall(r'data-go="(\w)" aria-current="page"', page) == ["i"]
    assert findall(r'data-go="(\w)" aria-current="page"', text(editor, "/desk/search?state=refused&q=x")) == [
        "f"
    ]
