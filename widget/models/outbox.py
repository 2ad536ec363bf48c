"""Mail that is to leave, written in the transaction that caused it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from widget.db import Base

_WAITS = text("sent_at IS NULL AND cancelled_at IS NULL")
_CANCELLED = text("cancelled_at IS NOT NULL")


class OutboxMail(Base):
    """A mail by template and parameters; it is rendered, with its links, when it leaves.

    `recipient_key` is the recipient as addresses are compared. It waits until `not_before`;
    `claimed_until` keeps a second worker off while one is sending. After the last attempt `cancelled_at`
    is set and `last_error` says why.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR cancelled_at IS NULL", name="sent_or_cancelled"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        Index("ix_outbox_waits", "not_before", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_outbox_cancelled", "id", sqlite_where=_CANCELLED, postgresql_where=_CANCELLED),
        Index("ix_outbox_decision_id", "decision_id"),
        Index("ix_outbox_recipient_key", "recipient_key", "template", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_key: Mapped[str] = mapped_column(String(254), server_default="")
    params: Mapped[dict[str, Any]]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id", ondelete="SET NULL"))
    not_before: Mapped[datetime]
    created_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
