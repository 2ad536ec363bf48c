"""The audit trail: every staff action, in order, chained by hashes."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from widget.db import Base


class AuditEntry(Base):
    """One staff action; append-only, which the database itself enforces.

    `payload` (before, after, and a salt) may be erased; `digest` is its SHA-256 and stays, and `hash` covers the
    digest, the other columns and `prev_hash`, so that erasure never breaks the chain. Once the salt is gone nobody
    can try out on the digest what the values may have been.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_site_id_id", "site_id", "id"),
        Index("ix_audit_entries_action_site_id_id", "action", "site_id", "id"),
        Index("ix_audit_entries_subject_id", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(64))
    site_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any] | None]
    digest: Mapped[str] = mapped_column(String(64))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    @property
    def changes(self) -> dict[str, dict[str, Any]]:
        """What the action changed: the values `before` and `after`, both empty where they were erased."""
        payload = self.payload or {}
        return {side: payload.get(side, {}) for side in ("before", "after")}


class AuditHead(Base):
    """The single row that holds the newest hash; locking it puts writers in line.

    `verified_at` is when the worker last went through the whole chain, and `broken` the entry where it did
    not fit: empty where all did, 0 where the end was missing.
    """

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    verified_at: Mapped[datetime | None]
    broken: Mapped[int | None]
