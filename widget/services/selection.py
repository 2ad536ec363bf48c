"""Which waiting comments are meant, and in which order: the desk's lists and their filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import UnaryExpression

from widget.models import (
    Answer,
    Audience,
    Comment,
    CommentState,
    FindingRow,
    Identity,
    IdentityRow,
    Opinion,
    Overturning,
    Thread,
)

# Passing over none keeps PostgreSQL from turning the question into a join of all that waits: the list stops after a page.
FENCE = 0
# With more sites than this, one sorted query is cheaper than one for each of them.
_MOST_LEGS = 30


class Cursor(NamedTuple):
    """Where a list goes on: the place of the last comment in each of the orders."""

    noticed: int
    queued_at: datetime
    id: int


@dataclass(frozen=True)
class Selection:
    """What stands in a list, for one colleague.

    `site_ids` are the sites whose comments are meant, `readable` all on which the colleague reads the queue:
    on these a writer is new, or not. Everything left out does not matter. `since` means: queued after that.
    """

    site_ids: Sequence[int]
    readable: Sequence[int] = ()
    viewer_id: int | None = None
    kind: str = "waiting"
    order: str = "waiting"
    thread_id: int | None = None
    account_id: int | None = None
    languages: Sequence[str] = ()
    rule: int | None = None
    first_only: bool = False
    since: datetime | None = None


# Both are few among all that wait, and looked up once: not for each comment anew, for a queue may hold thousands.
ASKED = select(Opinion.comment_id).where(Opinion.settled_at.is_(None))
_other = aliased(Comment)
_DOUBTED = (
    select(_other.id)
    .join(
        IdentityRow,
        (IdentityRow.account_id == _other.account_id) & (IdentityRow.site_id == _other.site_id),
    )
    .where(IdentityRow.standing == Identity.DOUBT)
    .where(_other.state == CommentState.PENDING, _other.queued_at.is_not(None))
)
_ANSWERED = select(Answer.id).where(Answer.opinion_id == Opinion.id).exists()

# The orders by the columns they go by, and whether downwards; the index of each begins with the site.
_ORDERS: Mapping[str, Sequence[tuple[str, bool]]] = {
    "waiting": (("queued_at", False), ("id", False)),
    "newest": (("queued_at", True), ("id", True)),
    "most": (("noticed", True), ("queued_at", False), ("id", False)),
    "least": (("noticed", False), ("queued_at", False), ("id", False)),
}
ORDERS = tuple(_ORDERS)
KINDS = ("waiting", "doubt", "opinion", "answered", "asked", "answers")


def ids(session: Session, selection: Selection, after: Cursor | None, most: int) -> list[int]:
    """Return the ids of the comments meant, in order, after a cursor.

    Each site's own are found by its index, and only these few are put in order.
    """
    if not selection.site_ids:
        return []
    base = select(Comment.id, Comment.noticed, Comment.queued_at).where(*conditions(selection))
    if after is not None:
        base = base.where(*_later(selection.order, after))
    columns = {"id": Comment.id, "noticed": Comment.noticed, "queued_at": Comment.queued_at}
    base = base.order_by(*_by(selection.order, columns)).limit(most)
    if len(selection.site_ids) > _MOST_LEGS:
        return list(session.scalars(base.where(Comment.site_id.in_(selection.site_ids))))
    legs = [base.where(Comment.site_id == site_id) for site_id in selection.site_ids]
    if len(legs) == 1:
        return list(session.scalars(legs[0]))
    found = union_all(*(select(leg.subquery()) for leg in legs)).subquery()
    return list(session.scalars(select(found.c.id).order_by(*_by(selection.order, found.c)).limit(most)))


def _by(order: str, columns: Any) -> list[UnaryExpression[Any]]:
    """Return an order by the columns of a table or of a query on it."""
    return [columns[name].desc() if down else columns[name].asc() for name, down in _ORDERS[order]]


def names(session: Session, selection: Selection) -> tuple[str | None, str | None]:
    """Return the title of the thread and the name of the writer that a selection is about, where staff may know."""
    title = writer = None
    if selection.thread_id is not None:
        title = session.scalar(
            select(Thread.title).where(
                Thread.id == selection.thread_id, Thread.site_id.in_(selection.readable)
            )
        )
    if selection.account_id is not None:
        writer = session.scalar(
            select(Comment.name)
            .where(Comment.account_id == selection.account_id, Comment.site_id.in_(selection.readable))
            .order_by(Comment.id.desc())
            .limit(1)
        )
    return title, writer


def conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """Return what holds of every comment that a selection means, but for its sites."""
    found = [
        Comment.state == CommentState.PENDING,
        Comment.queued_at.is_not(None),
        *_in_list(selection.kind, selection.viewer_id),
    ]
    if selection.thread_id is not None:
        found.append(Comment.thread_id == selection.thread_id)
    if selection.account_id is not None:
        found.append(Comment.account_id == selection.account_id)
    if selection.languages:
        found.append(Comment.language.in_(selection.languages))
    if selection.rule is not None:
        found.append(_noticed(selection.rule).exists())
    if selection.first_only:
        found.append(~_decided_before(selection.readable).exists())
    if selection.since is not None:
        found.append(Comment.queued_at > selection.since)
    return found


def _in_list(kind: str, viewer_id: int | None) -> list[ColumnElement[bool]]:
    """Return what puts a waiting comment into a list: a question first, then a doubt.

    A question to the others takes it out of everybody's queue; answered, it is back in that of whoever asked.
    """
    asked = by_question(viewer_id)
    if kind in asked:
        return [Comment.id.in_(ASKED.where(*asked[kind]))]
    elsewhere = Comment.id.not_in(
        ASKED.where(or_(Opinion.asked_by_id.is_distinct_from(viewer_id), ~_ANSWERED))
    )
    return [elsewhere, Comment.id.in_(_DOUBTED) if kind == "doubt" else Comment.id.not_in(_DOUBTED)]


def by_question(viewer_id: int | None) -> Mapping[str, tuple[ColumnElement[bool], ...]]:
    """Return for each list of questions which of the open ones stand in it."""
    theirs, own = Opinion.asked_by_id.is_distinct_from(viewer_id), Opinion.asked_by_id == viewer_id
    return {
        "opinion": (theirs, ~_ANSWERED),
        "answered": (theirs, _ANSWERED),
        "asked": (own,),
        "answers": (own, _ANSWERED),
    }


def _noticed(rule: int) -> Select[int]:
    return (
        select(FindingRow.id)
        .outerjoin(Overturning, Overturning.finding_id == FindingRow.id)
        .where(FindingRow.comment_id == Comment.id, FindingRow.rule == rule)
        .where(FindingRow.audience != Audience.WRITER, Overturning.finding_id.is_(None))
        .offset(FENCE)
    )


def _decided_before(site_ids: Sequence[int]) -> Select[int]:
    """Select what came of anything else by the same writer, as `people.Record.is_first` asks."""
    other = aliased(Comment)
    return (
        select(other.id)
        .where(
            other.account_id == Comment.account_id,
            other.site_id.in_(site_ids),
            other.state != CommentState.PENDING,
        )
        .offset(FENCE)
    )


def _later(order: str, after: Cursor) -> list[ColumnElement[bool]]:
    """Return the conditions on what comes after a cursor; the first of them bounds the index."""
    if order == "newest":
        place = tuple_(Comment.queued_at, Comment.id) < (after.queued_at, after.id)
        return [Comment.queued_at <= after.queued_at, place]
    place = tuple_(Comment.queued_at, Comment.id) > (after.queued_at, after.id)
    if order == "waiting":
        return [Comment.queued_at >= after.queued_at, place]
    same = (Comment.noticed == after.noticed) & place
    if order == "most":
        return [Comment.noticed <= after.noticed, (Comment.noticed < after.noticed) | same]
    return [Comment.noticed >= after.noticed, (Comment.noticed > after.noticed) | same]
