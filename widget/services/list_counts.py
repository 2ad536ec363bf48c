"""How much waits in each of the desk's lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.models import Comment, CommentState, Correction, Identity, IdentityRow, Opinion, Report
from widget.services.selection import ASKED, FENCE, Selection, by_question, conditions

# Counting stops here: beyond it the desk says "500 or more" since counting many thousands takes longer than reading a page.
MOST_COUNTED = 500
_MOST_LOOKED_AT = 100


@dataclass(frozen=True)
class Counts:
    """How much waits in each of the desk's lists, counted no further than `MOST_COUNTED`; `fresh` since a moment.

    `doubt` counts comments of people in doubt, `doubts` those people themselves; `answers` comments that the
    colleague asked about and was answered.
    """

    queue: int
    doubt: int
    opinion: int
    answers: int
    reports: int
    corrections: int
    doubts: int
    fresh: int = 0


def most_counted(selection: Selection) -> int:
    """Return how far a list is counted: less far where each comment has to be looked at."""
    looks = selection.rule is not None or selection.first_only
    return _MOST_LOOKED_AT if looks else MOST_COUNTED


def count(session: Session, selection: Selection) -> int:
    """Return how many comments are meant, counted no further than `most_counted`."""
    return session.scalar(select(_number(selection, most_counted(selection)))) or 0


def counts(
    session: Session, selection: Selection, letter_sites: Sequence[int], doubt_sites: Sequence[int] = ()
) -> Counts:
    """Return how much waits in each list, in one query.

    `selection` says whose desk it is, and what `fresh` counts: what it means that came in since its moment.
    """
    lists = [
        *(_number(_whole(selection, kind)) for kind in ("waiting", "doubt")),
        *(_questions(selection, kind) for kind in ("opinion", "answers")),
    ]
    letters = [_letters(Report, letter_sites), _letters(Correction, letter_sites), _doubts(doubt_sites)]
    fresh = [_number(selection)] if selection.since is not None else []
    row = session.execute(select(*(one.label(None) for one in (*lists, *letters, *fresh)))).one()
    return Counts(*row)


def _whole(selection: Selection, kind: str) -> Selection:
    """Return a colleague's whole list of a kind, without any filter."""
    return Selection(selection.readable, selection.readable, selection.viewer_id, kind)


def _number(selection: Selection, most: int = MOST_COUNTED) -> Any:
    limited = (
        select(Comment.id)
        .where(Comment.site_id.in_(selection.site_ids), *conditions(selection))
        .limit(most)
        .subquery()
    )
    return select(func.count()).select_from(limited).scalar_subquery()


def _questions(selection: Selection, kind: str) -> Any:
    """Count from the open questions, which are few, instead of all that waits."""
    waits = (
        select(Comment.id)
        .where(Comment.id == Opinion.comment_id, Comment.site_id.in_(selection.readable))
        .where(Comment.state == CommentState.PENDING, Comment.queued_at.is_not(None))
        .offset(FENCE)
    )
    limited = (
        ASKED.where(*by_question(selection.viewer_id)[kind], waits.exists()).limit(MOST_COUNTED).subquery()
    )
    return select(func.count()).select_from(limited).scalar_subquery()


def _letters(kind: type[Report] | type[Correction], site_ids: Sequence[int]) -> Any:
    limited = (
        select(kind.id)
        .where(kind.site_id.in_(site_ids), kind.handled_at.is_(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return select(func.count()).select_from(limited).scalar_subquery()


def _doubts(site_ids: Sequence[int]) -> Any:
    limited = (
        select(IdentityRow.account_id)
        .where(IdentityRow.site_id.in_(site_ids), IdentityRow.standing == Identity.DOUBT)
        .limit(MOST_COUNTED)
        .subquery()
    )
    return select(func.count()).select_from(limited).scalar_subquery()
