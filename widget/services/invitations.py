"""Invitations to the staff: sent, sent again, withdrawn, and accepted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal, Refusals
from widget.models import Account, Invitation, Role, Site, StaffRole
from widget.moderation.permissions import Permission, Staff
from widget.services import accounts, audit, directory, namesakes, outbox, passwords, second_factors, staff
from widget.services.locks import ROW
from widget.services.tokens import INVITE, lifetime


@dataclass(frozen=True)
class Offer:
    """Who is invited, and to what; `site_id` None means all sites."""

    email: str
    name: str
    role: Role
    site_id: int | None
    language: str


@dataclass(frozen=True)
class Answer:
    """What the invited person fills in: all of it for a new account, else that account's password."""

    name: str
    place: str
    password: str
    language: str


def pending(session: Session, by: Staff, site_ids: Collection[int], now: datetime) -> list[Invitation]:
    """Return the invitations that wait on these sites, newest first; on all sites for whoever manages them."""
    everywhere = by.may(Permission.MANAGE_STAFF, None)
    where = or_(Invitation.site_id.in_(site_ids), and_(literal(everywhere), Invitation.site_id.is_(None)))
    query = select(Invitation).where(where, Invitation.expires_at > now).order_by(Invitation.id.desc())
    return list(
        session.scalars(query.where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None)))
    )


def invite(session: Session, by: Staff, offer: Offer, now: datetime) -> Invitation:
    """Invite an address by mail; an earlier invitation to the same site is replaced.

    Raises Refusal (`email.*`, `name.*`, `staff.already`), Forbidden `not-permitted`, NotFound `site.unknown`.
    """
    email, key = accounts.address(offer.email)
    name = accounts.line("name", offer.name) if offer.name.strip() else None
    begin_writing(session)
    staff.lock_roles(session, by, by.account_id)
    _require(session, by, offer.site_id)
    held = accounts.holder(session, key)
    if held is not None and staff.role_of(session, held.id, offer.site_id) is not None:
        raise Refusal("staff.already", "email")
    same = and_(Invitation.email_key == key, Invitation.site_id.is_not_distinct_from(offer.site_id))
    _revoke(session, same, now)
    invitation = Invitation(
        email=email,
        email_key=key,
        name=name,
        language=offer.language,
        role=offer.role,
        site_id=offer.site_id,
        invited_by_id=by.account_id,
        invited_by_name=by.name,
        created_at=now,
        expires_at=now + lifetime(INVITE),
    )
    session.add(invitation)
    session.flush()
    _record(session, by, "staff.invite", invitation, now)
    _send(session, invitation, now)
    return invitation


def replaces_another(session: Session, invitation: Invitation) -> bool:
    """Whether the same address was invited to the same site before, so that the link of that mail fell with this one."""
    earlier = select(Invitation.id).where(
        Invitation.email_key == invitation.email_key,
        Invitation.site_id.is_not_distinct_from(invitation.site_id),
        Invitation.revoked_at == invitation.created_at,
        # One that had run out led nowhere before.
        Invitation.expires_at > invitation.created_at,
    )
    return session.scalars(earlier.limit(1)).first() is not None


def awaits_factor(session: Session, account: Account | None) -> bool:
    """Whether an invited person, with this account or none yet, has no second factor so far."""
    return account is None or second_factors.of(session, account.id) is None


def send_again(session: Session, by: Staff, invitation_id: int, now: datetime) -> Invitation:
    """Send the mail once more, good for as long as a first one, as this colleague's offer.

    Raises NotFound `invitation.unknown`.
    """
    invitation = _locked(session, by, invitation_id, now)
    invitation.expires_at = now + lifetime(INVITE)
    invitation.invited_by_id, invitation.invited_by_name = by.account_id, by.name
    _record(session, by, "staff.invite", invitation, now)
    _send(session, invitation, now)
    return invitation


def revoke(session: Session, by: Staff, invitation_id: int, now: datetime) -> Invitation:
    """Withdraw an invitation, whose link leads nowhere then; raise NotFound `invitation.unknown`."""
    invitation = _locked(session, by, invitation_id, now)
    invitation.revoked_at = now
    _record(session, by, "staff.invitation.revoke", invitation, now)
    return invitation


def revoke_unbacked(session: Session, account_id: int, now: datetime) -> None:
    """Withdraw what somebody offered who may not offer it any more."""
    waiting = and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    for invitation in session.scalars(
        select(Invitation).where(Invitation.invited_by_id == account_id, waiting)
    ):
        if not _is_backed(session, invitation):
            invitation.revoked_at = now


def forget_ended(session: Session, now: datetime) -> None:
    """Delete invitations thirty days after they were accepted, withdrawn or ran out; the audit trail keeps them."""
    before = now - timedelta(days=30)
    ended = (Invitation.expires_at, Invitation.accepted_at, Invitation.revoked_at)
    session.execute(delete(Invitation).where(or_(*(column < before for column in ended))))


def fingerprint(invitation: Invitation) -> str:
    """Return what the mailed link is bound to: the address that it went to."""
    return invitation.email_key


def accept(session: Session, invitation_id: int, answer: Answer, now: datetime) -> Account:
    """Give the invited person the role, with a new account where the address has none.

    The link proves the address, and the password an account that exists. Raises NotFound
    `invitation.unknown`, also when who offered the role may not give it any more; Refusal `password.wrong`,
    Refusals for the fields of a new account.
    """
    invitation = _waiting(session, invitation_id, now)
    holder = accounts.holder(session, invitation.email_key)
    if holder is not None and not passwords.matches(holder.password_hash, answer.password):
        raise Refusal("password.wrong", "password")
    holder_id = holder.id if holder else None
    account = None if holder else _new_account(invitation, answer, now)
    begin_writing(session)
    invitation = _waiting(session, invitation_id, now, lock=True)
    if not _is_backed(session, invitation):
        raise NotFound("invitation.unknown")
    if account is None:
        assert holder_id is not None
        account = accounts.open_account(session, holder_id, lock=True)
    else:
        session.add(account)
        try:
            session.flush()
        except IntegrityError:
            # The address was confirmed for another account in this very moment; the page then asks for its password.
            raise Refusal("account.address-taken") from None
        namesakes.remember(session, account)
        directory.remember(session, account)
    return _join(session, invitation, account, now)


def _join(session: Session, invitation: Invitation, account: Account, now: datetime) -> Account:
    invitation.accepted_at = now
    joined = Staff(account.id, account.name, {})
    _record(session, joined, "staff.join", invitation, now)
    # A role given meanwhile stays: an older invitation takes nothing away.
    if staff.role_of(session, account.id, invitation.site_id) is None:
        staff.grant(session, joined, account.id, invitation.site_id, invitation.role, now)
    return account


def _is_backed(session: Session, invitation: Invitation) -> bool:
    """Whether who offered the role may still give it: an administrator who left leaves no door open."""
    by = invitation.invited_by_id
    held = select(StaffRole.site_id, StaffRole.role).where(StaffRole.account_id == by)
    roles = dict(session.execute(held).all())
    return by is not None and Staff(by, "", roles).may(Permission.MANAGE_STAFF, invitation.site_id)


def _new_account(invitation: Invitation, answer: Answer, now: datetime) -> Account:
    refusals: list[Refusal] = []
    values: dict[str, str] = {}
    for field, text in (("name", answer.name), ("place", answer.place)):
        try:
            values[field] = accounts.line(field, text)
        except Refusal as refusal:
            refusals.append(refusal)
    weak = passwords.problem(answer.password, [*values.values(), invitation.email])
    if weak:
        refusals.append(weak)
    if refusals:
        raise Refusals(refusals)
    return Account(
        **values,
        email=invitation.email,
        email_key=invitation.email_key,
        email_confirmed_at=now,
        password_hash=passwords.hashed(answer.password),
        language=answer.language,
        created_at=now,
    )


def _require(session: Session, by: Staff, site_id: int | None) -> None:
    if site_id is not None and (
        session.get(Site, site_id) is None or not by.may(Permission.READ_QUEUE, site_id)
    ):
        raise NotFound("site.unknown")
    if not by.may(Permission.MANAGE_STAFF, site_id):
        raise Forbidden("not-permitted")


def _waiting(session: Session, invitation_id: int, now: datetime, *, lock: bool = False) -> Invitation:
    invitation = session.get(Invitation, invitation_id, with_for_update=ROW if lock else None)
    if invitation is None or not invitation.waits(now):
        raise NotFound("invitation.unknown")
    return invitation


def _locked(session: Session, by: Staff, invitation_id: int, now: datetime) -> Invitation:
    begin_writing(session)
    staff.lock_roles(session, by, by.account_id)
    invitation = _waiting(session, invitation_id, now, lock=True)
    if not by.may(Permission.MANAGE_STAFF, invitation.site_id):
        raise NotFound("invitation.unknown")
    return invitation


def _revoke(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    session.execute(
        update(Invitation)
        .where(which, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _send(session: Session, invitation: Invitation, now: datetime) -> None:
    outbox.enqueue(
        session,
        "invitation",
        to=invitation.email,
        language=invitation.language,
        params={"invitation_id": invitation.id, "name": invitation.name or ""},
        site_id=invitation.site_id,
        now=now,
    )


def _record(session: Session, by: Staff, action: str, invitation: Invitation, now: datetime) -> None:
    audit.record(
        session,
        by,
        action,
        subject=f"invitation:{invitation.id}",
        site_id=invitation.site_id,
        after={"email": invitation.email, "role": invitation.role},
        now=now,
    )
