"""The audit trail: written with the action it records, chained, and verified."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.models import AuditEntry, AuditHead
from widget.moderation.permissions import Oneself, Operator, Staff
from widget.services.locks import ROW

GENESIS = "0" * 64

# Every action that is recorded, by what it is done to. A name outlives the code that wrote it: none is ever taken
# out or given another meaning. The desk has a sentence for each (`widget/web/desk/deeds.py`).
ACTIONS = frozenset(
    {
        "comment.publish",
        "comment.refuse",
        "comment.remove",
        "comment.undo",
        "comment.note",
        "opinion.ask",
        "opinion.take-back",
        "opinion.answer",
        "note.add",
        "note.change",
        "note.remove",
        "decision.second-read",
        "finding.overturn",
        "finding.uphold",
        "ban.impose",
        "ban.lift",
        "appeal.kept",
        "appeal.lifted",
        "appeal.shortened",
        "person.identity",
        "person.ask",
        "person.note",
        "person.note-remove",
        "person.rename",
        "person.close",
        "person.erase",
        "report.keep",
        "correction.handle",
        "thread.close",
        "thread.reopen",
        "thread.verify",
        "thread.schedule",
        "thread.switch",
        "thread.rename",
        "thread.merge",
        "site.close",
        "site.reopen",
        "site.figures",
        "site.create",
        "site.settings",
        "checks.set",
        "list.add",
        "list.strike",
        "list.restore",
        "netiquette.draft",
        "netiquette.publish",
        "staff.invite",
        "staff.invitation.revoke",
        "staff.join",
        "staff.role",
        "staff.deactivate",
        "staff.sign-out",
        "staff.reset-second-factor",
        "second-factor.enrol",
        "second-factor.codes",
        "second-factor.remove",
        "password.change",
    }
)
# Less than a day, so that it does not wander through the day by the hour the worker comes round.
_VERIFIED_EVERY = timedelta(hours=23)
# So many entries are read in one transaction.
_AT_ONCE = 2000


def record(
    session: Session,
    staff: Staff | Operator | Oneself,
    action: str,
    *,
    subject: str,
    site_id: int | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
) -> AuditEntry:
    """Append one staff action, or what a reader did that staff must know of, in the caller's transaction.

    `subject` names what was acted on as `kind:id`; `before` and `after` hold plain JSON values. Raises
    ValueError for an action that is not in `ACTIONS`.
    """
    if action not in ACTIONS:
        raise ValueError(f"{action} is not registered in {__name__}.ACTIONS")
    head = session.scalars(select(AuditHead).with_for_update(**ROW)).one()
    payload = {"before": dict(before or {}), "after": dict(after or {}), "salt": secrets.token_hex(16)}
    entry = AuditEntry(
        at=now,
        actor_id=staff.account_id,
        actor_name=staff.name,
        action=action,
        site_id=site_id,
        subject=subject,
        payload=payload,
        digest=_sha256(payload),
        prev_hash=head.hash,
    )
    entry.hash = _hash(entry)
    head.hash = entry.hash
    session.add(entry)
    session.flush()
    return entry


class Interrupted(Exception):
    """Verifying was stopped before it had an outcome."""


def verify(session: Session, stopping: Callable[[], bool] = lambda: False) -> int | None:
    """Return the id of the first entry that does not fit the chain, 0 when the end is missing, or None.

    Between stretches of the trail what the session was reading ends, and `stopping` is asked; raises Interrupted.
    """
    last, previous, broken = 0, GENESIS, None
    count = _AT_ONCE
    while count == _AT_ONCE:
        if stopping():
            raise Interrupted
        count, last, previous, broken = _follow(session, last, previous)
        # On SQLite the log beside the file could not be emptied for as long as one transaction reads.
        session.rollback()
        if broken is not None:
            return broken
    # Colleagues go on meanwhile: only with the head held does what they added last have an end.
    head = session.scalars(
        select(AuditHead).with_for_update(**ROW).execution_options(populate_existing=True)
    ).one()
    count = _AT_ONCE
    while count == _AT_ONCE:
        count, last, previous, broken = _follow(session, last, previous)
        if broken is not None:
            return broken
    return None if head.hash == previous else 0


def verify_nightly(
    session: Session, now: datetime, stopping: Callable[[], bool] = lambda: False
) -> bool | None:
    """Verify the chain once a day and note the outcome at the trail's head; None when it is not due, or was stopped."""
    head = session.scalars(select(AuditHead)).one()
    if head.verified_at is not None and now - head.verified_at < _VERIFIED_EVERY:
        session.rollback()
        return None
    try:
        broken = verify(session, stopping)
    except Interrupted:
        return None
    begin_writing(session)
    head = session.scalars(select(AuditHead).with_for_update(**ROW)).one()
    head.verified_at, head.broken = now, broken
    session.commit()
    return broken is None


def _follow(session: Session, last: int, previous: str) -> tuple[int, int, str, int | None]:
    """Follow a stretch of the chain from after an entry.

    Returns how many there were, the last one's id and hash, and the id where it breaks if it does.
    """
    query = select(AuditEntry).where(AuditEntry.id > last).order_by(AuditEntry.id).limit(_AT_ONCE)
    entries = session.scalars(query).all()
    for entry in entries:
        erased_or_true = entry.payload is None or _sha256(entry.payload) == entry.digest
        if entry.prev_hash != previous or entry.hash != _hash(entry) or not erased_or_true:
            return len(entries), last, previous, entry.id
        last, previous = entry.id, entry.hash
    return len(entries), last, previous, None


def _hash(entry: AuditEntry) -> str:
    """Return the hash over everything but the erasable payload and the account that may be cleared."""
    return _sha256(
        [
            entry.prev_hash,
            entry.at.isoformat(),
            entry.actor_name,
            entry.action,
            entry.site_id,
            entry.subject,
            entry.digest,
        ]
    )


def _sha256(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
