"""Findings that a colleague marked as wrong: they weigh nothing any more, and say how good a check is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from widget.db import begin_writing
from widget.errors import NotFound
from widget.models import Audience, Comment, Decision, FindingRow, Overturning
from widget.moderation.permissions import Staff
from widget.services import audit, moderation, moves, reviews, settled_days


@dataclass(frozen=True)
class Marking:
    """Which findings of a comment are meant, in the version of it that was before the colleague's eyes.

    An edited text has findings of its own, which may even have the ids of those that went.
    """

    comment_id: int
    expected_version: int
    finding_ids: Collection[int]


def overturn(session: Session, staff: Staff, marking: Marking, now: datetime) -> None:
    """Mark findings of a comment as wrong; those marked already stay as they are.

    Raises NotFound (`comment.unknown`, `finding.unknown`), Forbidden (`not-permitted`, `decision.own`), Stale.
    """
    found = _locked(session, staff, marking)
    fresh = [row for row in found if row.overturning is None]
    session.add_all(
        Overturning(finding_id=row.id, account_id=staff.account_id, name=staff.name, created_at=now)
        for row in fresh
    )
    _record(session, staff, "finding.overturn", marking, fresh, now)


def uphold(session: Session, staff: Staff, marking: Marking, now: datetime) -> None:
    """Take the marks off findings, whoever made them: they stand after all. Raises as `overturn` does."""
    found = _locked(session, staff, marking)
    marked = [row for row in found if row.overturning is not None]
    ids = [row.id for row in marked]
    session.execute(delete(Overturning).where(Overturning.finding_id.in_(ids)))
    _record(session, staff, "finding.uphold", marking, marked, now)


def _locked(session: Session, staff: Staff, marking: Marking) -> list[FindingRow]:
    """Begin writing; return the findings that are meant, of a comment that the colleague may decide."""
    begin_writing(session)
    comment = moderation.locked(session, staff, marking.comment_id)
    if comment.version != marking.expected_version:
        raise moves.stale(session, comment.id)
    found = list(
        session.scalars(
            select(FindingRow)
            .where(FindingRow.comment_id == comment.id, FindingRow.id.in_(marking.finding_ids))
            # What only its writer was told is none of the staff's.
            .where(FindingRow.audience != Audience.WRITER)
            .options(selectinload(FindingRow.overturning))
            .order_by(FindingRow.id)
        )
    )
    if not found or len(found) != len(set(marking.finding_ids)):
        raise NotFound("finding.unknown")
    return found


def _record(
    session: Session, staff: Staff, action: str, marking: Marking, rows: list[FindingRow], now: datetime
) -> None:
    if not rows:
        return
    session.flush()
    reviews.count(session, marking.comment_id)
    comment = session.get_one(Comment, marking.comment_id)
    in_force = session.scalars(
        select(Decision.created_at).where(
            Decision.comment_id == comment.id, Decision.comment_version == comment.version
        )
    ).one_or_none()
    settled_days.reopen(session, comment.site_id, [comment.queued_at, in_force], now)
    audit.record(
        session,
        staff,
        action,
        subject=f"comment:{comment.id}",
        site_id=comment.site_id,
        after={"findings": [{"id": row.id, "check": row.check_name, "code": row.code} for row in rows]},
        now=now,
    )
    session.expire_all()
