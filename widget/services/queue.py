"""The queue: what waits for a decision, a page at a time, with all a card needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from widget.models import Comment, CommentState, Decision, FindingRow, Opinion
from widget.services import identities
from widget.services import selection as selections
from widget.services.list_counts import MOST_COUNTED
from widget.services.people import Record, records
from widget.services.selection import Cursor, Selection

PAGE = 25

_WITH_ALL = (
    joinedload(Comment.thread),
    joinedload(Comment.account),
    joinedload(Comment.parent),
    joinedload(Comment.lease),
    selectinload(Comment.findings).joinedload(FindingRow.overturning),
    selectinload(Comment.revisions),
    selectinload(Comment.notes),
    selectinload(Comment.opinions).selectinload(Opinion.answers),
)


@dataclass(frozen=True)
class Card:
    """One comment at the desk: itself, its writer's record, and its latest decision if it has one.

    `in_doubt` says that the staff of its site doubt who the writer is.
    """

    comment: Comment
    record: Record
    decision: Decision | None = None
    in_doubt: bool = False


@dataclass(frozen=True)
class Page:
    """A stretch of the queue and where it goes on."""

    cards: list[Card]
    following: Cursor | None


def page(session: Session, selection: Selection, after: Cursor | None = None, most: int = PAGE) -> Page:
    """Return the waiting comments that are meant, as cards in order, after a cursor."""
    found = selections.ids(session, selection, after, most + 1)
    shown = found[:most]
    cards = of_ids(session, shown, selection.readable or selection.site_ids) if shown else []
    last = cards[-1].comment if cards and len(found) > most else None
    return Page(cards, Cursor(last.noticed, last.queued_at, last.id) if last and last.queued_at else None)


def of_ids(session: Session, comment_ids: Sequence[int], site_ids: Sequence[int]) -> list[Card]:
    """Return comments of those sites as cards, in the order of the ids; the writers' records count there."""
    rows = {
        row.id: row
        for row in session.scalars(
            select(Comment)
            .where(Comment.id.in_(comment_ids), Comment.site_id.in_(site_ids), Comment.queued_at.is_not(None))
            .options(*_WITH_ALL)
            .execution_options(populate_existing=True)
        )
    }
    known = records(session, {row.account_id for row in rows.values() if row.account_id}, list(site_ids))
    latest = _decisions(session, [row.id for row in rows.values() if row.state is not CommentState.PENDING])
    doubtful = identities.doubtful(session, ((row.account_id, row.site_id) for row in rows.values()))
    return [
        Card(
            row,
            known.get(row.account_id or 0, Record()),
            latest.get(row.id),
            in_doubt=(row.account_id, row.site_id) in doubtful,
        )
        for row in (rows[comment_id] for comment_id in comment_ids if comment_id in rows)
    ]


def _decisions(session: Session, comment_ids: Sequence[int]) -> dict[int, Decision]:
    """Return the latest decision on each of some comments."""
    if not comment_ids:
        return {}
    rows = session.scalars(
        select(Decision)
        .where(Decision.comment_id.in_(comment_ids))
        .order_by(Decision.id)
        .options(joinedload(Decision.rule))
    )
    return {row.comment_id: row for row in rows}


def card(session: Session, comment_id: int, site_ids: list[int]) -> Card | None:
    """Return one comment as a card, whatever its state, or None outside those sites."""
    comment = _comment(session, comment_id, site_ids, _WITH_ALL)
    if comment is None:
        return None
    known: Mapping[int, Record] = (
        records(session, [comment.account_id], site_ids) if comment.account_id is not None else {}
    )
    in_doubt = identities.is_in_doubt(session, comment.account_id, comment.site_id)
    record = known.get(comment.account_id or 0, Record())
    return Card(comment, record, _latest_decision(session, comment_id), in_doubt)


def line(session: Session, comment_id: int, site_ids: list[int]) -> Card | None:
    """Return one comment as `card` does while it waits; once it does not, without what its line leaves out.

    The desk asks for it after every decision: a line needs neither findings nor notes nor the writer's record.
    """
    comment = _comment(session, comment_id, site_ids, (joinedload(Comment.account),))
    if comment is None or comment.state is CommentState.PENDING:
        return card(session, comment_id, site_ids)
    return Card(comment, Record(), _latest_decision(session, comment_id))


def _comment(
    session: Session, comment_id: int, site_ids: list[int], options: Sequence[ORMOption]
) -> Comment | None:
    return session.scalars(
        select(Comment)
        .where(Comment.id == comment_id, Comment.site_id.in_(site_ids), Comment.queued_at.is_not(None))
        .options(*options)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _latest_decision(session: Session, comment_id: int) -> Decision | None:
    return session.scalars(
        select(Decision)
        .where(Decision.comment_id == comment_id)
        .order_by(Decision.id.desc())
        .limit(1)
        .options(joinedload(Decision.rule))
    ).one_or_none()


def count(session: Session, site_ids: list[int]) -> int:
    """Return how many comments wait, in whichever list, counted no further than `MOST_COUNTED`."""
    limited = (
        select(Comment.id)
        .where(Comment.site_id.in_(site_ids), Comment.state == CommentState.PENDING)
        .where(Comment.queued_at.is_not(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(limited)) or 0


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
