"""Mail that has not arrived: how late it is, what was given up, and trying it again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from widget.db import ensure_writing
from widget.models import OutboxMail
from widget.services.outbox import CALLED_BACK

# Both walk a partial index of their own (`ix_outbox_waits`, `ix_outbox_cancelled`), never all mail of thirty days.
_WAITS = and_(OutboxMail.sent_at.is_(None), OutboxMail.cancelled_at.is_(None))
_GIVEN_UP = and_(OutboxMail.cancelled_at.is_not(None), OutboxMail.last_error != CALLED_BACK)
_AT_ONCE = 500


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


@dataclass(frozen=True)
class Undelivered:
    """One mail without its recipient and its text: what became of it, and since when it is so."""

    id: int
    kind: str
    attempts: int
    given_up: bool
    since: datetime
    error: str | None


def listed(session: Session) -> Iterator[Undelivered]:
    """Yield what was given up, then what waits, each in the order of its writing, a few at a time."""
    for condition, given_up in ((_GIVEN_UP, True), (_WAITS, False)):
        query = select(OutboxMail).where(condition).order_by(OutboxMail.id)
        for mail in session.scalars(query.execution_options(yield_per=_AT_ONCE)):
            since = mail.cancelled_at if given_up else mail.created_at
            assert since is not None
            yield Undelivered(mail.id, mail.template, mail.attempts, given_up, since, mail.last_error)


def retry(session: Session, now: datetime) -> tuple[int, int]:
    """Let everything that failed be tried now: what was given up with all its attempts anew, what waits without a pause.

    Returns how many of each there were. What a worker is sending at this moment is left to it.
    """
    ensure_writing(session)
    waiting = _change(
        session, and_(_WAITS, OutboxMail.last_error.is_not(None), _unclaimed(now)), not_before=now
    )
    given_up = _change(session, _GIVEN_UP, not_before=now, cancelled_at=None, attempts=0)
    return given_up, waiting


def _unclaimed(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxMail.claimed_until.is_(None), OutboxMail.claimed_until <= now)


def _change(session: Session, condition: ColumnElement[bool], **values: object) -> int:
    done = session.execute(update(OutboxMail).where(condition).values(**values))
    return cast("CursorResult[Any]", done).rowcount
