"""The staff pages: which administrator reaches what, what others get instead, and how somebody joins."""

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.client import Client
from tests.support.desk import PASSWORD, Colleague, Office, sign_in, token_of
from widget import clock
from widget.mail import links
from widget.models import Account, AuditEntry, Invitation, OutboxMail, Role, StaffRole
from widget.services import invitations, staff
from widget.services.invitations import Offer

FORM = {"Sec-Fetch-Site": "same-origin"}
WORDS = "nine lanterns beyond the mill"


class Things(NamedTuple):
    """A colleague and an invitation of one site."""

    site: int
    colleague: int
    invitation: int


ACTS: tuple[tuple[str, Callable[[Things], str], Callable[[Things], dict[str, object]]], ...] = (
    ("again", lambda t: f"/desk/staff/invitations/{t.invitation}/again", lambda t: {}),
    ("revoke", lambda t: f"/desk/staff/invitations/{t.invitation}/revoke", lambda t: {}),
    (
        "invite",
        lambda t: "/desk/staff/invitations",
        lambda t: {"email": "ida@post.example", "role": "editor", "site": t.site},
    ),
    (
        "role",
        lambda t: f"/desk/staff/{t.colleague}/role",
        lambda t: {"role": "editor", "site": t.site},
    ),
    ("sign out", lambda t: f"/desk/staff/{t.colleague}/sign-out", lambda t: {}),
    ("deactivate", lambda t: f"/desk/staff/{t.colleague}/deactivate", lambda t: {}),
)
ROLES = ("moderator", "editor", "admin", "admin-everywhere")


@pytest.fixture
def office(app: Flask) -> Office:
    app.test_client_class = Client
    return Office(app, (*ROLES, "moderator-elsewhere", "admin-elsewhere"))


def at_desk(office: Office, name: str) -> Colleague:
    return Colleague.at(Client(office.app), office.staff[name])


def account(office: Office, name: str) -> int:
    return office.ask(select(Account.id).where(Account.email == office.staff[name])) or 0


def invited(office: Office, by: str, site: int | None, email: str = "new@post.example") -> int:
    """Invite an address on behalf of a colleague."""
    with office.work() as session:
        known = staff.of(session.scalars(select(Account).where(Account.email == office.staff[by])).one())
        assert known is not None
        offer = Offer(email, "Bo Falk", Role.MODERATOR, site, "en")
        return invitations.invite(session, known, offer, clock.now()).id


def things(office: Office, *, here: bool = True) -> Things:
    site = office.site if here else office.other_site
    who = "moderator" if here else "moderator-elsewhere"
    return Things(site, account(office, who), invited(office, "admin-everywhere", site))


def entries(office: Office) -> int:
    return office.ask(select(func.count()).select_from(AuditEntry)) or 0


def invitation_link(office: Office, invitation_id: int) -> str:
    with office.work() as session:
        return links.invitation(session.get_one(Invitation, invitation_id)).removeprefix(
            "http://127.0.0.1:8000"
        )


@pytest.mark.parametrize("role", ROLES)
def test_only_administrators_manage_staff(office: Office, role: str) -> None:
    colleague, known = at_desk(office, role), things(office)
    may = role.startswith("admin")
    pages = ("/desk/staff", f"/desk/staff/{known.colleague}")
    assert [colleague.get(page).status_code for page in pages] == [200 if may else 403] * 2
    assert ('href="/desk/staff"' in colleague.get("/desk/").get_data(as_text=True)) is may
    before = entries(office)
    for name, path, fields in ACTS:
        if name == "revoke":
            known = known._replace(invitation=invited(office, "admin-everywhere", office.site))
            before = entries(office)
        answer = colleague.post(path(known), **fields(known))
        assert answer.status_code == (303 if may else 403), (name, answer.get_data(as_text=True))
        assert (entries(office) > before) is may, name
        before = entries(office)


def test_what_is_another_sites_is_not_there(office: Office) -> None:
    colleague, there = at_desk(office, "admin"), things(office, here=False)
    before = entries(office)
    for name, path, fields in ACTS:
        assert colleague.post(path(there), **fields(there)).status_code == 404, name
    assert colleague.get(f"/desk/staff/{there.colleague}").status_code == 404
    page = colleague.get("/desk/staff").get_data(as_text=True)
    for stranger in ("Moderator Elsewhere", "Admin Elsewhere", "new@post.example", "Hill Courier"):
        assert stranger not in page
    assert entries(office) == before


def test_all_sites_are_not_an_administrator_of_ones_to_give(office: Office) -> None:
    colleague, known = at_desk(office, "admin"), things(office)
    before = entries(office)
    for path, fields in (
        (f"/desk/staff/{known.colleague}/role", {"role": "moderator", "site": ""}),
        (f"/desk/staff/{known.colleague}/role", {"role": "moderator", "site": office.other_site}),
        ("/desk/staff/invitations", {"email": "ida@post.example", "role": "admin", "site": ""}),
        (f"/desk/staff/{account(office, 'admin-everywhere')}/deactivate", {}),
        (f"/desk/staff/{account(office, 'admin')}/deactivate", {}),
        (f"/desk/staff/{account(office, 'admin')}/role", {"role": "", "site": office.site}),
    ):
        assert colleague.post(path, **fields).status_code in {403, 422}, path
    assert entries(office) == before
    page = colleague.get("/desk/staff").get_data(as_text=True)
    assert '<option value="">' not in page


@pytest.mark.parametrize(
    "fields",
    [{"role": "owner", "site": "1"}, {"role": "editor", "site": "x"}, {"role": "editor", "site": "9" * 30}],
)
def test_what_no_page_sends_is_a_bad_request(office: Office, fields: dict[str, object]) -> None:
    colleague = at_desk(office, "admin-everywhere")
    assert colleague.post(f"/desk/staff/{account(office, 'moderator')}/role", **fields).status_code == 400
    assert colleague.post("/desk/staff/invitations", email="a@b.example", **fields).status_code == 400


def test_a_colleague_who_loses_the_role_is_out_at_the_next_request(office: Office) -> None:
    chief, moderator = at_desk(office, "admin"), at_desk(office, "moderator")
    assert moderator.get("/desk/").status_code == 200
    path = f"/desk/staff/{account(office, 'moderator')}/deactivate"
    answer = chief.post(path)
    assert answer.headers["Location"] == "/desk/staff"
    assert moderator.get("/desk/").status_code == 302
    assert moderator.post("/desk/undo").status_code in {400, 401}
    assert sign_in(Client(office.app), office.staff["moderator"], PASSWORD).status_code == 422
    editor = at_desk(office, "editor")
    assert editor.post(f"/desk/sites/{office.site}/close", notice="So.").status_code == 303
    chief.post(f"/desk/staff/{account(office, 'editor')}/role", role="moderator", site=office.site)
    assert editor.post(f"/desk/sites/{office.site}/reopen").status_code == 403


def test_a_declined_invitation_keeps_what_was_typed(office: Office) -> None:
    colleague = at_desk(office, "admin")
    answer = colleague.post(
        "/desk/staff/invitations", email="nobody", name="Ida Quist", role="editor", site=office.site
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="nobody"' in page
    assert 'value="Ida Quist"' in page
    assert '<option value="editor" selected>' in page


def test_a_form_from_elsewhere_changes_nothing(office: Office) -> None:
    colleague, known = at_desk(office, "admin"), things(office)
    before = entries(office)
    for _, path, fields in ACTS:
        data = {"csrf_token": colleague.token, **fields(known)}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {}):
            assert colleague.client.post(path(known), data=data, headers=headers).status_code == 403
        data["csrf_token"] = "made up"
        assert colleague.client.post(path(known), data=data, headers=FORM).status_code == 400
    assert entries(office) == before


# ── Joining ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_invited_person_joins_and_signs_in(office: Office) -> None:
    at_desk(office, "admin").post(
        "/desk/staff/invitations", email="Ida@post.example", name="Ida Quist", role="editor", site=office.site
    )
    mail = office.ask(select(OutboxMail).where(OutboxMail.template == "invitation"))
    assert mail is not None
    path = invitation_link(office, office.ask(select(Invitation.id)) or 0)
    client = Client(office.app)
    page = client.get(path)
    assert 'value="Ida Quist"' in page.get_data(as_text=True)
    data = {"csrf_token": token_of(page), "name": "Ida Quist", "place": "", "password": "short"}
    refused = client.post(path, data=data, headers=FORM)
    assert refused.status_code == 422
    assert "15 characters" in refused.get_data(as_text=True)
    data |= {"place": "Hamar", "password": WORDS}
    assert client.post(path, data=data, headers=FORM).status_code == 303
    assert "on the staff" in client.get(path).get_data(as_text=True)
    # Pressing again does no harm, and nobody is signed in by the link.
    assert client.post(path, data=data, headers=FORM).status_code == 200
    assert client.get("/desk/").status_code == 302
    assert sign_in(client, "ida@post.example", WORDS).status_code == 303
    assert client.get("/desk/").status_code == 200


def test_a_reader_joins_with_the_password_there_is(office: Office) -> None:
    from tests.support.newsroom import hash_of_password

    reader = office.reader(
        email="new@post.example", email_key="new@post.example", password_hash=hash_of_password()
    )
    path = invitation_link(office, invited(office, "admin", office.site))
    client = Client(office.app)
    page = client.get(path)
    assert "Noor Lindqvist" in page.get_data(as_text=True)
    assert 'name="place"' not in page.get_data(as_text=True)
    data = {"csrf_token": token_of(page), "password": "wrong words in a row"}
    assert client.post(path, data=data, headers=FORM).status_code == 422
    assert client.post(path, data={**data, "password": PASSWORD}, headers=FORM).status_code == 303
    assert office.ask(select(StaffRole.role).where(StaffRole.account_id == reader)) is Role.MODERATOR


def test_an_address_that_was_invited_already_is_said_to_be(office: Office) -> None:
    admin = at_desk(office, "admin")
    offer = {"email": "new@post.example", "name": "", "role": "editor", "site": office.site}
    for sentence in ("An invitation is on its way to new@post.example.", "was invited already"):
        assert admin.post("/desk/staff/invitations", **offer).status_code == 303
        assert sentence in admin.get("/desk/staff").get_data(as_text=True)
    first = office.ask(select(Invitation.id).order_by(Invitation.id)) or 0
    gone = Client(office.app).get(invitation_link(office, first))
    assert gone.status_code == 404
    assert "Please look for a later mail" in gone.get_data(as_text=True)


def test_a_link_that_leads_nowhere(office: Office) -> None:
    client, invitation_id = Client(office.app), invited(office, "admin", office.site)
    path = invitation_link(office, invitation_id)
    assert client.get(path).status_code == 200
    at_desk(office, "admin").post(f"/desk/staff/invitations/{invitation_id}/revoke")
    for gone in (path, path[:-2] + "xx", "/account/invitation/made-up"):
        answer = client.get(gone)
        assert answer.status_code == 404
        assert "does not work any more" in answer.get_data(as_text=True)
        assert not re.search(r"new@post\.example|Bo Falk", answer.get_data(as_text=True))
