"""What a banned person says to the ban, and what an editor made of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import Base, by_value
from widget.models.ban import Ban
from widget.models.site import Site
from widget.models.types import AppealOutcome

_OPEN = text("handled_at IS NULL")


class Appeal(Base):
    """The one reply that a ban allows; `site_id` is where it was written, also for a ban from all sites."""

    __tablename__ = "appeals"
    __table_args__ = (
        CheckConstraint("length(body) > 0", name="body_present"),
        CheckConstraint("(handled_at IS NULL) = (outcome IS NULL)", name="handled_with_outcome"),
        Index("ix_appeals_open", "site_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ban_id: Mapped[int] = mapped_column(ForeignKey("bans.id", ondelete="CASCADE"), unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    body: Mapped[str]
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    handled_by_name: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[AppealOutcome | None] = mapped_column(by_value(AppealOutcome, "outcome"))
    answer: Mapped[str | None]

    ban: Mapped[Ban] = relationship()
    site: Mapped[Site] = relationship()
