"""The periodic work: what lapses by itself and is then forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.models import OutboxMail
from widget.services import sign_ins

_MAIL_KEPT = timedelta(days=30)


def run(session: Session, now: datetime) -> None:
    """Forget sign-ins that ended and mail that left or was given up over thirty days ago; commit."""
    begin_writing(session)
    sign_ins.forget_expired(session, now)
    before = now - _MAIL_KEPT
    session.execute(
        delete(OutboxMail).where(or_(OutboxMail.sent_at < before, OutboxMail.cancelled_at < before))
    )
    session.commit()
