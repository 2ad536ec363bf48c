"""Decisions that stand: what figures are made of, over a stretch of days in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Subquery, select
from sqlalchemy.orm import aliased

from widget.models import Comment, Decision
from widget.services.durations import Seconds


@dataclass(frozen=True)
class Span:
    """The days from `first` to `last`, both included, as the clocks of UTC have them."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime:
        """When the first day begins."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """When the day after the last begins."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)


def standing(site_ids: Sequence[int], span: Span, actions: Sequence[str] = ("publish", "refuse")) -> Subquery:
    """Return the decisions made on those days that nobody took back, as a subquery.

    Columns: `id`, `site_id`, `action`, `rule_id`, `account_id`, `name`, `decided` (seconds since 1970) and
    `waited` (seconds from entering the queue to the decision). It walks the index on `created_at`.
    """
    undo = aliased(Decision)
    taken_back = select(undo.id).where(undo.reverses_id == Decision.id).correlate(Decision)
    decided, queued = Seconds(Decision.created_at), Seconds(Comment.queued_at)
    return (
        select(
            Decision.id,
            Comment.site_id,
            Decision.action,
            Decision.rule_id,
            Decision.account_id,
            Decision.name,
            decided.label("decided"),
            (decided - queued).label("waited"),
        )
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Decision.created_at >= span.start, Decision.created_at < span.end)
        .where(Decision.action.in_(actions), Comment.site_id.in_(site_ids), Comment.queued_at.is_not(None))
        .where(~taken_back.exists())
        .subquery()
    )
