"""Colleagues: seen and managed by administrators, each within the sites that are theirs to manage."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import Account, Role, SignIn, SignInKind, StaffRole
from widget.moderation.permissions import Permission, Staff
from widget.services import invitations, second_factors, sign_ins, staff


@dataclass(frozen=True)
class Colleague:
    """A member of staff as an administrator sees them.

    `roles` holds only those on the administrator's sites, and on all sites (None). `wholly` says whether
    every role they hold is the administrator's to give: only then sign-in itself may be dealt with.
    `seen_at` is their latest sign-in at the desk, as far as it is remembered.
    """

    account: Account
    roles: dict[int | None, Role]
    wholly: bool
    has_factor: bool
    seen_at: datetime | None


def listed(session: Session, by: Staff, site_ids: Collection[int]) -> list[Colleague]:
    """Return everybody who holds a role on these sites, which are the administrator's, or on all, by name."""
    there = StaffRole.site_id.in_(site_ids)
    query = (
        select(Account)
        .where(Account.staff_roles.any(or_(there, StaffRole.site_id.is_(None))))
        .order_by(Account.name, Account.id)
        .options(selectinload(Account.staff_roles), selectinload(Account.second_factor))
    )
    found = session.scalars(query).all()
    seen = sign_ins.latest_at_desk(session, [account.id for account in found])
    return [_seen(by, account, site_ids, seen.get(account.id)) for account in found]


def one(session: Session, by: Staff, account_id: int, site_ids: Collection[int]) -> Colleague:
    """Return one colleague; raise NotFound `staff.unknown` for somebody who holds no role there."""
    account = session.get(Account, account_id)
    shown = {held.site_id for held in account.staff_roles} & {None, *site_ids} if account else set()
    if account is None or not shown:
        raise NotFound("staff.unknown")
    return _seen(by, account, site_ids, sign_ins.latest_at_desk(session, [account_id]).get(account_id))


def signed_in(session: Session, account_id: int, now: datetime) -> list[SignIn]:
    """Return a colleague's sign-ins at the desk that hold, newest first."""
    return [held for held in sign_ins.held(session, account_id, now) if held.kind is SignInKind.DESK]


def set_role(
    session: Session, by: Staff, account_id: int, site_id: int | None, role: Role | None, now: datetime
) -> Account:
    """Give a colleague a role on one site (None: on all), or take it away with `role` None.

    Who has none left is signed out everywhere. Raises NotFound `staff.unknown`, Forbidden `not-permitted`,
    Refusal `staff.own`.
    """
    account = _locked(session, by, account_id)
    if not by.may(Permission.MANAGE_STAFF, site_id):
        raise Forbidden("not-permitted")
    if role is not None:
        staff.grant(session, by, account_id, site_id, role, now)
    else:
        _take(session, by, account, {site_id}, now)
    invitations.revoke_unbacked(session, account_id, now)
    return account


def deactivate(session: Session, by: Staff, account_id: int, now: datetime) -> Account:
    """Take every role that is this administrator's to take; what the colleague decided stays on record.

    Raises as `set_role` does.
    """
    account = _locked(session, by, account_id)
    held = {row.site_id for row in account.staff_roles}
    _take(session, by, account, {where for where in held if by.may(Permission.MANAGE_STAFF, where)}, now)
    invitations.revoke_unbacked(session, account_id, now)
    return account


def reset_factor(session: Session, by: Staff, account_id: int, now: datetime) -> Account:
    """Let a colleague who lost the second factor enrol anew; raise as `set_role` does, and `factor.unknown`."""
    account = _locked(session, by, account_id)
    _require_wholly(by, account)
    return second_factors.reset(session, by, account_id, now)


def sign_out(session: Session, by: Staff, account_id: int, now: datetime) -> Account:
    """End every sign-in of a colleague; raise as `set_role` does."""
    account = _locked(session, by, account_id)
    _require_wholly(by, account)
    sign_ins.revoke_all(session, account_id, now)
    staff.record(session, by, "staff.sign-out", account_id, None, {}, now)
    return account


def _seen(by: Staff, account: Account, site_ids: Collection[int], seen_at: datetime | None) -> Colleague:
    roles = {held.site_id: held.role for held in account.staff_roles if held.site_id in {None, *site_ids}}
    return Colleague(account, roles, _wholly(by, account), account.second_factor is not None, seen_at)


def _wholly(by: Staff, account: Account) -> bool:
    return all(by.may(Permission.MANAGE_STAFF, held.site_id) for held in account.staff_roles)


def _require_wholly(by: Staff, account: Account) -> None:
    """Keep an administrator of one site from weakening the account of somebody with more to lose."""
    if not _wholly(by, account):
        raise Forbidden("not-permitted")


def _locked(session: Session, by: Staff, account_id: int) -> Account:
    """Begin writing, and lock the roles of both, so that two administrators cannot dismiss each other.

    Whoever comes second finds that the role it would need is gone. Since nobody touches their own roles, an
    administrator of all sites is always left.
    """
    begin_writing(session)
    theirs = staff.lock_roles(session, by, account_id)
    if not any(_in_reach(by, held) for held in theirs):
        raise NotFound("staff.unknown")
    if by.account_id == account_id:
        raise Refusal("staff.own")
    return session.get_one(Account, account_id)


def _in_reach(by: Staff, held: StaffRole) -> bool:
    """Whether a role is seen by an administrator: on a site of theirs, or on all sites, theirs among them."""
    return held.site_id is None or by.may(Permission.MANAGE_STAFF, held.site_id)


def _take(session: Session, by: Staff, account: Account, where: set[int | None], now: datetime) -> None:
    taken = [held for held in account.staff_roles if held.site_id in where]
    if not taken:
        raise Forbidden("not-permitted")
    for held in taken:
        session.delete(held)
        staff.record(session, by, "staff.deactivate", account.id, held.site_id, {"role": held.role}, now)
    if len(taken) == len(account.staff_roles):
        sign_ins.revoke_all(session, account.id, now)
