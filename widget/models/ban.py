"""That an account may not comment for a time."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import Base
from widget.models.account import Account
from widget.models.netiquette import Rule


class Ban(Base):
    """A ban from one site, or from all where `site_id` is empty; `until` is empty for good."""

    __tablename__ = "bans"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until > created_at", name="ends_later"),
        CheckConstraint("lifted_at IS NULL OR lifted_at >= created_at", name="lifted_later"),
        Index("ix_bans_account_id", "account_id"),
        Index("ix_bans_site_id_created_at", "site_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id"))
    until: Mapped[datetime | None]
    note: Mapped[str | None]
    private_note: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    created_by_name: Mapped[str] = mapped_column(String(200))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    lifted_by_name: Mapped[str | None] = mapped_column(String(200))

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    rule: Mapped[Rule] = relationship()

    def holds(self, now: datetime) -> bool:
        """Whether the ban is in force at that moment."""
        return self.lifted_at is None and (self.until is None or self.until > now)
