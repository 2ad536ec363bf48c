"""Staff: their roles, granted and taken, and how services see them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal, Refusals
from widget.models import Account, Role, SignIn, StaffRole
from widget.moderation.permissions import Operator, Staff
from widget.services import accounts, audit, directory, namesakes, passwords, sign_ins
from widget.services.locks import ROW


def of(account: Account, sign_in: SignIn | None = None) -> Staff | None:
    """Return an account as staff, or None for a person without any role."""
    if not account.staff_roles:
        return None
    return Staff(
        account_id=account.id,
        name=account.name,
        roles={held.site_id: held.role for held in account.staff_roles},
        sign_in_id=sign_in.id if sign_in else None,
    )


def every(session: Session) -> list[Account]:
    """Return all accounts that hold a role, by name."""
    query = select(Account).where(Account.staff_roles.any()).order_by(Account.name, Account.id)
    return list(
        session.scalars(query.options(selectinload(Account.staff_roles), selectinload(Account.second_factor)))
    )


def appoint(
    session: Session,
    *,
    name: str,
    place: str,
    email: str,
    password: str,
    role: Role,
    site_id: int | None,
    language: str,
    now: datetime,
) -> Account:
    """Make a member of staff with a confirmed address, or give the address's account a further role.

    `site_id` None means all sites. It is the operator's doing, and recorded as such; colleagues are invited.
    Raises Refusals for what is wrong with a field; the password of an account that exists already is left
    as it is.
    """
    written, key = accounts.address(email)
    existing = accounts.holder(session, key)
    if existing is not None:
        account_id = existing.id
        begin_writing(session)
        account = session.get_one(Account, account_id)
    else:
        name, place = accounts.line("name", name), accounts.line("place", place)
        weak = passwords.problem(password, [name, place, written])
        if weak:
            raise Refusals([weak])
        account = Account(
            name=name,
            place=place,
            email=written,
            email_key=key,
            email_confirmed_at=now,
            password_hash=passwords.hashed(password),
            language=language,
            created_at=now,
        )
        begin_writing(session)
        session.add(account)
        session.flush()
        namesakes.remember(session, account)
        directory.remember(session, account)
    grant(session, Operator(), account.id, site_id, role, now)
    return account


def dismiss(session: Session, email: str, now: datetime) -> Account:
    """Take every role from an account and end its sign-ins; what it decided stays on record.

    Raises Refusal `staff.unknown`, `staff.last-admin`.
    """
    _, key = accounts.address(email)
    begin_writing(session)
    account = accounts.holder(session, key)
    if account is None or not account.staff_roles:
        raise Refusal("staff.unknown", "email")
    before = {held.site_id: held.role for held in account.staff_roles}
    if before.get(None) is Role.ADMIN and _admins_of_all(session) == {account.id}:
        raise Refusal("staff.last-admin", "email")
    for held in list(account.staff_roles):
        session.delete(held)
    sign_ins.revoke_all(session, account.id, now)
    for site_id, role in before.items():
        record(session, Operator(), "staff.deactivate", account.id, site_id, {"role": role}, now)
    return account


def by_email(session: Session, email: str) -> Account:
    """Return who holds a role under an address; raise Refusal `staff.unknown`."""
    account = accounts.holder(session, accounts.address(email)[1])
    if account is None or not account.staff_roles:
        raise NotFound("staff.unknown", "email")
    return account


def grant(
    session: Session, by: Staff | Operator, account_id: int, site_id: int | None, role: Role, now: datetime
) -> None:
    """Give an account a role on a site, or another one than it had, in the caller's write transaction."""
    held = role_of(session, account_id, site_id)
    before = held.role if held else None
    if held is None:
        session.add(StaffRole(account_id=account_id, site_id=site_id, role=role))
    else:
        held.role = role
    session.flush()
    if before is not role:
        record(session, by, "staff.role", account_id, site_id, {"role": before}, now, after={"role": role})


def role_of(session: Session, account_id: int, site_id: int | None) -> StaffRole | None:
    """Return the role that an account holds on exactly that site, or on all where `site_id` is None."""
    return session.scalars(
        select(StaffRole).where(
            StaffRole.account_id == account_id, StaffRole.site_id.is_not_distinct_from(site_id)
        )
    ).one_or_none()


def lock_roles(session: Session, by: Staff, account_id: int) -> list[StaffRole]:
    """Lock the roles of whoever acts and of another, and return the other's.

    Raises Forbidden `not-permitted` when the former changed since the request began.
    """
    both = select(StaffRole).where(StaffRole.account_id.in_([by.account_id, account_id]))
    rows = session.scalars(both.order_by(StaffRole.id).with_for_update(**ROW)).all()
    own = {held.site_id: held.role for held in rows if held.account_id == by.account_id}
    if own != dict(by.roles):
        raise Forbidden("not-permitted")
    return [held for held in rows if held.account_id == account_id]


def record(
    session: Session,
    by: Staff | Operator,
    action: str,
    account_id: int,
    site_id: int | None,
    before: Mapping[str, object],
    now: datetime,
    after: Mapping[str, object] | None = None,
) -> None:
    """Put what was done about a member of staff on record."""
    subject = f"account:{account_id}"
    audit.record(session, by, action, subject=subject, site_id=site_id, before=before, after=after, now=now)


def _admins_of_all(session: Session) -> set[int]:
    """Return who administers all sites, locked, so that two who leave at once do not both go."""
    query = select(StaffRole).where(StaffRole.site_id.is_(None), StaffRole.role == Role.ADMIN)
    return {held.account_id for held in session.scalars(query.order_by(StaffRole.id).with_for_update(**ROW))}
