"""The audit trail: written with the action it records, chained, and verified."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.models import AuditEntry, AuditHead
from widget.moderation.permissions import Operator, Staff
from widget.services.locks import ROW

GENESIS = "0" * 64


def record(
    session: Session,
    staff: Staff | Operator,
    action: str,
    *,
    subject: str,
    site_id: int | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
) -> AuditEntry:
    """Append one staff action in the caller's transaction.

    `subject` names what was acted on as `kind:id`; `before` and `after` hold plain JSON values.
    """
    head = session.scalars(select(AuditHead).with_for_update(**ROW)).one()
    payload = {"before": dict(before or {}), "after": dict(after or {})}
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


def verify(session: Session) -> int | None:
    """Return the id of the first entry that does not fit the chain, 0 when the end is missing, or None."""
    previous = GENESIS
    with session.scalars(
        select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)
    ) as entries:
        for entry in entries:
            erased_or_true = entry.payload is None or _sha256(entry.payload) == entry.digest
            if entry.prev_hash != previous or entry.hash != _hash(entry) or not erased_or_true:
                return entry.id
            previous = entry.hash
    head = session.scalars(select(AuditHead)).one()
    return None if head.hash == previous else 0


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
