"""A writer's own comments, on every site of the server, each with the decision that brought it where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from widget.models import Comment, Decision, Thread

PAGE = 25


@dataclass(frozen=True)
class OwnComment:
    """A writer's own comment with the decision that brought it where it stands, if any."""

    comment: Comment
    decision: Decision | None


@dataclass(frozen=True)
class OwnPage:
    """Some of a writer's comments, newest first; `following` is the id before which the next page begins."""

    comments: list[OwnComment]
    following: int | None


def page(session: Session, account_id: int, before: int | None = None, most: int = PAGE) -> OwnPage:
    """Return a page of everything that somebody wrote, in two queries."""
    query = select(Comment).where(Comment.account_id == account_id)
    if before is not None:
        query = query.where(Comment.id < before)
    query = query.order_by(Comment.id.desc()).limit(most + 1)
    rows = session.scalars(query.options(joinedload(Comment.thread).joinedload(Thread.site))).all()
    shown = rows[:most]
    return OwnPage(with_decisions(session, shown), shown[-1].id if len(rows) > most else None)


def under(session: Session, account_id: int, thread_id: int) -> list[OwnComment]:
    """Return a writer's own comments in a thread, newest first."""
    own = session.scalars(
        select(Comment)
        .where(Comment.account_id == account_id, Comment.thread_id == thread_id)
        .order_by(Comment.id.desc())
        .limit(100)
    )
    return with_decisions(session, own.all())


def with_decisions(session: Session, own: Iterable[Comment]) -> list[OwnComment]:
    """Return comments each with its latest decision, where nothing came after it."""
    known = list(own)
    decisions = session.scalars(
        select(Decision)
        .where(Decision.comment_id.in_([comment.id for comment in known]))
        .order_by(Decision.id)
        .options(joinedload(Decision.rule))
    )
    latest = {decision.comment_id: decision for decision in decisions}
    return [
        OwnComment(comment, decision if decision and decision.comment_version == comment.version else None)
        for comment in known
        for decision in [latest.get(comment.id)]
    ]
