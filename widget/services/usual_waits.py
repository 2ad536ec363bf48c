"""How long a comment usually waits for an editor, as its writer is told beforehand."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from widget.models import Comment, CommentState, Site
from widget.services import settled_days
from widget.services.durations import DAY, HOUR, MINUTE, durations
from widget.services.remembered import Remembered

# So many days back, a newsroom's way of working is still the present one.
_DAYS = 28
# Of fewer decisions the middle one says little about the next.
_FEWEST = 20
# Whoever hears of a longer wait is told nothing by it.
_LONGEST = 2 * DAY
# What is rounded up to a step, and the longest wait that is: nobody counts the minutes of an afternoon.
_STEPS = ((5 * MINUTE, 55 * MINUTE), (HOUR, 23 * HOUR))
# Of each site, the hour in which it was read and what was found.
_kept: Remembered[tuple[int, int | None]] = Remembered(most=1000)


def half_within(session: Session, site: Site, now: datetime) -> int | None:
    """Return within how many seconds half of the decisions of four weeks came, or None where that says nothing.

    It is rounded up: to five minutes, hours or days. Only a site that publishes its figures tells it, and only as
    long as it is no empty promise: not while half of what waits has waited for longer. Days that are settled and
    still hold count. Read once an hour in each process, two queries.
    """
    if not site.transparency:
        return None
    hour = int(now.timestamp()) // HOUR
    known = _kept.get(session, site.id)
    if known is not None and known[0] == hour:
        return known[1]
    found = _read(session, site.id, now)
    if found is not None and _is_exceeded(session, site.id, now - timedelta(seconds=found)):
        found = None
    _kept.keep(session, site.id, (hour, found))
    return found


def _read(session: Session, site_id: int, now: datetime) -> int | None:
    first = now.astimezone(UTC).date() - timedelta(days=_DAYS)
    lengths = durations(settled_days.waits(session, site_id, first))
    if lengths.median is None or lengths.count < _FEWEST:
        return None
    step = next((step for step, most in _STEPS if lengths.median <= most), DAY)
    rounded = max(-(-lengths.median // step), 1) * step
    return rounded if rounded <= _LONGEST else None


def _is_exceeded(session: Session, site_id: int, before: datetime) -> bool:
    """Whether more than half of what waits has waited since before that moment."""
    waits, longer = session.execute(
        select(func.count(), func.count(case((Comment.queued_at < before, 1)))).where(
            Comment.site_id == site_id,
            Comment.state == CommentState.PENDING,
            Comment.queued_at.is_not(None),
        )
    ).one()
    return 2 * longer > waits
