"""A publication that embeds comments."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from widget.db import Base


class Site(Base):
    """One publication: its name, languages, the origins its articles stand on, and its settings."""

    __tablename__ = "sites"
    __table_args__ = (
        CheckConstraint("length(key) > 0", name="key_present"),
        CheckConstraint("length(name) > 0", name="name_present"),
        CheckConstraint("comment_length BETWEEN 100 AND 20000", name="comment_length_sane"),
        CheckConstraint("auto_close_days > 0", name="auto_close_days_positive"),
        CheckConstraint("version > 0", name="version_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    default_language: Mapped[str] = mapped_column(String(8))
    languages: Mapped[list[str]]
    origins: Mapped[list[str]]
    comment_length: Mapped[int] = mapped_column(default=2000)
    auto_close_days: Mapped[int | None]
    corrections_email: Mapped[str | None] = mapped_column(String(254))
    own_decisions: Mapped[bool] = mapped_column(default=False)
    includes_comments: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    closed_notice: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
