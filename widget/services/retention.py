"""What a site keeps only for so long: texts that the public never saw or sees no more, reports, corrections.

Erasing a text leaves everything that says what was done with it: the comment's row with its signature and times, every
decision, every entry of the audit trail (which never held a text). Nothing that is published is ever touched.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.models import (
    Comment,
    CommentNote,
    CommentState,
    Correction,
    Decision,
    FindingRow,
    Opinion,
    Report,
    Revision,
    Site,
)
from widget.services.locks import ROW

# Stands where a text stood: the database takes no empty one.
ERASED: Final = "–"
# So few at once that nobody's comment has to wait for it, and so many rounds that a night is enough for thousands.
BATCH: Final = 200
ROUNDS: Final = 25
_NOT_PUBLIC = (CommentState.REFUSED, CommentState.WITHDRAWN, CommentState.REMOVED)


def run(session: Session, now: datetime) -> tuple[int, int]:
    """Erase and delete what every site has kept long enough, in short transactions of their own.

    Returns how many texts and how many reports and corrections went; what is beyond `ROUNDS` batches of a site goes
    with the next run.
    """
    texts = letters = 0
    sites = session.execute(select(Site.id, Site.keep_refused_days, Site.keep_letters_days)).all()
    session.rollback()
    for site_id, refused_days, letters_days in sites:
        if refused_days is not None:
            texts += _texts(session, site_id, now - timedelta(days=refused_days), now)
        if letters_days is not None:
            letters += _letters(session, site_id, now - timedelta(days=letters_days))
    return texts, letters


def _texts(session: Session, site_id: int, before: datetime, now: datetime) -> int:
    done = 0
    for _ in range(ROUNDS):
        begin_writing(session)
        ids = _due(session, site_id, before)
        erase(session, ids, now)
        session.commit()
        done += len(ids)
        if len(ids) < BATCH:
            break
    return done


def _due(session: Session, site_id: int, before: datetime) -> list[int]:
    """Return comments that are not public, and whose latest move was before that moment, locked."""
    moved = select(func.max(Decision.created_at)).where(Decision.comment_id == Comment.id).scalar_subquery()
    query = (
        select(Comment.id)
        .where(
            Comment.site_id == site_id,
            Comment.erased_at.is_(None),
            Comment.state.in_(_NOT_PUBLIC),
            # One that was withdrawn before decisions were kept for it counts from when it was sent.
            func.coalesce(moved, Comment.created_at) < before,
        )
        .order_by(Comment.id)
        .limit(BATCH)
    )
    return list(session.scalars(query.with_for_update(of=Comment, **ROW)))


def erase(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Erase the texts, and everything that may quote them; what was noticed stays, as a count under its rule."""
    if not ids:
        return
    for kind in (Revision, CommentNote, Opinion):
        session.execute(delete(kind).where(kind.comment_id.in_(ids)))
    for row in session.scalars(select(FindingRow).where(FindingRow.comment_id.in_(ids))):
        row.span_start = row.span_end = None
        # Numbers stay, since the sentence about it needs something in every blank; words are the writer's.
        row.params = {name: ERASED if isinstance(value, str) else value for name, value in row.params.items()}
    session.flush()
    # Its digest would tell whether somebody guesses a short text right; its terms are the text in other words.
    session.execute(
        update(Comment)
        .where(Comment.id.in_(ids), Comment.state.in_(_NOT_PUBLIC))
        .values(body=ERASED, digest="", terms="", erased_at=now)
        .execution_options(synchronize_session=False)
    )


def _letters(session: Session, site_id: int, before: datetime) -> int:
    done = 0
    for kind in (Report, Correction):
        for _ in range(ROUNDS):
            begin_writing(session)
            due = (
                select(kind.id)
                .where(kind.site_id == site_id, kind.handled_at < before)
                .order_by(kind.id)
                .limit(BATCH)
            )
            ids = list(session.scalars(due))
            session.execute(delete(kind).where(kind.id.in_(ids)))
            session.commit()
            done += len(ids)
            if len(ids) < BATCH:
                break
    return done
