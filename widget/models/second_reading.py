"""Decisions that were drawn to be read by a second pair of eyes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import Base
from widget.models.decision import Decision

_OPEN = text("read_at IS NULL")


class SecondReading(Base):
    """A decision drawn for a second reading, and what the second reader would have decided.

    `outcome` is `publish` or `refuse`, `rule` the number that a refusal cites; both are for the figures alone.
    `name` is the reader's as it was, and outlives the account.
    """

    __tablename__ = "second_readings"
    __table_args__ = (
        CheckConstraint("(read_at IS NULL) = (outcome IS NULL)", name="read_with_outcome"),
        CheckConstraint("(read_at IS NULL) = (name IS NULL)", name="read_by_somebody"),
        CheckConstraint("outcome IS NULL OR outcome IN ('publish', 'refuse')", name="outcome"),
        CheckConstraint(
            "(rule IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'refuse')", name="refusals_cite"
        ),
        Index(
            "ix_second_readings_open", "site_id", "decision_id", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index("ix_second_readings_site_id_read_at", "site_id", "read_at"),
    )

    decision_id: Mapped[int] = mapped_column(
        ForeignKey("decisions.id"), primary_key=True, autoincrement=False
    )
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    drawn_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    name: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[str | None] = mapped_column(String(32))
    rule: Mapped[int | None]
    read_at: Mapped[datetime | None]

    decision: Mapped[Decision] = relationship()
