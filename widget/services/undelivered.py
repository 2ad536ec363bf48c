"""Mail that has not arrived: how late it is, and what was given up."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from widget.models import OutboxMail
from widget.services.outbox import CALLED_BACK

# Both walk a partial index of their own (`ix_outbox_waits`, `ix_outbox_cancelled`), never all mail of thirty days.
_WAITS = and_(OutboxMail.sent_at.is_(None), OutboxMail.cancelled_at.is_(None))
_GIVEN_UP = and_(OutboxMail.cancelled_at.is_not(None), OutboxMail.last_error != CALLED_BACK)


def lag(session: Session, now: datetime) -> float:
    """Return for how many seconds the mail that is due longest has been due, 0 when none is."""
    due = session.scalar(select(func.min(_first_due())).where(_WAITS))
    return max(0.0, (now - due).total_seconds()) if due else 0.0


def count_given_up(session: Session) -> int:
    """Return how many mails of the last thirty days no attempt could deliver."""
    return session.scalar(select(func.count()).select_from(OutboxMail).where(_GIVEN_UP)) or 0


def _first_due() -> ColumnElement[datetime]:
    """Return when a mail was to leave at first.

    Each failure moves `not_before` into the future. From then on the mail counts from when it was written, which is at
    most its grace too early.
    """
    return case((OutboxMail.last_error.is_(None), OutboxMail.not_before), else_=OutboxMail.created_at)
