"""What staff keep for themselves and each other: who reads what, questions, notes, and how each one works."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import Base

_OPEN = text("settled_at IS NULL")


class _Said:
    """What one of the staff wrote, and when; the name stays where the account goes."""

    body: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class Lease(Base):
    """That a colleague reads a waiting comment; it lapses by itself, and keeps nobody from deciding."""

    __tablename__ = "leases"
    __table_args__ = (Index("ix_leases_account_id", "account_id"),)

    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    until: Mapped[datetime]


class Opinion(Base):
    """A question about a waiting comment, put to the other colleagues; any decision settles it.

    A comment has one open question at most. An answer gives the comment back to whoever asked.
    """

    __tablename__ = "opinions"
    __table_args__ = (
        CheckConstraint("length(question) > 0", name="question_present"),
        Index("uq_opinions_open", "comment_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_opinions_comment_id", "comment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    question: Mapped[str]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    asked_by_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    answers: Mapped[list["Answer"]] = relationship(order_by="Answer.id", passive_deletes="all")


class Answer(_Said, Base):
    """What a colleague wrote back about a comment without deciding it."""

    __tablename__ = "answers"
    __table_args__ = (
        CheckConstraint("length(body) > 0", name="body_present"),
        Index("ix_answers_opinion_id", "opinion_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    opinion_id: Mapped[int] = mapped_column(ForeignKey("opinions.id", ondelete="CASCADE"))


class CommentNote(_Said, Base):
    """A note about a comment among staff; its writer never sees it."""

    __tablename__ = "comment_notes"
    __table_args__ = (
        CheckConstraint("length(body) > 0", name="body_present"),
        Index("ix_comment_notes_comment_id", "comment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))


class CannedNote(Base):
    """A note to writers that a site keeps ready, for one rule in one language."""

    __tablename__ = "canned_notes"
    __table_args__ = (
        CheckConstraint("length(label) > 0", name="label_present"),
        CheckConstraint("length(body) > 0", name="body_present"),
        Index("ix_canned_notes_site_id", "site_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    rule: Mapped[int]
    language: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(80))
    body: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    changed_by_name: Mapped[str] = mapped_column(String(200))


class DeskPreference(Base):
    """How one colleague works: the view of the queue they keep, and whether they use the keys.

    `queue` holds `sites` and `languages`, lists that are empty for all, and `order`.
    """

    __tablename__ = "desk_preferences"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    queue: Mapped[dict[str, Any]] = mapped_column(default=dict)
    keys: Mapped[bool] = mapped_column(default=True)
