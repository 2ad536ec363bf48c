"""Sign-ins: started, resolved from a cookie's token, revoked one by one."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from widget.db import begin_writing
from widget.errors import NotFound
from widget.models import Account, SignIn, SignInKind
from widget.moderation.permissions import Staff
from widget.services.locks import ROW

# The absolute limits; idle time is kept in the signed cookie (`widget/web/sessions.py`).
LIFETIME = {SignInKind.READER: timedelta(days=180), SignInKind.DESK: timedelta(days=7)}
# Asked at every request of somebody signed in, and so put together once.
_BY_TOKEN = (
    select(SignIn)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.kind == bindparam("kind"))
    .options(joinedload(SignIn.account))
)
# What their powers hang on belongs to staff alone.
_WITH_POWERS = (
    joinedload(SignIn.account).selectinload(Account.staff_roles),
    joinedload(SignIn.account).joinedload(Account.second_factor),
)
_RESOLVED = {SignInKind.READER: _BY_TOKEN, SignInKind.DESK: _BY_TOKEN.options(*_WITH_POWERS)}


def start(
    session: Session, account_id: int, kind: SignInKind, now: datetime, device: str | None = None
) -> tuple[str, SignIn]:
    """Start a sign-in inside the caller's write transaction; return its token, told to nobody else."""
    token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        account_id=account_id,
        kind=kind,
        token_hash=_hashed(token),
        created_at=now,
        expires_at=now + LIFETIME[kind],
        device=device,
    )
    session.add(sign_in)
    session.flush()
    return token, sign_in


def resolve(session: Session, token: str, kind: SignInKind, now: datetime) -> SignIn | None:
    """Return the sign-in a token belongs to while it holds, with its account."""
    asked = {"token_hash": _hashed(token), "kind": kind}
    sign_in = session.scalars(_RESOLVED[kind], asked).one_or_none()
    if sign_in is None or sign_in.revoked_at is not None or sign_in.expires_at <= now:
        return None
    return None if sign_in.account.closed_at is not None else sign_in


def revoke(session: Session, sign_in_id: int, now: datetime) -> None:
    """End one sign-in."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(revoked_at=now))


def revoke_all(session: Session, account_id: int, now: datetime, *, but: int | None = None) -> None:
    """End every sign-in of an account, as after a change of password.

    `but` names one that stays: that of the person who asks for it.
    """
    ended = update(SignIn).where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None))
    if but is not None:
        ended = ended.where(SignIn.id != but)
    session.execute(ended.values(revoked_at=now))


def revoke_everybodys(session: Session, now: datetime) -> None:
    """End every sign-in of everybody, as after the database became an older one: some had been ended since."""
    session.execute(update(SignIn).where(SignIn.revoked_at.is_(None)).values(revoked_at=now))


def revoke_own(session: Session, staff: Staff, sign_in_id: int, now: datetime) -> None:
    """End another sign-in of one's own; raise NotFound `sign-in.unknown`."""
    begin_writing(session)
    sign_in = session.get(SignIn, sign_in_id, with_for_update=ROW)
    if sign_in is None or sign_in.account_id != staff.account_id:
        raise NotFound("sign-in.unknown")
    revoke(session, sign_in_id, now)


def revoke_others(session: Session, staff: Staff, now: datetime) -> None:
    """End every sign-in of one's own but the one that asks."""
    begin_writing(session)
    revoke_all(session, staff.account_id, now, but=staff.sign_in_id)


def held(session: Session, account_id: int, now: datetime) -> list[SignIn]:
    """Return an account's sign-ins that hold, newest first."""
    query = select(SignIn).where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None))
    return list(session.scalars(query.where(SignIn.expires_at > now).order_by(SignIn.id.desc())))


def latest_at_desk(session: Session, account_ids: Collection[int]) -> dict[int, datetime]:
    """Return when each account last signed in at the desk, as far as sign-ins are remembered."""
    query = (
        select(SignIn.account_id, func.max(SignIn.created_at))
        .where(SignIn.account_id.in_(account_ids), SignIn.kind == SignInKind.DESK)
        .group_by(SignIn.account_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def forget_expired(session: Session, now: datetime) -> None:
    """Delete sign-ins that ended over thirty days ago, by themselves or because somebody ended them."""
    before = now - timedelta(days=30)
    session.execute(delete(SignIn).where(or_(SignIn.expires_at < before, SignIn.revoked_at < before)))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
