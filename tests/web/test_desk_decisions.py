"""Decisions at the desk: made by key or by form, refused when stale, and taken back."""

import pytest
from flask import Flask
from sqlalchemy import Select, select

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from widget import clock
from widget.models import Account, Ban, Decision, Identity, IdentityRow, OutboxMail


@pytest.fixture
def office(app: Flask) -> Office:
    """Two sites with a moderator and an editor on the first."""
    return Office(app, ("moderator", "editor"))


@pytest.fixture
def moderator(app: Flask, office: Office) -> Colleague:
    """The moderator, signed in."""
    return Colleague.at(Client(app), office.staff["moderator"])


@pytest.fixture
def editor(app: Flask, office: Office) -> Colleague:
    """The editor, signed in."""
    return Colleague.at(Client(app), office.staff["editor"])


def test_publishing_shows_the_card_in_one_line_with_undo(office: Office, moderator: Colleague) -> None:
    comment = office.comment()
    answer = moderator.decide(comment, script=True)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Published: Noor Lindqvist" in page
    assert "Undo" in page
    assert "data-undecided" not in page
    assert office.state(comment) == ("published", 2)


def test_a_plain_form_leads_back_to_the_queue_with_a_notice(office: Office, moderator: Colleague) -> None:
    comment = office.comment()
    answer = moderator.decide(comment)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/")
    page = moderator.get("/desk/").get_data(as_text=True)
    assert "Published: Noor Lindqvist" in page
    undo = f"/desk/decisions/{office.ask(_latest())}/undo"
    assert undo in page
    assert moderator.post(undo).status_code == 303
    assert office.state(comment) == ("pending", 3)
    assert "waits again" in moderator.get("/desk/").get_data(as_text=True)


def test_an_undo_says_that_the_writer_has_been_told_already(office: Office, moderator: Colleague) -> None:
    """Here, in the answer for many at once, and in the history of the comment."""
    told, other = office.comment("Told."), office.comment("Other.")
    taken = []
    for comment in (told, other):
        moderator.decide(comment, "refuse", rule=5)
        taken.append(office.ask(_latest()))
    with office.work() as session:
        for mail in session.scalars(select(OutboxMail).where(OutboxMail.decision_id == taken[0])):
            mail.sent_at = clock.now()
    answer = moderator.post("/desk/many/undo", decision=taken, script=True).get_data(as_text=True)
    assert "Undone: 2 comments. 1 writer has been told already." in answer
    assert "had been told before" in moderator.get(f"/desk/comments/{told}").get_data(as_text=True)
    assert "had been told before" not in moderator.get(f"/desk/comments/{other}").get_data(as_text=True)
    moderator.decide(told, "publish", version=3)
    with office.work() as session:
        for mail in session.scalars(
            select(OutboxMail).where(OutboxMail.decision_id == _latest().scalar_subquery())
        ):
            mail.sent_at = clock.now()
    answer = moderator.post("/desk/undo", script=True).get_data(as_text=True)
    assert "waits again. The writer has been told already." in answer


def test_what_was_taken_back_stands_as_before_and_the_history_says_so(
    office: Office, moderator: Colleague
) -> None:
    reader = office.reader()
    comment = office.comment(reader=reader)
    moderator.decide(comment)
    moderator.decide(comment, "remove", version=2, rule=7)
    line = moderator.post("/desk/undo", script=True).get_data(as_text=True)
    assert '<strong class="outcome outcome-published">Published</strong>' in line
    for path in (f"/desk/comments/{comment}", f"/desk/people/{reader}"):
        page = moderator.get(path).get_data(as_text=True)
        assert '<span class="outcome outcome-published">Published</span>' in page
        assert "Taken back" in page
    drawer = moderator.get(f"/desk/people/{reader}/drawer", script=True).get_data(as_text=True)
    assert '<span class="outcome outcome-published">Published</span>' in drawer


def test_the_refusal_form_stands_on_a_page_of_its_own_without_script(
    office: Office, moderator: Colleague
) -> None:
    comment = office.comment()
    page = moderator.get(f"/desk/comments/{comment}?open=refuse").get_data(as_text=True)
    assert f'action="/desk/comments/{comment}/decide"' in page
    assert 'type="radio" name="rule" value="5"' in page
    assert moderator.decide(comment, "refuse", rule=5, note="Please without capitals.").status_code == 303
    assert office.state(comment) == ("refused", 2)


def test_a_stale_decision_names_who_was_faster(
    office: Office, moderator: Colleague, editor: Colleague
) -> None:
    comment = office.comment()
    assert editor.decide(comment, script=True).status_code == 200
    for script in (True, False):
        answer = moderator.decide(comment, "refuse", rule=5, script=script)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "Editor Marlow published this comment" in page
        assert "ago." in page
    assert office.state(comment) == ("published", 2)


def test_an_edited_comment_is_shown_anew_and_not_decided(office: Office, moderator: Colleague) -> None:
    comment = office.comment()
    answer = moderator.decide(comment, version=7, script=True)
    assert answer.status_code == 409
    assert "data-undecided" in answer.get_data(as_text=True)
    assert office.state(comment) == ("pending", 1)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose the rule"),
        ({"rule": 15}, "cannot be cited"),
        ({"rule": 3}, "cannot be cited"),
        ({"rule": 99}, "cannot be cited"),
        ({"rule": 14}, "needs a note"),
    ],
)
def test_a_refusal_rests_on_a_rule_that_can_be_cited(
    office: Office, moderator: Colleague, fields: dict[str, object], sentence: str
) -> None:
    comment = office.comment()
    for script in (True, False):
        answer = moderator.decide(comment, "refuse", script=script, **fields)
        assert answer.status_code == 422
        assert sentence in answer.get_data(as_text=True)
    assert office.state(comment) == ("pending", 1)


def test_what_was_typed_comes_back_with_the_sentence(office: Office, moderator: Colleague) -> None:
    comment = office.comment()
    page = moderator.decide(comment, "refuse", private_note="Third time <b>this</b> week.").get_data(
        as_text=True
    )
    assert "Third time &lt;b&gt;this&lt;/b&gt; week." in page


def test_rule_14_with_a_note_refuses(office: Office, moderator: Colleague) -> None:
    comment = office.comment()
    answer = moderator.decide(comment, "refuse", rule=14, note="We have had this letter before.", script=True)
    assert "Refused · rule 14" in answer.get_data(as_text=True)
    assert office.state(comment) == ("refused", 2)


def test_a_reply_waits_for_its_parent(office: Office, moderator: Colleague) -> None:
    parent = office.comment("The board at the pier has been broken since autumn.")
    moderator.decide(parent)
    reply = office.comment("It stands behind the kiosk now.", parent=parent)
    moderator.post("/desk/undo", script=True)
    assert office.state(parent)[0] == "pending"
    queue = moderator.get("/desk/").get_data(as_text=True)
    assert "the comment it answers is still waiting" in queue
    answer = moderator.decide(reply, script=True)
    assert answer.status_code == 422
    assert "Decide that one first" in answer.get_data(as_text=True)
    assert office.state(reply) == ("pending", 1)


def test_doubt_about_a_person_bars_publication(office: Office, moderator: Colleague) -> None:
    reader = office.reader("Étienne Roy", "Magog")
    comment = office.comment(reader=reader)
    with office.work() as session:
        session.add(IdentityRow(account_id=reader, site_id=office.site, standing=Identity.DOUBT))
    assert "Identity in doubt" in moderator.get("/desk/").get_data(as_text=True)
    assert moderator.decide(comment, script=True).status_code == 422
    assert office.state(comment) == ("pending", 1)


def test_undo_takes_back_the_latest_and_keeps_the_mail_at_home(office: Office, moderator: Colleague) -> None:
    first, second = office.comment("One letter about the ferry."), office.comment("Another one.")
    moderator.decide(first, script=True)
    moderator.decide(second, "refuse", rule=5, script=True)
    answer = moderator.post("/desk/undo", script=True)
    assert f'data-card="{second}"' in answer.get_data(as_text=True)
    assert "data-undecided" in answer.get_data(as_text=True)
    assert office.state(second)[0] == "pending"
    assert moderator.post("/desk/undo", script=True).status_code == 200
    assert office.state(first)[0] == "pending"
    assert "nothing to undo" in moderator.post("/desk/undo", script=True).get_data(as_text=True)
    assert office.ask(select(OutboxMail.id)) is not None
    assert office.ask(select(OutboxMail.id).where(OutboxMail.cancelled_at.is_(None))) is None


def test_nobody_undoes_a_colleagues_decision(office: Office, moderator: Colleague, editor: Colleague) -> None:
    comment = office.comment()
    editor.decide(comment)
    decision = office.ask(_latest())
    assert moderator.post(f"/desk/decisions/{decision}/undo", script=True).status_code == 403
    assert "nothing to undo" in moderator.post("/desk/undo", script=True).get_data(as_text=True)
    assert office.state(comment)[0] == "published"


def test_nobody_decides_their_own_comment(office: Office, moderator: Colleague) -> None:
    account = office.ask(_account("moderator@harbour.example"))
    comment = office.comment(reader=account)
    answer = moderator.decide(comment, script=True)
    assert answer.status_code == 403
    assert "Nobody decides their own comment" in answer.get_data(as_text=True)
    assert office.state(comment)[0] == "pending"


@pytest.mark.parametrize(
    ("who", "term", "status"),
    [
        ("moderator", "24h", 200),
        ("moderator", "7d", 200),
        ("moderator", "30d", 403),
        ("moderator", "forever", 403),
        ("editor", "30d", 200),
        ("editor", "forever", 200),
        ("editor", "a while", 422),
    ],
)
def test_bans_by_role_and_term(app: Flask, office: Office, who: str, term: str, status: int) -> None:
    colleague = Colleague.at(Client(app), office.staff[who])
    reader = office.reader()
    waiting = office.comment(reader=reader)
    fields = {"site": office.site, "term": term, "rule": 7, "comment": waiting}
    answer = colleague.post(f"/desk/people/{reader}/ban", script=True, **fields)
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert (office.ask(_ban_of(reader)) is not None) == (status == 200)
    assert office.state(waiting)[0] == ("refused" if status == 200 else "pending")


def test_a_ban_may_leave_what_waits_and_is_lifted(office: Office, moderator: Colleague) -> None:
    reader = office.reader()
    waiting = office.comment(reader=reader)
    fields = {"site": office.site, "term": "24h", "rule": 7, "waiting": "leave"}
    page = moderator.post(f"/desk/people/{reader}/ban", **fields)
    assert page.status_code == 303
    assert office.state(waiting)[0] == "pending"
    ban = office.ask(_ban_of(reader))
    assert f"/desk/bans/{ban}/lift" in moderator.get(f"/desk/people/{reader}").get_data(as_text=True)
    assert moderator.post(f"/desk/bans/{ban}/lift").status_code == 303
    assert office.ask(select(Ban.lifted_at).where(Ban.id == ban)) is not None


def test_everywhere_is_for_an_admin_of_all_sites(office: Office, editor: Colleague) -> None:
    reader = office.reader()
    office.comment(reader=reader)
    fields = {"site": office.site, "term": "24h", "rule": 7, "everywhere": "y"}
    answer = editor.post(f"/desk/people/{reader}/ban", **fields)
    assert answer.status_code == 403
    assert "Only an administrator of all sites" in answer.get_data(as_text=True)


@pytest.mark.parametrize("version", ["", "0", "-1", "two", "99999999999"])
def test_a_version_that_no_page_sends_is_a_bad_request(
    office: Office, moderator: Colleague, version: str
) -> None:
    comment = office.comment()
    fields = {"action": "publish", "expected_version": version}
    assert moderator.post(f"/desk/comments/{comment}/decide", **fields).status_code == 400
    assert office.state(comment) == ("pending", 1)


@pytest.mark.parametrize("action", ["withdraw", "undo", "nonsense"])
def test_the_desk_does_only_what_staff_do(office: Office, moderator: Colleague, action: str) -> None:
    comment = office.comment()
    assert moderator.decide(comment, action, script=True).status_code == 422
    assert office.state(comment) == ("pending", 1)


def _latest() -> Select[int]:
    return select(Decision.id).order_by(Decision.id.desc()).limit(1)


def _ban_of(account_id: int) -> Select[int]:
    return select(Ban.id).where(Ban.account_id == account_id)


def _account(email: str) -> Select[int]:
    return select(Account.id).where(Account.email_key == email)
