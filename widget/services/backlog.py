"""How much waited at each hour of the day, worked out backwards from what waits now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.models import Comment, CommentState
from widget.services.day_counts import EPOCH
from widget.services.durations import HOUR
from widget.services.settled_days import Known
from widget.services.span import Span


@dataclass(frozen=True)
class Backlog:
    """What waits now, and for each hour of the day (UTC) how much waited as it began, on average.

    `waiting` lacks hours that no day of the span has reached yet; `received` counts comments by the hour in
    which they entered the queue.
    """

    now: int
    oldest: datetime | None
    waiting: Mapping[int, float]
    received: Mapping[int, int]


def backlog(session: Session, site_ids: Sequence[int], span: Span, known: Known, now: datetime) -> Backlog:
    """Return the backlog of a span in one query, from what is known of its days.

    What waited at an earlier hour is what waits now, less what came since, and with what left since: so the
    history before the span is never counted through.
    """
    waits, oldest = session.execute(
        select(func.count(), func.min(Comment.queued_at)).where(
            Comment.site_id.in_(site_ids),
            Comment.state == CommentState.PENDING,
            Comment.queued_at.is_not(None),
        )
    ).one()
    changes, received = _by_hour(known)
    first, end = _hour_of(span.start), _hour_of(span.end)
    reached = min(end - 1, _hour_of(now))
    level = waits - known.later
    sums, days = [0] * 24, [0] * 24
    for hour in range(end - 1, first - 1, -1):
        level -= changes.get(hour, 0)
        if hour <= reached:
            sums[hour % 24] += level
            days[hour % 24] += 1
    return Backlog(
        waits,
        oldest,
        {hour: sums[hour] / days[hour] for hour in range(24) if days[hour]},
        dict(enumerate(received)),
    )


def _by_hour(known: Known) -> tuple[dict[int, int], list[int]]:
    """Return by how much each hour since 1970 changed what waits, and what came in by the hour of the day."""
    changes: dict[int, int] = {}
    received = [0] * 24
    for (_, day), found in known.work.items():
        began = (day - EPOCH).days * 24
        for counter in (found.received, found.moved):
            for hour, count in counter.items():
                changes[began + hour] = changes.get(began + hour, 0) + count
        for hour, count in found.received.items():
            received[hour] += count
    return changes, received


def _hour_of(moment: datetime) -> int:
    return int(moment.timestamp()) // HOUR
