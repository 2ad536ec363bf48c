"""What a site makes of the automatic checks: what each may do, its own words, and findings marked wrong."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from widget.db import Base, by_value
from widget.models.types import CheckMode


class CheckSetting(Base):
    """What one check may do on one site, where that is not what Byline proposes."""

    __tablename__ = "check_settings"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True)
    check_name: Mapped[str] = mapped_column(String(32), primary_key=True)
    mode: Mapped[CheckMode] = mapped_column(by_value(CheckMode, "mode"))


class ListEntry(Base):
    """A word or phrase that a site adds to one of the lists, or one of ours that it strikes out.

    `kind` names the list; `language` is empty for lists of no language, such as protected names.
    """

    __tablename__ = "list_entries"
    __table_args__ = (
        UniqueConstraint("site_id", "kind", "language", "entry"),
        CheckConstraint("length(entry) > 0", name="entry_present"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(8))
    entry: Mapped[str] = mapped_column(String(120))
    struck: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Overturning(Base):
    """That a colleague marked a finding as wrong; without one a finding stands, which nobody has to say."""

    __tablename__ = "overturnings"

    finding_id: Mapped[int] = mapped_column(
        ForeignKey("findings.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
