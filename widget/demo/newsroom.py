"""The demo's staff: appointed, signed in, and one of them with a second factor that everybody may see."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from widget.demo.records import DemoContent, DemoStaff
from widget.models import Account, Role, SignInKind
from widget.moderation.permissions import Staff
from widget.services import second_factors, sign_ins, staff
from widget.services.sealing import LENGTH, Seal

_AGE = timedelta(days=390)
_SIGNED_IN = timedelta(days=6)


def hire(
    session: Session, content: DemoContent, site_id: int, password: str, seal: Seal, now: datetime
) -> dict[str, Staff]:
    """Appoint the staff, committing one by one, and return them by their keys, signed in at the desk."""
    hired = {}
    for member in content.staff:
        hired[member.key] = _appoint(session, member, content.site.name, site_id, password, now)
        session.commit()
        if member.second_factor:
            _enrol(session, seal, hired[member.key], now - _SIGNED_IN)
            session.commit()
    return hired


def _appoint(
    session: Session, member: DemoStaff, place: str, site_id: int, password: str, now: datetime
) -> Staff:
    account = staff.appoint(
        session,
        name=member.name,
        place=place,
        email=member.email,
        password=password,
        role=Role(member.role),
        site_id=None if member.role == "admin" else site_id,
        language="en",
        now=now - _AGE,
    )
    _, sign_in = sign_ins.start(session, account.id, SignInKind.DESK, now - _SIGNED_IN)
    known = staff.of(session.get_one(Account, account.id), sign_in)
    assert known is not None
    return known


def _enrol(session: Session, seal: Seal, member: Staff, then: datetime) -> None:
    secret = secrets.token_bytes(LENGTH)
    code = second_factors.code_at(secret, second_factors.step_at(then))
    second_factors.enrol(session, seal, member, secret, code, None, then)
