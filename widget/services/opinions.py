"""Second opinions, answers and notes: what colleagues say to each other about a comment. Its writer sees none."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal, Stale
from widget.models import Answer, Comment, CommentNote, CommentState, Opinion
from widget.moderation.permissions import Permission, Staff
from widget.services import audit
from widget.services.locks import ROW


def ask(session: Session, staff: Staff, comment_id: int, question: str, now: datetime) -> Opinion:
    """Put a question about a waiting comment to the other colleagues.

    Whoever asked and was answered may ask again. Raises NotFound, Forbidden (`not-permitted`), Refusal
    (`question.missing`), Stale (`question.not-waiting`, `question.asked`).
    """
    if not question.strip():
        raise Refusal("question.missing", "question")
    begin_writing(session)
    comment = _readable(session, staff, comment_id)
    if not staff.may(Permission.DECIDE, comment.site_id):
        raise Forbidden("not-permitted")
    if comment.state is not CommentState.PENDING or comment.queued_at is None:
        raise Stale("question.not-waiting")
    asked = open_question(session, comment_id)
    if asked is not None:
        if not asked.answers or asked.asked_by_id != staff.account_id:
            raise Stale("question.asked", who=asked.asked_by_name)
        asked.settled_at = now
        # The database knows one open question a comment: the old one goes before the new one comes.
        session.flush()
    row = Opinion(
        comment_id=comment_id,
        question=question,
        asked_by_id=staff.account_id,
        asked_by_name=staff.name,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    _record(session, staff, "opinion.ask", comment, row, now)
    return row


def answer(session: Session, staff: Staff, comment_id: int, body: str, now: datetime) -> Answer:
    """Answer a colleague's question without deciding, which gives the comment back to whoever asked.

    Several may answer: what one was writing while another was faster is not lost. Raises NotFound, Forbidden
    (`not-permitted`, `question.own`), Refusal (`answer.missing`), Stale (`question.settled`).
    """
    if not body.strip():
        raise Refusal("answer.missing", "body")
    begin_writing(session)
    comment = _readable(session, staff, comment_id)
    if not staff.may(Permission.DECIDE, comment.site_id):
        raise Forbidden("not-permitted")
    asked = open_question(session, comment_id)
    if asked is None:
        raise Stale("question.settled")
    if asked.asked_by_id == staff.account_id:
        raise Forbidden("question.own")
    row = Answer(opinion_id=asked.id, body=body, account_id=staff.account_id, name=staff.name, created_at=now)
    session.add(row)
    session.flush()
    _record(session, staff, "opinion.answer", comment, row, now)
    return row


def take_back(session: Session, staff: Staff, comment_id: int, now: datetime) -> Comment:
    """Take one's own question back, so that the comment waits for everybody; where it is settled, nothing changes.

    What was answered stays to be read. Raises NotFound, Forbidden (`question.not-yours`) for a colleague's question.
    """
    begin_writing(session)
    comment = _readable(session, staff, comment_id)
    asked = open_question(session, comment_id)
    if asked is None:
        return comment
    if asked.asked_by_id != staff.account_id:
        raise Forbidden("question.not-yours")
    asked.settled_at = now
    _record(session, staff, "opinion.take-back", comment, asked, now)
    return comment


def settle(session: Session, comment_id: int, now: datetime) -> None:
    """Close the question about a comment that was moved, in the caller's write transaction."""
    session.execute(
        update(Opinion)
        .where(Opinion.comment_id == comment_id, Opinion.settled_at.is_(None))
        .values(settled_at=now)
    )


def open_question(session: Session, comment_id: int) -> Opinion | None:
    """Return the question about a comment that nobody has settled."""
    return session.scalars(
        select(Opinion)
        .where(Opinion.comment_id == comment_id, Opinion.settled_at.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()


def note(session: Session, staff: Staff, comment_id: int, body: str, now: datetime) -> CommentNote:
    """Leave a note about a comment for the colleagues.

    Raises NotFound, Forbidden (`not-permitted`), Refusal (`note.missing`).
    """
    if not body.strip():
        raise Refusal("note.missing", "body")
    begin_writing(session)
    comment = _readable(session, staff, comment_id)
    if not staff.may(Permission.DECIDE, comment.site_id):
        raise Forbidden("not-permitted")
    row = CommentNote(
        comment_id=comment_id, body=body, account_id=staff.account_id, name=staff.name, created_at=now
    )
    session.add(row)
    session.flush()
    _record(session, staff, "comment.note", comment, row, now)
    return row


def _readable(session: Session, staff: Staff, comment_id: int) -> Comment:
    comment = session.get(Comment, comment_id, with_for_update=ROW, populate_existing=True)
    if comment is None or comment.queued_at is None or not staff.may(Permission.READ_QUEUE, comment.site_id):
        raise NotFound("comment.unknown")
    return comment


def _record(
    session: Session,
    staff: Staff,
    action: str,
    comment: Comment,
    row: Opinion | Answer | CommentNote,
    now: datetime,
) -> None:
    # The words stay where they can be erased with the comment; the trail says that there were some.
    audit.record(
        session,
        staff,
        action,
        subject=f"comment:{comment.id}",
        site_id=comment.site_id,
        after={"id": row.id},
        now=now,
    )
