"""Leases: who reads which waiting comment just now. They are a courtesy, not a lock, and lapse by themselves.

Nothing is kept of them, not in the audit trail either: reading is no action.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import NotFound
from widget.models import Comment, CommentState, Lease
from widget.moderation.permissions import Permission, Staff
from widget.services.locks import ROW

# The desk renews a lease well before this has passed.
HELD = timedelta(seconds=45)


@dataclass(frozen=True)
class Standing:
    """How a comment stands just now, for the cards that a page shows; `reader` is a colleague who reads it."""

    version: int
    waits: bool
    reader: str | None


def take(session: Session, staff: Staff, comment_id: int, now: datetime) -> bool:
    """Say that a colleague reads a comment now, and nothing else; return whether no other reads it already.

    A lease that another colleague holds stays theirs; what does not wait any more is read by nobody. Raises
    NotFound outside their sites.
    """
    begin_writing(session)
    # Whoever asks second waits for this row, and then finds the first one's lease.
    comment = session.get(Comment, comment_id, with_for_update=ROW, populate_existing=True)
    if comment is None or comment.queued_at is None or not staff.may(Permission.READ_QUEUE, comment.site_id):
        raise NotFound("comment.unknown")
    session.execute(delete(Lease).where(Lease.account_id == staff.account_id, Lease.comment_id != comment_id))
    if comment.state is not CommentState.PENDING:
        return False
    held = session.get(Lease, comment_id, populate_existing=True)
    if held is None:
        session.add(
            Lease(comment_id=comment_id, account_id=staff.account_id, name=staff.name, until=now + HELD)
        )
        return True
    if held.account_id != staff.account_id and held.until > now:
        return False
    held.account_id, held.name, held.until = staff.account_id, staff.name, now + HELD
    return True


def leave(session: Session, staff: Staff) -> None:
    """Give back whatever a colleague was reading."""
    begin_writing(session)
    session.execute(delete(Lease).where(Lease.account_id == staff.account_id))


def forget_lapsed(session: Session, now: datetime) -> None:
    """Delete leases that have lapsed, in the caller's write transaction."""
    session.execute(delete(Lease).where(Lease.until <= now))


def standings(
    session: Session, account_id: int, site_ids: Sequence[int], comment_ids: Collection[int], now: datetime
) -> Mapping[int, Standing]:
    """Return how some comments of those sites stand, and which colleague other than this one reads them."""
    rows = session.execute(
        select(Comment.id, Comment.version, Comment.state, Lease.name)
        .outerjoin(
            Lease,
            (Lease.comment_id == Comment.id) & (Lease.account_id != account_id) & (Lease.until > now),
        )
        .where(Comment.id.in_(comment_ids), Comment.site_id.in_(site_ids))
    )
    return {row.id: Standing(row.version, row.state is CommentState.PENDING, row.name) for row in rows}
