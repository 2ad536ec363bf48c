"""Notes to writers that a site keeps ready, by rule and language: a start to write from, never more."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import CannedNote, Site
from widget.moderation.permissions import Permission, Staff
from widget.services import audit, netiquettes
from widget.services.locks import ROW

LONGEST_LABEL = 80
LONGEST = 2000
# As many as a person still finds their way in, and a page still carries.
MOST = 300


@dataclass(frozen=True)
class Wording:
    """A note as an editor writes it down."""

    rule: int | None
    language: str
    label: str
    body: str


def of_sites(session: Session, site_ids: Collection[int]) -> dict[int, list[CannedNote]]:
    """Return the notes of several sites at once, in order of rule, language and label."""
    rows = session.scalars(
        select(CannedNote)
        .where(CannedNote.site_id.in_(site_ids))
        .order_by(CannedNote.rule, CannedNote.language, CannedNote.label, CannedNote.id)
    )
    found: dict[int, list[CannedNote]] = {site_id: [] for site_id in site_ids}
    for row in rows:
        found[row.site_id].append(row)
    return found


def add(session: Session, staff: Staff, site_id: int, wording: Wording, now: datetime) -> CannedNote:
    """Keep a note ready. Raises Forbidden, and Refusal as `_check` does, or `canned.full`."""
    begin_writing(session)
    site = session.get(Site, site_id)
    if site is None or not staff.may(Permission.READ_QUEUE, site_id):
        raise NotFound("site.unknown")
    _permitted(staff, site_id)
    rule = _check(session, site, wording)
    known = session.scalar(select(func.count()).select_from(CannedNote).where(CannedNote.site_id == site_id))
    if (known or 0) >= MOST:
        raise Refusal("canned.full", most=MOST)
    row = CannedNote(site_id=site_id, **_values(staff, wording, rule, now))
    session.add(row)
    session.flush()
    _record(session, staff, "note.add", row, None, now)
    return row


def change(session: Session, staff: Staff, note_id: int, wording: Wording, now: datetime) -> CannedNote:
    """Word a note anew. Raises NotFound, Forbidden, and Refusal as `_check` does."""
    begin_writing(session)
    row = _locked(session, staff, note_id)
    rule = _check(session, session.get_one(Site, row.site_id), wording)
    before = _shown(row)
    for name, value in _values(staff, wording, rule, now).items():
        setattr(row, name, value)
    _record(session, staff, "note.change", row, before, now)
    return row


def remove(session: Session, staff: Staff, note_id: int, now: datetime) -> CannedNote:
    """Keep a note no longer; return it as it was. Raises NotFound, Forbidden."""
    begin_writing(session)
    row = _locked(session, staff, note_id)
    _record(session, staff, "note.remove", row, _shown(row), now)
    session.delete(row)
    session.flush()
    return row


def body(session: Session, site_ids: Collection[int], note_id: int) -> str:
    """Return the words of a note of those sites, none where it is gone."""
    row = session.get(CannedNote, note_id)
    return row.body if row is not None and row.site_id in site_ids else ""


def _permitted(staff: Staff, site_id: int) -> None:
    if not staff.may(Permission.KEEP_NOTES, site_id):
        raise Forbidden("not-permitted")


def _locked(session: Session, staff: Staff, note_id: int) -> CannedNote:
    row = session.get(CannedNote, note_id, with_for_update=ROW, populate_existing=True)
    if row is None or not staff.may(Permission.READ_QUEUE, row.site_id):
        raise NotFound("canned.unknown")
    _permitted(staff, row.site_id)
    return row


def _check(session: Session, site: Site, wording: Wording) -> int:
    """Return the rule of a note that can be kept.

    Raises Refusal: those of citing a rule, `canned.language`, `canned.label`, `canned.body`.
    """
    rule = netiquettes.cited(netiquettes.in_force(session, site.id), wording.rule, wording.body)
    if wording.language not in site.languages:
        raise Refusal("canned.language", "language")
    if not wording.label or len(wording.label) > LONGEST_LABEL:
        raise Refusal("canned.label", "label", most=LONGEST_LABEL)
    if not wording.body or len(wording.body) > LONGEST:
        raise Refusal("canned.body", "body", most=LONGEST)
    return rule.number


def _values(staff: Staff, wording: Wording, rule: int, now: datetime) -> dict[str, Any]:
    return {
        "rule": rule,
        "language": wording.language,
        "label": wording.label,
        "body": wording.body,
        "changed_at": now,
        "changed_by_id": staff.account_id,
        "changed_by_name": staff.name,
    }


def _shown(row: CannedNote) -> dict[str, Any]:
    return {"rule": row.rule, "language": row.language, "label": row.label, "body": row.body}


def _record(
    session: Session,
    staff: Staff,
    action: str,
    row: CannedNote,
    before: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    audit.record(
        session,
        staff,
        action,
        subject=f"note:{row.id}",
        site_id=row.site_id,
        before=before,
        after=None if action == "note.remove" else _shown(row),
        now=now,
    )
