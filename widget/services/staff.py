"""Staff: their roles, granted and taken, and how services see them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from widget.db import begin_writing
from widget.errors import Refusal, Refusals
from widget.models import Account, Role, SignIn, StaffRole
from widget.moderation.permissions import Staff
from widget.services import accounts, namesakes, passwords, sign_ins


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
    return list(session.scalars(query.options(selectinload(Account.staff_roles))))


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

    `site_id` None means all sites. Raises Refusals for what is wrong with a field; the password of an
    account that exists already is left as it is.
    """
    written, key = accounts.address(email)
    existing = accounts.holder(session, key)
    if existing is not None:
        account_id = existing.id
        begin_writing(session)
        account = session.get_one(Account, account_id)
    else:
        weak = passwords.problem(password, [name, place, email])
        if weak:
            raise Refusals([weak])
        account = Account(
            name=accounts.line("name", name),
            place=accounts.line("place", place),
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
    _grant(session, account.id, site_id, role)
    return account


def dismiss(session: Session, email: str, now: datetime) -> Account:
    """Take every role from an account and end its sign-ins; what it decided stays on record.

    Raises Refusal `staff.unknown`.
    """
    _, key = accounts.address(email)
    begin_writing(session)
    account = accounts.holder(session, key)
    if account is None or not account.staff_roles:
        raise Refusal("staff.unknown", "email")
    for held in list(account.staff_roles):
        session.delete(held)
    sign_ins.revoke_all(session, account.id, now)
    return account


def _grant(session: Session, account_id: int, site_id: int | None, role: Role) -> None:
    held = session.scalars(
        select(StaffRole).where(
            StaffRole.account_id == account_id, StaffRole.site_id.is_not_distinct_from(site_id)
        )
    ).one_or_none()
    if held is None:
        session.add(StaffRole(account_id=account_id, site_id=site_id, role=role))
    else:
        held.role = role
    session.flush()
