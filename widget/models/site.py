"""A publication that embeds comments."""

import secrets
from datetime import datetime

from sqlalchemy import CheckConstraint, String, text
from sqlalchemy.orm import Mapped, mapped_column

from widget.db import Base


class Site(Base):
    """One publication: its name, languages, the origins its articles stand on, and its settings.

    `look` is what the embed code says of accent, face, theme and order (`widget/services/looks.py`).
    `keep_refused_days` and `keep_letters_days` are how long the text of what is not public, and reports and corrections
    that were handled, are kept; empty means without limit.
    `second_reading_percent` of its decisions are drawn for a second reading, by a hash that
    `second_reading_key` keys; `transparency` says that it publishes figures month by month.
    """

    __tablename__ = "sites"
    __table_args__ = (
        CheckConstraint("length(key) > 0", name="key_present"),
        CheckConstraint("length(name) > 0", name="name_present"),
        CheckConstraint("comment_length BETWEEN 100 AND 20000", name="comment_length_sane"),
        CheckConstraint("auto_close_days > 0", name="auto_close_days_positive"),
        CheckConstraint("keep_refused_days >= 30", name="keep_refused_days_sane"),
        CheckConstraint("keep_letters_days >= 30", name="keep_letters_days_sane"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("second_reading_percent BETWEEN 0 AND 100", name="second_reading_percent_sane"),
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
    second_reading_percent: Mapped[int] = mapped_column(default=2, server_default="2")
    second_reading_key: Mapped[str] = mapped_column(
        String(64), default=lambda: secrets.token_hex(32), server_default=""
    )
    transparency: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    look: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    # A year: longer than any complaint takes, and no longer without a reason. Sites from before keep without limit.
    keep_refused_days: Mapped[int | None] = mapped_column(default=365)
    keep_letters_days: Mapped[int | None] = mapped_column(default=365)
