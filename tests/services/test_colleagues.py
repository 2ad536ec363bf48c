"""Administrators manage the staff: each within their sites, nobody their own role, and somebody is always left."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.newsroom import NOW, PASSWORD, Newsroom
from tests.support.races import at_once
from widget.errors import Forbidden, NotFound, Refusal, Refusals
from widget.models import Account, AuditEntry, Invitation, OutboxMail, Role, SignInKind, StaffRole
from widget.moderation.permissions import Staff
from widget.services import colleagues, credentials, invitations, passwords, second_factors, sign_ins, staff
from widget.services.invitations import Answer, Offer
from widget.services.sealing import Seal
from widget.services.tokens import INVITE, lifetime

WORDS = "nine lanterns beyond the mill"


@pytest.fixture
def other_site(newsroom: Newsroom, site_id: int) -> int:
    return newsroom.site("courier")


@pytest.fixture
def chief(newsroom: Newsroom, other_site: int) -> Staff:
    """An administrator of all sites."""
    return newsroom.staff(Role.ADMIN, None, "Chief Ames")


@pytest.fixture
def local(newsroom: Newsroom, site_id: int) -> Staff:
    """An administrator of one site."""
    return newsroom.staff(Role.ADMIN, site_id, "Local Birk")


def roles(newsroom: Newsroom, account_id: int) -> dict[int | None, str]:
    newsroom.session.rollback()
    rows = newsroom.session.scalars(select(StaffRole).where(StaffRole.account_id == account_id))
    return {row.site_id: row.role.value for row in rows}


def outcome(newsroom: Newsroom, act: Callable[[], object]) -> str:
    """Do something and commit it; return the kind of refusal, or "done"."""
    newsroom.session.rollback()
    try:
        act()
    except (Refusal, Refusals) as refusal:
        newsroom.session.rollback()
        return str(refusal)
    newsroom.session.commit()
    return "done"


def audit(newsroom: Newsroom) -> list[tuple[str, str, str, int | None]]:
    newsroom.session.rollback()
    entries = newsroom.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(entry.action, entry.actor_name, entry.subject, entry.site_id) for entry in entries]


def test_roles_are_given_changed_and_taken_on_record(
    newsroom: Newsroom, chief: Staff, moderator: Staff, site_id: int, other_site: int
) -> None:
    session, account_id = newsroom.session, moderator.account_id
    for where, role in ((site_id, Role.EDITOR), (other_site, Role.MODERATOR), (other_site, None)):
        done = outcome(
            newsroom, lambda w=where, r=role: colleagues.set_role(session, chief, account_id, w, r, NOW)
        )
        assert done == "done"
    assert roles(newsroom, account_id) == {site_id: "editor"}
    subject = f"account:{account_id}"
    assert audit(newsroom) == [
        ("staff.role", chief.name, subject, site_id),
        ("staff.role", chief.name, subject, other_site),
        ("staff.deactivate", chief.name, subject, other_site),
    ]


def test_who_leaves_is_signed_out_and_stays_on_record(
    newsroom: Newsroom, chief: Staff, moderator: Staff, site_id: int, reader_id: int
) -> None:
    session = newsroom.session
    comment_id = newsroom.published(moderator, reader_id)
    token, _ = sign_ins.start(session, moderator.account_id, SignInKind.DESK, NOW)
    session.commit()
    assert (
        outcome(newsroom, lambda: colleagues.deactivate(session, chief, moderator.account_id, NOW)) == "done"
    )
    assert roles(newsroom, moderator.account_id) == {}
    assert sign_ins.resolve(session, token, SignInKind.DESK, NOW) is None
    assert [decision.name for decision in newsroom.decisions(comment_id)] == [moderator.name]
    assert moderator.name not in {
        person.account.name for person in colleagues.listed(session, chief, [site_id])
    }


def test_an_administrator_of_one_site_manages_that_site_alone(
    newsroom: Newsroom, local: Staff, chief: Staff, moderator: Staff, site_id: int, other_site: int
) -> None:
    session = newsroom.session
    stranger = newsroom.staff(Role.MODERATOR, other_site)
    both = newsroom.staff(Role.MODERATOR, site_id)
    newsroom.session.rollback()
    assert (
        outcome(
            newsroom,
            lambda: colleagues.set_role(session, chief, both.account_id, other_site, Role.EDITOR, NOW),
        )
        == "done"
    )

    def attempt(account_id: int, where: int | None, role: Role | None) -> str:
        return outcome(newsroom, lambda: colleagues.set_role(session, local, account_id, where, role, NOW))

    assert attempt(stranger.account_id, site_id, Role.EDITOR) == "staff.unknown"
    assert attempt(moderator.account_id, other_site, Role.EDITOR) == "not-permitted"
    assert attempt(moderator.account_id, None, Role.MODERATOR) == "not-permitted"
    assert attempt(chief.account_id, None, None) == "not-permitted"
    assert attempt(moderator.account_id, site_id, Role.ADMIN) == "done"
    for act in (colleagues.deactivate, colleagues.reset_factor, colleagues.sign_out):
        assert outcome(newsroom, lambda a=act: a(session, local, stranger.account_id, NOW)) == "staff.unknown"
        assert outcome(newsroom, lambda a=act: a(session, local, chief.account_id, NOW)) == "not-permitted"
    # Of somebody who works elsewhere too, only what is here is taken, and the account itself is left alone.
    assert (
        outcome(newsroom, lambda: colleagues.reset_factor(session, local, both.account_id, NOW))
        == "not-permitted"
    )
    assert outcome(newsroom, lambda: colleagues.deactivate(session, local, both.account_id, NOW)) == "done"
    assert roles(newsroom, both.account_id) == {other_site: "editor"}


def test_what_an_administrator_of_one_site_sees(
    newsroom: Newsroom, local: Staff, chief: Staff, moderator: Staff, site_id: int, other_site: int
) -> None:
    session = newsroom.session
    stranger = newsroom.staff(Role.MODERATOR, other_site, "Elsewhere Only")
    outcome(
        newsroom,
        lambda: colleagues.set_role(session, chief, moderator.account_id, other_site, Role.EDITOR, NOW),
    )
    seen = {person.account.name: person for person in colleagues.listed(session, local, [site_id])}
    assert set(seen) == {local.name, chief.name, moderator.name}
    assert seen[moderator.name].roles == {site_id: Role.MODERATOR}
    assert (seen[moderator.name].wholly, seen[local.name].wholly) == (False, True)
    assert seen[moderator.name].seen_at == NOW
    with pytest.raises(NotFound):
        colleagues.one(session, local, stranger.account_id, [site_id])


@pytest.mark.parametrize("act", ["role", "deactivate", "reset", "sign-out"])
def test_nobody_does_it_to_themselves(newsroom: Newsroom, chief: Staff, act: str) -> None:
    session, account_id = newsroom.session, chief.account_id
    acts: dict[str, Callable[[], object]] = {
        "role": lambda: colleagues.set_role(session, chief, account_id, None, Role.EDITOR, NOW),
        "deactivate": lambda: colleagues.deactivate(session, chief, account_id, NOW),
        "reset": lambda: colleagues.reset_factor(session, chief, account_id, NOW),
        "sign-out": lambda: colleagues.sign_out(session, chief, account_id, NOW),
    }
    assert outcome(newsroom, acts[act]) == "staff.own"
    assert roles(newsroom, account_id) == {None: "admin"}


def test_two_administrators_cannot_dismiss_each_other(app: Flask, newsroom: Newsroom, site_id: int) -> None:
    for _ in range(5):
        one, two = newsroom.staff(Role.ADMIN, None), newsroom.staff(Role.ADMIN, None)
        newsroom.session.rollback()

        def dismiss(by: Staff, whom: Staff) -> Callable[[Session], object]:
            return lambda session: colleagues.deactivate(session, by, whom.account_id, NOW).id

        outcomes = at_once(app, dismiss(one, two), dismiss(two, one))
        refused = [result for result in outcomes if isinstance(result, Exception)]
        assert len(refused) == 1
        assert isinstance(refused[0], Forbidden)
        assert len({*roles(newsroom, one.account_id), *roles(newsroom, two.account_id)}) == 1


def test_a_lost_second_factor_is_reset(newsroom: Newsroom, local: Staff, moderator: Staff) -> None:
    session, secret, seal = newsroom.session, bytes(20), Seal("k" * 32)
    code = second_factors.code_at(secret, second_factors.step_at(NOW))
    second_factors.enrol(session, seal, moderator, secret, code, None, NOW)
    session.commit()
    assert (
        outcome(newsroom, lambda: colleagues.reset_factor(session, local, moderator.account_id, NOW))
        == "done"
    )
    assert second_factors.of(session, moderator.account_id) is None
    told = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert told is not None
    assert told.params["what"] == "reset"
    assert (
        outcome(newsroom, lambda: colleagues.reset_factor(session, local, moderator.account_id, NOW))
        == "factor.unknown"
    )


# ── Invitations ───────────────────────────────────────────────────────────────────────────────────────


def invited(newsroom: Newsroom, by: Staff, where: int | None, email: str = "ida@post.example") -> int:
    newsroom.session.rollback()
    offer = Offer(email, "Ida Quist", Role.EDITOR, where, "en")
    made = invitations.invite(newsroom.session, by, offer, NOW).id
    newsroom.session.commit()
    return made


def accepts(newsroom: Newsroom, invitation_id: int, **changes: str) -> str:
    answer = Answer(**{"name": "Ida Quist", "place": "Hamar", "password": WORDS, "language": "fr", **changes})
    at = NOW + lifetime(INVITE) / 2
    return outcome(newsroom, lambda: invitations.accept(newsroom.session, invitation_id, answer, at))


def test_an_invitation_becomes_an_account_with_a_role(newsroom: Newsroom, local: Staff, site_id: int) -> None:
    invitation_id = invited(newsroom, local, site_id)
    mail = newsroom.session.scalars(select(OutboxMail)).one()
    assert (mail.template, mail.recipient) == ("invitation", "ida@post.example")
    assert accepts(newsroom, invitation_id) == "done"
    account = newsroom.session.scalars(select(Account).where(Account.email_key == "ida@post.example")).one()
    assert account.email_confirmed_at is not None
    assert roles(newsroom, account.id) == {site_id: "editor"}
    assert credentials.authenticate(newsroom.session, "ida@post.example", WORDS) is not None
    subject = f"invitation:{invitation_id}"
    assert audit(newsroom) == [
        ("staff.invite", local.name, subject, site_id),
        ("staff.join", "Ida Quist", subject, site_id),
        ("staff.role", "Ida Quist", f"account:{account.id}", site_id),
    ]
    assert accepts(newsroom, invitation_id) == "invitation.unknown"


def test_a_name_of_an_invited_person_that_does_not_pass_is_no_word_of_their_password(
    newsroom: Newsroom, local: Staff, site_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its length, it would be folded and compared with the password."""
    words: list[list[str]] = []
    monkeypatch.setattr(passwords, "problem", lambda _, own: words.append(own))
    invitation_id = invited(newsroom, local, site_id)
    assert accepts(newsroom, invitation_id, name="Ida Quist " * 20_000) == "name.long"
    assert words == [["Hamar", "ida@post.example"]]


def test_an_account_that_exists_joins_with_its_own_password(
    newsroom: Newsroom, local: Staff, site_id: int
) -> None:
    reader = newsroom.reader(email="ida@post.example")
    invitation_id = invited(newsroom, local, site_id)
    assert accepts(newsroom, invitation_id) == "password.wrong"
    assert roles(newsroom, reader) == {}
    assert accepts(newsroom, invitation_id, password=PASSWORD, name="Somebody Else") == "done"
    assert roles(newsroom, reader) == {site_id: "editor"}
    assert newsroom.session.get_one(Account, reader).name == "Ada Lind"


def test_everything_wrong_with_the_answer_is_said_at_once(
    newsroom: Newsroom, local: Staff, site_id: int
) -> None:
    invitation_id = invited(newsroom, local, site_id)
    answered = accepts(newsroom, invitation_id, name="", place="  ", password="short")
    assert answered == "name.missing, place.missing, password.short"


@pytest.mark.parametrize(
    "end", ["revoked", "expired", "replaced", "inviter left", "demoted", "role taken", "dismissed"]
)
def test_an_invitation_that_ended(
    newsroom: Newsroom, chief: Staff, local: Staff, site_id: int, end: str
) -> None:
    session = newsroom.session
    invitation_id = invited(newsroom, local, site_id)
    if end == "revoked":
        assert outcome(newsroom, lambda: invitations.revoke(session, local, invitation_id, NOW)) == "done"
    elif end == "expired":
        session.get_one(Invitation, invitation_id).expires_at = NOW + lifetime(INVITE) / 2
        session.commit()
    elif end == "replaced":
        invited(newsroom, chief, site_id)
    elif end == "dismissed":
        address = session.get_one(Account, local.account_id).email or ""
        assert outcome(newsroom, lambda: staff.dismiss(session, address, NOW)) == "done"
    elif end == "inviter left":
        assert (
            outcome(newsroom, lambda: colleagues.deactivate(session, chief, local.account_id, NOW)) == "done"
        )
    else:
        role = Role.EDITOR if end == "demoted" else None
        taken = outcome(
            newsroom, lambda: colleagues.set_role(session, chief, local.account_id, site_id, role, NOW)
        )
        assert taken == "done"
        assert invitations.pending(session, chief, [site_id], NOW) == []
    assert accepts(newsroom, invitation_id) == "invitation.unknown"


def test_whoever_sends_an_invitation_again_stands_for_it(
    newsroom: Newsroom, chief: Staff, local: Staff, site_id: int
) -> None:
    invitation_id = invited(newsroom, local, site_id)
    again = outcome(newsroom, lambda: invitations.send_again(newsroom.session, chief, invitation_id, NOW))
    left = outcome(newsroom, lambda: colleagues.deactivate(newsroom.session, chief, local.account_id, NOW))
    assert again == left == accepts(newsroom, invitation_id) == "done"


def test_who_may_invite_whom_to_what(
    newsroom: Newsroom, chief: Staff, local: Staff, editor: Staff, site_id: int, other_site: int
) -> None:
    def attempt(by: Staff, where: int | None, email: str = "ida@post.example") -> str:
        offer = Offer(email, "", Role.MODERATOR, where, "en")
        return outcome(newsroom, lambda: invitations.invite(newsroom.session, by, offer, NOW))

    assert attempt(editor, site_id) == "not-permitted"
    assert attempt(local, None) == "not-permitted"
    assert attempt(local, other_site) == attempt(chief, 999_999) == "site.unknown"
    assert attempt(local, site_id, "not an address") == "email.malformed"
    account = newsroom.session.get_one(Account, editor.account_id)
    assert attempt(local, site_id, account.email or "") == "staff.already"
    assert attempt(local, site_id) == attempt(chief, None) == "done"
    assert newsroom.session.scalars(select(Invitation)).all()
    everywhere = newsroom.session.scalars(select(Invitation).where(Invitation.site_id.is_(None))).one().id
    for act in (invitations.revoke, invitations.send_again):
        assert (
            outcome(newsroom, lambda a=act: a(newsroom.session, local, everywhere, NOW))
            == "invitation.unknown"
        )
    assert [row.site_id for row in invitations.pending(newsroom.session, local, [site_id], NOW)] == [site_id]
    assert len(invitations.pending(newsroom.session, chief, [site_id, other_site], NOW)) == 2


def test_ended_invitations_are_forgotten_after_a_month(
    newsroom: Newsroom, local: Staff, site_id: int
) -> None:
    session = newsroom.session
    revoked, waiting = invited(newsroom, local, site_id), invited(newsroom, local, site_id, "bo@post.example")
    outcome(newsroom, lambda: invitations.revoke(session, local, revoked, NOW))
    for days, left in ((30, {revoked, waiting}), (31, {waiting}), (36, {waiting}), (38, set())):
        invitations.forget_ended(session, NOW + timedelta(days=days))
        session.commit()
        assert set(session.scalars(select(Invitation.id))) == left, days


def test_a_role_given_meanwhile_is_not_lowered(
    newsroom: Newsroom, local: Staff, moderator: Staff, site_id: int
) -> None:
    reader = newsroom.reader(email="ida@post.example")
    invitation_id = invited(newsroom, local, site_id)
    newsroom.session.rollback()
    newsroom._begin()
    staff.grant(newsroom.session, local, reader, site_id, Role.ADMIN, NOW)
    newsroom.session.commit()
    assert accepts(newsroom, invitation_id, password=PASSWORD) == "done"
    assert roles(newsroom, reader) == {site_id: "admin"}


# ── One's own password ────────────────────────────────────────────────────────────────────────────────


def test_changing_ones_password_takes_the_old_one_and_ends_every_other_sign_in(
    newsroom: Newsroom, moderator: Staff
) -> None:
    session = newsroom.session
    token, _ = sign_ins.start(session, moderator.account_id, SignInKind.DESK, NOW)
    session.commit()

    def change(old: str, new: str) -> str:
        return outcome(newsroom, lambda: credentials.change_password(session, moderator, old, new, NOW))

    assert change("wrong words in a row", "short") == "password.wrong, password.short"
    assert sign_ins.resolve(session, token, SignInKind.DESK, NOW) is not None
    assert change(PASSWORD, WORDS) == "done"
    assert sign_ins.resolve(session, token, SignInKind.DESK, NOW) is None
    assert [held.id for held in sign_ins.held(session, moderator.account_id, NOW)] == [moderator.sign_in_id]
    assert audit(newsroom)[-1][0] == "password.change"
    assert change(PASSWORD, WORDS) == "password.wrong"


def test_only_ones_own_sign_ins_can_be_ended(newsroom: Newsroom, moderator: Staff, editor: Staff) -> None:
    session = newsroom.session
    assert editor.sign_in_id is not None
    with pytest.raises(NotFound, match=r"sign-in\.unknown"):
        sign_ins.revoke_own(session, moderator, editor.sign_in_id, NOW)
    session.rollback()
    _, other = sign_ins.start(session, moderator.account_id, SignInKind.READER, NOW)
    session.commit()
    sign_ins.revoke_own(session, moderator, other.id, NOW)
    session.commit()
    assert len(sign_ins.held(session, moderator.account_id, NOW)) == 1
    assert len(sign_ins.held(session, editor.account_id, NOW)) == 1
