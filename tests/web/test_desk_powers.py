"""Who may do what at the desk: by role, by site, and never with a reader's cookie."""

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from tests.support.client import Client
from tests.support.desk import PASSWORD, Colleague, Office, sign_in
from tests.support.newsroom import hash_of_password
from widget import clock
from widget.models import AuditEntry, Correction, SignInKind, Site, StaffRole, Thread
from widget.services import letterbox, sign_ins
from widget.services.letterbox import Letter
from widget.web import access

ROLES = ("moderator", "editor", "admin", "admin-everywhere")


class Things(NamedTuple):
    """One of everything, on one site."""

    site: int
    thread: int
    comment: int
    published: int
    person: int
    report: int
    correction: int
    appeal: int
    merged: int
    own: bool
    title: str
    url: str


class Act(NamedTuple):
    """Something staff do: the address, the fields, and which roles may on their own site."""

    name: str
    path: Callable[[Things], str]
    fields: Callable[[Things], dict[str, object]] = lambda _: {}
    roles: tuple[str, ...] = ROLES


SENIOR = ("editor", "admin", "admin-everywhere")

# The policy of docs/words.md, "People", as the desk's addresses carry it out.
ACTS = (
    Act(
        "publish",
        lambda t: f"/desk/comments/{t.comment}/decide",
        lambda _: {"action": "publish", "expected_version": 1},
    ),
    Act(
        "refuse",
        lambda t: f"/desk/comments/{t.comment}/decide",
        lambda _: {"action": "refuse", "expected_version": 1, "rule": 5},
    ),
    Act(
        "remove",
        lambda t: f"/desk/comments/{t.published}/decide",
        lambda _: {"action": "remove", "expected_version": 2, "rule": 5},
    ),
    Act(
        "ban a week",
        lambda t: f"/desk/people/{t.person}/ban",
        lambda t: {"site": t.site, "term": "7d", "rule": 7},
    ),
    Act(
        "ban for good",
        lambda t: f"/desk/people/{t.person}/ban",
        lambda t: {"site": t.site, "term": "forever", "rule": 7},
        SENIOR,
    ),
    Act(
        "doubt",
        lambda t: f"/desk/people/{t.person}/identity",
        lambda t: {"site": t.site, "identity": "doubt"},
    ),
    Act(
        "ask",
        lambda t: f"/desk/people/{t.person}/identity/ask",
        lambda t: {"site": t.site, "question": "Is this your name?"},
    ),
    Act(
        "note",
        lambda t: f"/desk/people/{t.person}/notes",
        lambda t: {"site": t.site, "body": "Wrote to us before."},
    ),
    Act("close a thread", lambda t: f"/desk/threads/{t.thread}/close"),
    Act(
        "verify a thread",
        lambda t: f"/desk/threads/{t.thread}/verify",
        lambda t: {"title": t.title, "url": t.url},
    ),
    Act("schedule", lambda t: f"/desk/threads/{t.thread}/schedule", lambda _: {"at": "2199-12-24T18:00"}),
    Act(
        "rename a thread",
        lambda t: f"/desk/threads/{t.thread}/rename",
        lambda t: {"title": "The ferry", "url": f"https://{'harbour' if t.own else 'hill'}.example/ferry"},
    ),
    Act("switch off", lambda t: f"/desk/threads/{t.thread}/off", roles=SENIOR),
    Act("switch on", lambda t: f"/desk/threads/{t.thread}/on", roles=SENIOR),
    Act(
        "merge",
        lambda t: f"/desk/threads/{t.merged}/merge",
        lambda t: {"target": f"/desk/threads/{t.thread}", "sure": "y"},
        SENIOR,
    ),
    Act(
        "close a site",
        lambda t: f"/desk/sites/{t.site}/close",
        lambda _: {"notice": "Back on Monday."},
        SENIOR,
    ),
    Act(
        "decide an appeal",
        lambda t: f"/desk/appeals/{t.appeal}/handle",
        lambda _: {"outcome": "lifted"},
        SENIOR,
    ),
    Act(
        "change settings",
        lambda t: f"/desk/settings/{t.site}",
        lambda _: {"was-comment_length": "2000", "comment_length": "1500"},
        SENIOR,
    ),
    Act(
        "change origins",
        lambda t: f"/desk/settings/{t.site}",
        lambda t: {
            "was-origins": "https://x.example",
            "origins": f"https://{'harbour' if t.own else 'hill'}.example",
        },
        ("admin", "admin-everywhere"),
    ),
    Act("keep a look", lambda t: f"/desk/settings/{t.site}/look", lambda _: {"theme": "dark"}, SENIOR),
    Act("keep", lambda t: f"/desk/reports/{t.report}/keep"),
    Act("handle", lambda t: f"/desk/corrections/{t.correction}/handle"),
)

PAGES = (
    lambda t: f"/desk/comments/{t.comment}",
    lambda t: f"/desk/people/{t.person}",
    lambda t: f"/desk/threads/{t.thread}",
)


@pytest.fixture
def office(app: Flask) -> Office:
    """Two sites without staff."""
    return Office(app)


@pytest.fixture
def publisher(app: Flask, office: Office) -> Colleague:
    """Somebody who may publish on both sites, so that there is something to act upon."""
    office.appoint("editor-everywhere")
    return Colleague.at(Client(app), office.staff["editor-everywhere"])


def things(office: Office, publisher: Colleague, thread: int, site: int) -> Things:
    """Make one of everything on a site."""
    published = office.comment("The bus stops too far from the school.", thread=thread)
    publisher.decide(published)
    person = office.reader("Ilse Marchetti", "Port Sel")
    comment = office.comment(reader=person, thread=thread)
    with office.work() as session:
        letter = Letter("This names a neighbour of mine.")
        report = letterbox.report(session, published, 7, letter, clock.now()).id
    with office.work() as session:
        row = Correction(
            site_id=site,
            article="a",
            url="https://x.example/a",
            title="A bus",
            body="It is a tram.",
            created_at=clock.now(),
        )
        session.add(row)
        session.flush()
        correction = row.id
    appeal, merged = (
        office.appeal("I was quoting the mayor.", site, thread),
        office.make_thread(site, "A thread too many"),
    )
    own = site == office.site
    with office.work() as session:
        named = session.get_one(Thread, thread)
        title, url = named.title, named.url
    return Things(
        site, thread, comment, published, person, report, correction, appeal, merged, own, title, url
    )


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_what_it_may_on_its_own_site_and_nothing_more(
    app: Flask, office: Office, publisher: Colleague, role: str
) -> None:
    office.appoint(role)
    colleague = Colleague.at(Client(app), office.staff[role])
    for act in ACTS:
        if role not in act.roles:
            here = things(office, publisher, office.thread, office.site)
            before = _audit_entries(office)
            answer = colleague.post(act.path(here), **act.fields(here))
            assert answer.status_code == 403, (act.name, answer.status_code)
            assert _audit_entries(office) == before
    for act in ACTS:
        if role in act.roles:
            _reopen_everything(office)
            here = things(office, publisher, office.thread, office.site)
            answer = colleague.post(act.path(here), **act.fields(here))
            assert answer.status_code == 303, (act.name, answer.get_data(as_text=True))


@pytest.mark.parametrize("role", ["moderator", "editor", "admin"])
def test_another_sites_things_are_not_there(
    app: Flask, office: Office, publisher: Colleague, role: str
) -> None:
    office.appoint(role)
    colleague = Colleague.at(Client(app), office.staff[role])
    there = things(office, publisher, office.other_thread, office.other_site)
    before = _audit_entries(office)
    for act in ACTS:
        for script in (True, False):
            answer = colleague.post(act.path(there), script=script, **act.fields(there))
            assert answer.status_code in {403, 404}, (act.name, answer.status_code)
            assert "Ilse" not in answer.get_data(as_text=True)
    for path in PAGES:
        assert colleague.get(path(there)).status_code == 404
    for page in (
        "/desk/",
        "/desk/people",
        "/desk/threads",
        "/desk/reports",
        "/desk/corrections",
        "/desk/doubts",
        "/desk/appeals",
    ):
        text = colleague.get(page).get_data(as_text=True)
        assert "Ilse" not in text
        assert "Hill Courier" not in text
        assert "A bus" not in text
    assert _audit_entries(office) == before


def test_a_foreign_person_is_not_named_by_a_ban_on_ones_own_site(app: Flask, office: Office) -> None:
    office.appoint("editor")
    colleague = Colleague.at(Client(app), office.staff["editor"])
    stranger = office.reader("Ilse Marchetti", "Port Sel")
    office.comment(reader=stranger, thread=office.other_thread)
    answer = colleague.post(f"/desk/people/{stranger}/ban", site=office.site, term="24h", rule=7)
    assert answer.status_code == 404
    assert "Ilse" not in answer.get_data(as_text=True)


def test_nobody_at_the_desk_is_led_to_the_door(app: Flask, office: Office) -> None:
    client = Client(app)
    answer = client.get("/desk/people?q=noor")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/desk/sign-in?next=/desk/people?q%3Dnoor"


def test_a_readers_cookie_has_no_powers_at_the_desk(app: Flask, office: Office) -> None:
    office.appoint("admin-everywhere")
    client = Client(app)
    assert sign_in(client, office.staff["admin-everywhere"], PASSWORD).status_code == 303
    assert client.get("/desk/").status_code == 200
    # The same person as a reader: that token, put into the very cookie of the desk.
    with office.work() as session:
        account = session.scalars(select(StaffRole.account_id)).one()
        token, _ = sign_ins.start(session, account, SignInKind.READER, clock.now())
    with client.session_transaction("/desk/", base_url="http://127.0.0.1:8000") as kept:
        kept["_user_id"] = token
    assert client.get("/desk/").status_code == 302
    assert client.post("/desk/undo", headers={"Sec-Fetch-Site": "same-origin"}).status_code in {400, 401}


def test_the_door_gives_nothing_away(app: Flask, office: Office) -> None:
    office.appoint("moderator")
    office.reader(email="noor@post.example", email_key="noor@post.example", password_hash=hash_of_password())
    answers = []
    for email, password in (
        ("nobody@post.example", PASSWORD),
        (office.staff["moderator"], "wrong words in a row"),
        # A reader's own right password: no role, so the same answer as a wrong one.
        ("noor@post.example", PASSWORD),
        ("not an address", PASSWORD),
    ):
        answer = sign_in(Client(app), email, password)
        page = answer.get_data(as_text=True).replace(email, "…")
        answers.append((answer.status_code, _without_token(page)))
    assert answers[0][0] == 422
    assert len(set(answers)) == 1


@pytest.mark.parametrize(
    ("onward", "leads_to"),
    [
        ("/desk/threads?q=ferry", "/desk/threads?q=ferry"),
        ("https://elsewhere.example/desk/", "/desk/"),
        ("//elsewhere.example/desk/", "/desk/"),
        ("/desk//elsewhere.example", "/desk/"),
        ("/\\elsewhere.example", "/desk/"),
        ("/desk/\r\nSet-Cookie: a=b", "/desk/"),
        ("/account/forgotten", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
    ],
)
def test_the_door_leads_only_to_the_desk(app: Flask, office: Office, onward: str, leads_to: str) -> None:
    office.appoint("moderator")
    answer = sign_in(Client(app), office.staff["moderator"], PASSWORD, next=onward)
    assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)


def test_guessing_is_stopped(app: Flask, office: Office) -> None:
    client = Client(app)
    statuses = [sign_in(client, "", "").status_code for _ in range(12)]
    assert statuses[0] == 422
    assert statuses[-1] == 429


def test_after_signing_out_and_after_losing_the_role_the_next_request_is_refused(
    app: Flask, office: Office
) -> None:
    office.appoint("moderator")
    colleague = Colleague.at(Client(app), office.staff["moderator"])
    assert colleague.post("/desk/sign-out").status_code == 303
    assert colleague.get("/desk/").status_code == 302
    again = Colleague.at(Client(app), office.staff["moderator"])
    with office.work() as session:
        session.execute(delete(StaffRole))
    assert again.get("/desk/").status_code == 403


def test_every_address_of_the_desk_stands_in_the_map(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("desk.")}
    assert endpoints == access.DESK.keys() | access.DESK_DOOR


def test_a_form_from_elsewhere_changes_nothing(app: Flask, office: Office) -> None:
    office.appoint("moderator")
    colleague = Colleague.at(Client(app), office.staff["moderator"])
    comment = office.comment()
    fields = {"csrf_token": colleague.token, "action": "publish", "expected_version": 1}
    path = f"/desk/comments/{comment}/decide"
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
        {},
    ):
        assert colleague.client.post(path, data=fields, headers=headers).status_code == 403
    fields["csrf_token"] = "made up"
    answer = colleague.client.post(path, data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400
    assert office.state(comment) == ("pending", 1)


def _audit_entries(office: Office) -> int:
    return office.ask(select(func.count()).select_from(AuditEntry)) or 0


def _reopen_everything(office: Office) -> None:
    with office.work() as session:
        for row in (session.get_one(Site, office.site), session.get_one(Thread, office.thread)):
            row.closed_at = row.closed_notice = None
        session.get_one(Thread, office.thread).off_at = None


def _without_token(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)
