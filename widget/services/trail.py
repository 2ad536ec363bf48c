"""The audit trail as it is read: searched page by page, and handed out whole."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from widget.models import Account, AuditEntry, AuditHead, Rule
from widget.moderation.permissions import Permission, Staff
from widget.services.audit import GENESIS
from widget.text.cells import Cell

_AT_ONCE = 500

COLUMNS = (
    "id",
    "at",
    "who",
    "account",
    "action",
    "site",
    "subject",
    "before",
    "after",
    "digest",
    "prev_hash",
    "hash",
)


@dataclass(frozen=True)
class Search:
    """What of the trail is wanted; empty means all. `who` is part of a name, `subject` as `kind:id`."""

    who: str = ""
    action: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None


def page(
    session: Session, staff: Staff, site_ids: Collection[int], search: Search, before: int | None, most: int
) -> list[AuditEntry]:
    """Return the newest entries this colleague may read, from before an id on."""
    query = _readable(select(AuditEntry), staff, site_ids)
    return _stretch(session, _found(query, search), before, most)


def walk(session: Session, staff: Staff, site_ids: Collection[int], search: Search) -> Iterator[list[Cell]]:
    """Yield every entry that `page` would show as cells, newest first, some hundreds of them at a time."""
    return _walk(session, _found(_readable(select(AuditEntry), staff, site_ids), search))


def everything(session: Session, site_id: int | None = None) -> Iterator[list[Cell]]:
    """Yield the whole trail as cells, or that of one site, newest first: for operators."""
    query = select(AuditEntry)
    return _walk(session, query if site_id is None else query.where(AuditEntry.site_id == site_id))


def head(session: Session) -> AuditHead:
    """Return the trail's head, which knows when it was last verified."""
    return session.scalars(select(AuditHead)).one()


def newest(session: Session) -> tuple[int, str]:
    """Return the id and the hash of the newest entry; 0 and the hash that every chain begins with where there is none."""
    row = session.execute(
        select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    ).one_or_none()
    return (row.id, row.hash) if row else (0, GENESIS)


def rule_numbers(session: Session, entries: Collection[AuditEntry]) -> dict[int, int]:
    """Return the numbers of the rules that decisions among the entries name by their ids."""
    named = {entry.changes["after"].get("rule") for entry in entries if entry.action.startswith("comment.")}
    rows = session.execute(select(Rule.id, Rule.number).where(Rule.id.in_(named - {None})))
    return dict(rows.all())


def names(session: Session, entries: Collection[AuditEntry]) -> dict[int, str]:
    """Return the names of the people whom entries are about, by account."""
    subjects = [entry.subject.partition(":") for entry in entries]
    ids = {int(number) for kind, _, number in subjects if kind == "account" and number.isdecimal()}
    if not ids:
        return {}
    return dict(session.execute(select(Account.id, Account.name).where(Account.id.in_(ids))).all())


def _readable(query: Select[AuditEntry], staff: Staff, site_ids: Collection[int]) -> Select[AuditEntry]:
    """Narrow to the colleague's sites; what concerns no single site is for those with a role on all."""
    mine = AuditEntry.site_id.in_(site_ids)
    if staff.may(Permission.READ_AUDIT, None):
        return query.where(or_(mine, AuditEntry.site_id.is_(None)))
    return query.where(mine)


def _found(query: Select[AuditEntry], search: Search) -> Select[AuditEntry]:
    if search.who:
        query = query.where(AuditEntry.actor_name.icontains(search.who, autoescape=True))
    if search.action:
        query = query.where(AuditEntry.action == search.action)
    if search.subject:
        query = query.where(AuditEntry.subject == search.subject)
    if search.first:
        query = query.where(AuditEntry.at >= _midnight(search.first))
    if search.last:
        query = query.where(AuditEntry.at < _midnight(search.last) + timedelta(days=1))
    return query


def _stretch(session: Session, query: Select[AuditEntry], before: int | None, most: int) -> list[AuditEntry]:
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(most)))


def _walk(session: Session, query: Select[AuditEntry]) -> Iterator[list[Cell]]:
    """Yield rows by keyset: what is appended meanwhile is newer than the first, and so left out."""
    before: int | None = None
    while entries := _stretch(session, query, before, _AT_ONCE):
        before = entries[-1].id
        for entry in entries:
            yield _cells(entry)
        session.expunge_all()


def _cells(entry: AuditEntry) -> list[Cell]:
    return [
        entry.id,
        entry.at.isoformat(),
        entry.actor_name,
        entry.actor_id,
        entry.action,
        entry.site_id,
        entry.subject,
        *(json.dumps(values, ensure_ascii=False, sort_keys=True) for values in entry.changes.values()),
        entry.digest,
        entry.prev_hash,
        entry.hash,
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
