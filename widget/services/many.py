"""Deciding many comments at once, and taking all of that back: each by a decision of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from widget.db import begin_writing
from widget.errors import Refusal
from widget.models import Comment, Decision, Thread
from widget.moderation.permissions import Permission, Staff
from widget.services import moderation
from widget.services.locks import ROW
from widget.services.moderation import Order

# More than a person has before their eyes; and one transaction holds them all.
MOST = 100


@dataclass(frozen=True)
class Outcome:
    """What came of it: the decisions made, and by comment why others were not, with the writer's name.

    Undoing makes decisions too.
    """

    done: list[Decision] = field(default_factory=list)
    declined: Mapping[int, tuple[str, Refusal]] = field(default_factory=dict)


def decide(
    session: Session, staff: Staff, versions: Mapping[int, int], order: Order, grace: timedelta, now: datetime
) -> Outcome:
    """Do to each comment, in the version given for it, what `order` says of none; return what came of each.

    What is declined keeps none of the others from being decided. Comments of other newsrooms are passed over.
    Raises Refusal (`many.none`, `many.most`).
    """
    if not versions:
        raise Refusal("many.none")
    if len(versions) > MOST:
        raise Refusal("many.most", most=MOST)
    begin_writing(session)
    names = _locked(session, staff, list(versions))
    done: list[Decision] = []
    declined: dict[int, tuple[str, Refusal]] = {}
    # Parents come before their replies, so that a conversation can be published in one go.
    for comment_id in sorted(names):
        one = replace(order, comment_id=comment_id, expected_version=versions[comment_id])
        try:
            with session.begin_nested():
                done.append(moderation.decide_here(session, staff, one, grace, now))
        except Refusal as refusal:
            declined[comment_id] = (names[comment_id], refusal)
    return Outcome(done, declined)


def undo(
    session: Session,
    staff: Staff,
    decision_ids: Sequence[int],
    now: datetime,
    *,
    grace: timedelta = timedelta(0),
) -> Outcome:
    """Take back all of some decisions of this sign-in, each by a decision of its own; return what came of each.

    What a colleague changed since stays as it is and keeps none of the others. What was taken back already, and
    decisions of other newsrooms, are passed over. Raises Refusal (`many.none`, `many.most`).
    """
    if not decision_ids:
        raise Refusal("many.none")
    if len(decision_ids) > MOST:
        raise Refusal("many.most", most=MOST)
    begin_writing(session)
    back = aliased(Decision)
    standing = session.execute(
        select(Decision.id, Decision.comment_id)
        .where(
            Decision.id.in_(decision_ids), ~select(back.id).where(back.reverses_id == Decision.id).exists()
        )
        # Replies go before what they answer: nothing that was published has answers left when its turn comes.
        .order_by(Decision.comment_id.desc(), Decision.id.desc())
    ).all()
    names = _locked(session, staff, [row.comment_id for row in standing])
    done: list[Decision] = []
    declined: dict[int, tuple[str, Refusal]] = {}
    for decision_id, comment_id in standing:
        if comment_id not in names:
            continue
        try:
            with session.begin_nested():
                done.append(moderation.undo_here(session, staff, decision_id, now, grace=grace))
        except Refusal as refusal:
            declined[comment_id] = (names[comment_id], refusal)
    return Outcome(done, declined)


def _locked(session: Session, staff: Staff, comment_ids: Sequence[int]) -> dict[int, str]:
    """Lock everything that deciding will touch, and return the writers' names by comment.

    A decision alone locks a comment, then what it answers, then their thread, then the end of the audit trail.
    Replies have higher ids than what they answer: going downwards, and to threads only when all comments are
    locked, nobody waits for us while we wait for them.
    """
    rows = session.execute(
        select(Comment.id, Comment.site_id, Comment.parent_id, Comment.thread_id, Comment.name).where(
            Comment.id.in_(comment_ids)
        )
    ).all()
    ours = [row for row in rows if staff.may(Permission.READ_QUEUE, row.site_id)]
    touched = {row.id for row in ours} | {row.parent_id for row in ours if row.parent_id}
    for model, wanted in ((Comment, touched), (Thread, {row.thread_id for row in ours})):
        session.execute(
            select(model.id).where(model.id.in_(wanted)).order_by(model.id.desc()).with_for_update(**ROW)
        )
    return {row.id: row.name for row in ours}
