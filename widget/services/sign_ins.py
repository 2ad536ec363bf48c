"""Sign-ins: started, resolved from a cookie's token, revoked one by one."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from widget.models import Account, SignIn, SignInKind

# The absolute limits; idle time is kept in the signed cookie (`widget/web/sessions.py`).
LIFETIME = {SignInKind.READER: timedelta(days=180), SignInKind.DESK: timedelta(days=7)}


def start(session: Session, account_id: int, kind: SignInKind, now: datetime) -> tuple[str, SignIn]:
    """Start a sign-in inside the caller's write transaction; return its token, told to nobody else."""
    token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        account_id=account_id,
        kind=kind,
        token_hash=_hashed(token),
        created_at=now,
        expires_at=now + LIFETIME[kind],
    )
    session.add(sign_in)
    session.flush()
    return token, sign_in


def resolve(session: Session, token: str, kind: SignInKind, now: datetime) -> SignIn | None:
    """Return the sign-in a token belongs to while it holds, with its account."""
    sign_in = session.scalars(
        select(SignIn)
        .where(SignIn.token_hash == _hashed(token), SignIn.kind == kind)
        .options(joinedload(SignIn.account).selectinload(Account.staff_roles))
    ).one_or_none()
    if sign_in is None or sign_in.revoked_at is not None or sign_in.expires_at <= now:
        return None
    return None if sign_in.account.closed_at is not None else sign_in


def revoke(session: Session, sign_in_id: int, now: datetime) -> None:
    """End one sign-in."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(revoked_at=now))


def revoke_all(session: Session, account_id: int, now: datetime) -> None:
    """End every sign-in of an account, as after a change of password."""
    session.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def forget_expired(session: Session, now: datetime) -> None:
    """Delete sign-ins that ended over thirty days ago."""
    session.execute(delete(SignIn).where(SignIn.expires_at < now - timedelta(days=30)))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
