"""What anybody may tell the newsroom without an account: reports and corrections."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import Base, by_value
from widget.models.comment import Comment
from widget.models.site import Site
from widget.models.types import ReportOutcome

_OPEN = text("handled_at IS NULL")


class Report(Base):
    """Somebody's word that a published comment breaks a rule."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("(handled_at IS NULL) = (outcome IS NULL)", name="handled_with_outcome"),
        Index("ix_reports_open", "site_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_reports_comment_id", "comment_id"),
        Index("ix_reports_email", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    rule: Mapped[int]
    note: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    handled_by_name: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[ReportOutcome | None] = mapped_column(by_value(ReportOutcome, "outcome"))

    comment: Mapped[Comment] = relationship()


class Correction(Base):
    """Somebody's word that an article holds an error or a typo."""

    __tablename__ = "corrections"
    __table_args__ = (
        CheckConstraint("length(body) > 0", name="body_present"),
        Index("ix_corrections_open", "site_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    article: Mapped[str] = mapped_column(String(500))
    url: Mapped[str] = mapped_column(String(2000))
    title: Mapped[str] = mapped_column(String(500))
    body: Mapped[str]
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    handled_by_name: Mapped[str | None] = mapped_column(String(200))

    site: Mapped[Site] = relationship()
