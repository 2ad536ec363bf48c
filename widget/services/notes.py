"""Notes on people: what staff of a site tell one another about somebody who writes there."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import PersonNote
from widget.moderation.permissions import Permission, Staff
from widget.services import audit, people
from widget.services.locks import ROW
from widget.text import normalise

LONGEST = 2000
_MOST_SHOWN = 100


def of(session: Session, account_id: int, site_ids: list[int]) -> list[PersonNote]:
    """Return the latest notes that those sites keep on a person, newest first."""
    return list(
        session.scalars(
            select(PersonNote)
            .where(PersonNote.account_id == account_id, PersonNote.site_id.in_(site_ids))
            .order_by(PersonNote.id.desc())
            .limit(_MOST_SHOWN)
        )
    )


def add(
    session: Session, staff: Staff, account_id: int, site_id: int, words: str, now: datetime
) -> PersonNote:
    """Keep a note on a person among one site's staff; the person never sees it.

    Raises NotFound for somebody who never wrote there, Refusal: `note.missing`, `note.long`.
    """
    body = normalise.clean_within(words, LONGEST)
    if body is None:
        raise Refusal("note.long", "body", most=LONGEST)
    if not body:
        raise Refusal("note.missing", "body")
    begin_writing(session)
    may = staff.may(Permission.READ_PEOPLE, site_id)
    if not may or not people.is_known(session, account_id, [site_id]):
        raise NotFound("account.unknown")
    note = PersonNote(
        account_id=account_id,
        site_id=site_id,
        body=body,
        created_at=now,
        created_by_id=staff.account_id,
        created_by_name=staff.name,
    )
    session.add(note)
    session.flush()
    _record(session, staff, note, "person.note", now)
    return note


def remove(session: Session, staff: Staff, note_id: int, now: datetime) -> PersonNote:
    """Take back one's own note; raise NotFound, Forbidden (`note.not-yours`)."""
    begin_writing(session)
    note = session.get(PersonNote, note_id, with_for_update=ROW, populate_existing=True)
    if note is None or not staff.may(Permission.READ_PEOPLE, note.site_id):
        raise NotFound("note.unknown")
    if note.created_by_id != staff.account_id:
        raise Forbidden("note.not-yours", who=note.created_by_name)
    _record(session, staff, note, "person.note-remove", now)
    session.delete(note)
    return note


def _record(session: Session, staff: Staff, note: PersonNote, action: str, now: datetime) -> None:
    # Which note, and not what it says: a note that was taken back is not to live on in the trail.
    audit.record(
        session,
        staff,
        action,
        subject=f"account:{note.account_id}",
        site_id=note.site_id,
        after={"note": note.id},
        now=now,
    )
