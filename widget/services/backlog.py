"""How much waited at each hour of the day, worked out backwards from what waits now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from widget.models import Comment, CommentState, Decision
from widget.services.durations import HOUR, Seconds
from widget.services.standing import Span


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


def backlog(session: Session, site_ids: Sequence[int], span: Span, now: datetime) -> Backlog:
    """Return the backlog of a span in three queries, whatever its length and however much there is.

    What waited at an earlier hour is what waits now, less what came since, and with what left since: so the
    history before the span is never counted through. What came or left after the span is one sum.
    """
    waits, oldest = session.execute(
        select(func.count(), func.min(Comment.queued_at)).where(
            Comment.site_id.in_(site_ids),
            Comment.state == CommentState.PENDING,
            Comment.queued_at.is_not(None),
        )
    ).one()
    first, end = _hour_of(span.start), _hour_of(span.end)
    came, moved = _arrivals(session, site_ids, span, end), _moves(session, site_ids, span, end)
    reached = min(end - 1, _hour_of(now))
    level = waits - came.get(end, 0) - moved.get(end, 0)
    sums, days = [0] * 24, [0] * 24
    for hour in range(end - 1, first - 1, -1):
        level -= came.get(hour, 0) + moved.get(hour, 0)
        if hour <= reached:
            sums[hour % 24] += level
            days[hour % 24] += 1
    received = [0] * 24
    for hour, count in came.items():
        if hour < end:
            received[hour % 24] += count
    return Backlog(
        waits,
        oldest,
        {hour: sums[hour] / days[hour] for hour in range(24) if days[hour]},
        dict(enumerate(received)),
    )


def _arrivals(session: Session, site_ids: Sequence[int], span: Span, end: int) -> dict[int, int]:
    """Return how many comments entered the queue in each hour since the span began; `end` is all that follow."""
    hour = _clipped(Seconds(Comment.queued_at), end)
    return _by_hour(
        session,
        select(hour, func.count())
        .where(Comment.site_id.in_(site_ids), Comment.queued_at >= span.start)
        .group_by(hour),
    )


def _moves(session: Session, site_ids: Sequence[int], span: Span, end: int) -> dict[int, int]:
    """Return by how much decisions changed what waits, by hour: one less for each, one more for each undone."""
    hour = _clipped(Seconds(Decision.created_at), end)
    change = case((Decision.to_state == CommentState.PENDING, 1), else_=-1)
    return _by_hour(
        session,
        select(hour, func.sum(change))
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Decision.created_at >= span.start, Comment.site_id.in_(site_ids))
        .where(Comment.queued_at.is_not(None))
        .where((Decision.from_state == CommentState.PENDING) | (Decision.to_state == CommentState.PENDING))
        .group_by(hour),
    )


def _by_hour(session: Session, query: Select[int, Any]) -> dict[int, int]:
    return {int(hour): int(count) for hour, count in session.execute(query)}


def _clipped(moment: Seconds, end: int) -> ColumnElement[int]:
    """Return the number of the hour since 1970, everything from `end` on as one."""
    hour = moment // HOUR
    return case((hour < end, hour), else_=end)


def _hour_of(moment: datetime) -> int:
    return int(moment.timestamp()) // HOUR
