"""Second readings: decisions drawn by lot, read blind by another moderator, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal, Stale
from widget.models import Comment, Decision, Netiquette, Rule, SecondReading, Site
from widget.moderation.draw import is_drawn
from widget.moderation.permissions import Permission, Staff
from widget.services import audit, settled_days
from widget.services.locks import ROW

Row = TypeVar("Row", bound=Any)

# Only these weigh a comment against the rules; removing and undoing follow upon something else.
DRAWN = frozenset({"publish", "refuse"})


@dataclass(frozen=True)
class Reading:
    """What the second reader is shown: the comment as it was decided, and the rules of that day."""

    decision_id: int
    comment: Comment
    rules: list[Rule]


def draw(session: Session, decision: Decision, site_id: int, now: datetime) -> None:
    """Put a decision up for a second reading if the lot falls on it, in the decision's own transaction."""
    if decision.action not in DRAWN:
        return
    site = session.get_one(Site, site_id)
    if is_drawn(site.second_reading_key, decision.id, site.second_reading_percent):
        session.add(SecondReading(decision_id=decision.id, site_id=site_id, drawn_at=now))
        session.flush()


def forget(session: Session, decision_id: int, now: datetime) -> None:
    """Drop the second reading of a decision that was taken back, in the transaction of the undo."""
    gone = session.execute(
        delete(SecondReading)
        .where(SecondReading.decision_id == decision_id)
        .returning(SecondReading.site_id, SecondReading.read_at)
    ).all()
    for site_id, read_at in gone:
        settled_days.reopen(session, site_id, [read_at], now)


def waiting(session: Session, staff: Staff, site_ids: Sequence[int], after: int = 0) -> Reading | None:
    """Return what this colleague is to read next, the longest drawn first, from after a decision on."""
    query = (
        _for(staff, site_ids, select(SecondReading))
        .where(SecondReading.decision_id > after)
        .order_by(SecondReading.decision_id)
        .limit(1)
    )
    row = session.scalars(query.options(*_SHOWN)).one_or_none()
    return None if row is None else _reading(session, row)


def count(session: Session, staff: Staff, site_ids: Sequence[int]) -> int:
    """Return how many this colleague could read."""
    return session.scalar(_for(staff, site_ids, select(func.count(SecondReading.decision_id)))) or 0


def by_id(session: Session, staff: Staff, site_ids: Sequence[int], decision_id: int) -> Reading:
    """Return one that waits for this colleague; raise NotFound for any other."""
    query = _for(staff, site_ids, select(SecondReading)).where(SecondReading.decision_id == decision_id)
    row = session.scalars(query.options(*_SHOWN)).one_or_none()
    if row is None:
        raise NotFound("second-reading.unknown")
    return _reading(session, row)


def read(
    session: Session, staff: Staff, decision_id: int, outcome: str, rule: int | None, now: datetime
) -> SecondReading:
    """Record what a second reader would have decided; nothing changes for the comment or its writer.

    Raises NotFound, Forbidden (`not-permitted`, `second-reading.own`), Stale (`second-reading.read`), Refusal
    (`action.unknown`, `rule.missing`, `rule.not-citable`).
    """
    if outcome not in DRAWN:
        raise Refusal("action.unknown")
    begin_writing(session)
    row = session.get(SecondReading, decision_id, with_for_update=ROW, populate_existing=True)
    if row is None or not staff.may(Permission.READ_QUEUE, row.site_id):
        raise NotFound("second-reading.unknown")
    if not staff.may(Permission.DECIDE, row.site_id):
        raise Forbidden("not-permitted")
    if row.read_at is not None:
        raise Stale("second-reading.read")
    if _concerns(session, staff, row):
        raise Forbidden("second-reading.own")
    cited = _citable(session, row, rule) if outcome == "refuse" else None
    row.account_id, row.name, row.read_at = staff.account_id, staff.name, now
    row.outcome, row.rule = outcome, cited
    audit.record(
        session,
        staff,
        "decision.second-read",
        subject=f"decision:{decision_id}",
        site_id=row.site_id,
        after={"outcome": outcome, "rule": cited},
        now=now,
    )
    return row


_SHOWN = (
    contains_eager(SecondReading.decision),
    contains_eager(SecondReading.decision, Decision.comment).options(
        joinedload(Comment.thread), joinedload(Comment.parent)
    ),
)


def _for(staff: Staff, site_ids: Sequence[int], query: Select[Row]) -> Select[Row]:
    """Narrow a query to what a colleague may read blind: never one's own comment, nor one that one decided."""
    decided = (
        select(Decision.id)
        .where(Decision.comment_id == Comment.id, Decision.account_id == staff.account_id)
        .correlate(Comment)
    )
    return (
        query.join(Decision, Decision.id == SecondReading.decision_id)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(
            SecondReading.site_id.in_(site_ids), SecondReading.read_at.is_(None), Comment.erased_at.is_(None)
        )
        .where(Comment.account_id.is_distinct_from(staff.account_id), ~decided.exists())
    )


def _concerns(session: Session, staff: Staff, row: SecondReading) -> bool:
    """Whether the colleague wrote the comment, or ever decided about it."""
    comment = row.decision.comment
    mine = select(Decision.id).where(
        Decision.comment_id == comment.id, Decision.account_id == staff.account_id
    )
    return comment.account_id == staff.account_id or session.scalars(mine.limit(1)).first() is not None


def _citable(session: Session, row: SecondReading, number: int | None) -> int:
    if number is None:
        raise Refusal("rule.missing", "rule")
    if number not in {rule.number for rule in _rules(session, row)}:
        raise Refusal("rule.not-citable", "rule", number=number)
    return number


def _reading(session: Session, row: SecondReading) -> Reading:
    return Reading(row.decision_id, row.decision.comment, _rules(session, row))


def _rules(session: Session, row: SecondReading) -> list[Rule]:
    """Return the rules that could be cited when the decision was made: the ones it is to be compared under."""
    version = session.get_one(
        Netiquette, row.decision.netiquette_id, options=[selectinload(Netiquette.rules)]
    )
    return [rule for rule in version.rules if rule.citable and not rule.retired]
