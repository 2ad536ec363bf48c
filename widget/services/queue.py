"""The queue: what waits for a decision, oldest first, with all a card needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from widget.models import Comment, CommentState, Correction, Decision, FindingRow, Report
from widget.services.people import Record, records

# Counting stops here: beyond it the desk says "500 or more" since counting many thousands takes longer than reading a page.
MOST_COUNTED = 500
PAGE = 25

Cursor = tuple[datetime, int]


@dataclass(frozen=True)
class Card:
    """One comment at the desk: itself, its writer's record, and its latest decision if it has one."""

    comment: Comment
    record: Record
    decision: Decision | None = None


@dataclass(frozen=True)
class Page:
    """A stretch of the queue and where it goes on."""

    cards: list[Card]
    following: Cursor | None


def waiting(session: Session, site_ids: list[int], after: Cursor | None = None, most: int = PAGE) -> Page:
    """Return the oldest waiting comments of those sites, after a cursor of (queued_at, id)."""
    query = (
        select(Comment)
        .where(Comment.site_id.in_(site_ids), Comment.state == CommentState.PENDING)
        .where(Comment.queued_at.is_not(None))
    )
    if after is not None:
        at, comment_id = after
        query = query.where(
            or_(Comment.queued_at > at, (Comment.queued_at == at) & (Comment.id > comment_id))
        )
    rows = list(
        session.scalars(
            query.order_by(Comment.queued_at, Comment.id)
            .limit(most + 1)
            .options(
                joinedload(Comment.thread),
                joinedload(Comment.account),
                joinedload(Comment.parent),
                selectinload(Comment.findings).joinedload(FindingRow.overturning),
                selectinload(Comment.revisions),
            )
        )
    )
    shown = rows[:most]
    known = records(session, {row.account_id for row in shown if row.account_id}, site_ids)
    cards = [Card(row, known.get(row.account_id or 0, Record())) for row in shown]
    last = shown[-1] if len(rows) > most else None
    return Page(cards, (last.queued_at, last.id) if last and last.queued_at else None)


def card(session: Session, comment_id: int, site_ids: list[int]) -> Card | None:
    """Return one comment as a card, whatever its state, or None outside those sites."""
    comment = session.scalars(
        select(Comment)
        .where(Comment.id == comment_id, Comment.site_id.in_(site_ids), Comment.queued_at.is_not(None))
        .options(
            joinedload(Comment.thread),
            joinedload(Comment.account),
            joinedload(Comment.parent),
            selectinload(Comment.findings).joinedload(FindingRow.overturning),
        )
    ).one_or_none()
    if comment is None:
        return None
    decision = session.scalars(
        select(Decision)
        .where(Decision.comment_id == comment_id)
        .order_by(Decision.id.desc())
        .limit(1)
        .options(joinedload(Decision.rule))
    ).one_or_none()
    known: Mapping[int, Record] = (
        records(session, [comment.account_id], site_ids) if comment.account_id is not None else {}
    )
    return Card(comment, known.get(comment.account_id or 0, Record()), decision)


def count(session: Session, site_ids: list[int]) -> int:
    """Return how many comments wait, counted no further than `MOST_COUNTED`."""
    limited = (
        select(Comment.id)
        .where(Comment.site_id.in_(site_ids), Comment.state == CommentState.PENDING)
        .where(Comment.queued_at.is_not(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(limited)) or 0


@dataclass(frozen=True)
class Counts:
    """How much waits in each of the desk's lists, counted no further than `MOST_COUNTED`."""

    queue: int
    reports: int
    corrections: int


def counts(session: Session, queue_sites: list[int], letter_sites: list[int]) -> Counts:
    """Return how much waits in each list of those sites."""
    return Counts(
        count(session, queue_sites),
        _open_letters(session, Report, letter_sites),
        _open_letters(session, Correction, letter_sites),
    )


def tallies(session: Session, thread_id: int) -> dict[CommentState, int]:
    """Return how many comments of a thread stand in each state."""
    rows = session.execute(
        select(Comment.state, func.count())
        .where(Comment.thread_id == thread_id, Comment.queued_at.is_not(None))
        .group_by(Comment.state)
    )
    return dict(rows.all())


def of_thread(session: Session, thread_id: int, state: CommentState | None, most: int) -> list[Comment]:
    """Return a thread's latest comments, of one state or of all, newest first."""
    query = select(Comment).where(Comment.thread_id == thread_id, Comment.queued_at.is_not(None))
    if state is not None:
        query = query.where(Comment.state == state)
    return list(session.scalars(query.order_by(Comment.id.desc()).limit(most)))


def _open_letters(session: Session, kind: type[Report] | type[Correction], site_ids: list[int]) -> int:
    limited = (
        select(kind.id)
        .where(kind.site_id.in_(site_ids), kind.handled_at.is_(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(limited)) or 0
