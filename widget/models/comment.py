"""A comment, its earlier texts, and what the checks noticed on it."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    func,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import Base, by_value
from widget.models.account import Account
from widget.models.checks import Overturning
from widget.models.desk import CommentNote, Lease, Opinion
from widget.models.thread import Thread
from widget.models.types import Audience, CommentState

_WAITS = text("state = 'pending' AND queued_at IS NOT NULL")
_ERASABLE = text("erased_at IS NULL AND state IN ('refused', 'withdrawn', 'removed')")


class Comment(Base):
    """What somebody wrote under an article, signed as they signed it then.

    `queued_at` is empty while the writer's address is unconfirmed. `position` is a root's permanent
    place, given when it is first published; `root_id` is empty on a root. `digest` is the SHA-256 of
    the normalised text (rule 10). `version` counts every change of state or text. `terms` are what name, place
    and text are searched by; on SQLite the migration keeps the FTS5 table `comment_terms` in step with them.
    `erased_at` is when the text was erased because it had been kept long enough; a dash stands in its place.
    `noticed` is how many findings editors see that stand; whoever keeps or overturns findings counts them anew.
    """

    __tablename__ = "comments"
    __table_args__ = (
        ForeignKeyConstraint(["thread_id", "site_id"], ["threads.id", "threads.site_id"]),
        ForeignKeyConstraint(["thread_id", "parent_id"], ["comments.thread_id", "comments.id"]),
        ForeignKeyConstraint(["thread_id", "root_id"], ["comments.thread_id", "comments.id"]),
        UniqueConstraint("thread_id", "id"),
        UniqueConstraint("thread_id", "position"),
        UniqueConstraint("account_id", "idempotency_key"),
        CheckConstraint("length(name) > 0", name="name_present"),
        CheckConstraint("length(place) > 0", name="place_present"),
        CheckConstraint("length(body) > 0", name="body_present"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("(parent_id IS NULL) = (root_id IS NULL)", name="replies_have_a_root"),
        CheckConstraint("position IS NULL OR parent_id IS NULL", name="only_roots_have_positions"),
        CheckConstraint(
            "state NOT IN ('published', 'removed') OR (published_at IS NOT NULL AND queued_at IS NOT NULL)",
            name="published_was_queued",
        ),
        CheckConstraint(
            "state <> 'published' OR parent_id IS NOT NULL OR position IS NOT NULL",
            name="published_roots_have_positions",
        ),
        Index("ix_comments_thread_id_state_id", "thread_id", "state", "id"),
        Index("ix_comments_site_id_state_id", "site_id", "state", "id"),
        Index("ix_comments_site_id_created_at_id", "site_id", "created_at", "id"),
        Index("ix_comments_root_id", "root_id"),
        Index("ix_comments_site_id_queued_at", "site_id", "queued_at"),
        Index("ix_comments_account_id_id", "account_id", "id"),
        Index("ix_comments_account_id_digest", "account_id", "digest"),
        Index(
            "ix_comments_queue",
            "site_id",
            "queued_at",
            "id",
            # With it SQLite counts without looking at a row.
            "state",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        Index(
            "ix_comments_queue_account_id",
            "account_id",
            "site_id",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        Index(
            "ix_comments_queue_noticed",
            "site_id",
            "noticed",
            "queued_at",
            "id",
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        Index("ix_comments_erasable", "site_id", "id", sqlite_where=_ERASABLE, postgresql_where=_ERASABLE),
        Index(
            "ix_comments_terms",
            func.to_tsvector(literal_column("'simple'::regconfig"), literal_column("terms")),
            postgresql_using="gin",
        ).ddl_if(dialect="postgresql"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    thread_id: Mapped[int]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    parent_id: Mapped[int | None]
    root_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200))
    body: Mapped[str]
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[CommentState] = mapped_column(by_value(CommentState, "state"), default=CommentState.PENDING)
    version: Mapped[int] = mapped_column(default=1)
    netiquette_id: Mapped[int] = mapped_column(ForeignKey("netiquettes.id"))
    idempotency_key: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    terms: Mapped[str] = mapped_column(server_default="", deferred=True)
    noticed: Mapped[int] = mapped_column(default=0, server_default="0")
    revises_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="SET NULL"))
    position: Mapped[int | None]
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    thread: Mapped[Thread] = relationship(foreign_keys="[Comment.thread_id, Comment.site_id]")
    account: Mapped[Account | None] = relationship()
    parent: Mapped["Comment | None"] = relationship(
        foreign_keys="[Comment.thread_id, Comment.parent_id]",
        remote_side="[Comment.thread_id, Comment.id]",
        viewonly=True,
    )
    findings: Mapped[list["FindingRow"]] = relationship(
        order_by="FindingRow.id", back_populates="comment", passive_deletes="all"
    )
    revisions: Mapped[list["Revision"]] = relationship(
        order_by="Revision.id", back_populates="comment", passive_deletes="all"
    )
    notes: Mapped[list[CommentNote]] = relationship(order_by=CommentNote.id, passive_deletes="all")
    lease: Mapped[Lease | None] = relationship(passive_deletes="all")
    opinions: Mapped[list[Opinion]] = relationship(order_by=Opinion.id, passive_deletes="all")


class Revision(Base):
    """A text that its writer replaced while it was waiting."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("comment_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    version: Mapped[int]
    body: Mapped[str]
    replaced_at: Mapped[datetime]

    comment: Mapped[Comment] = relationship(back_populates="revisions")


class FindingRow(Base):
    """A finding as it was stored with a comment; `rule` is empty where no rule of conduct applies.

    `check_name` names the check in the registry that noticed it; it is empty where no check is known any more.
    """

    __tablename__ = "findings"
    __table_args__ = (
        CheckConstraint(
            "(span_start IS NULL AND span_end IS NULL) OR (span_start >= 0 AND span_end > span_start)",
            name="span_in_order",
        ),
        Index("ix_findings_comment_id", "comment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    rule: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(64))
    span_start: Mapped[int | None]
    span_end: Mapped[int | None]
    params: Mapped[dict[str, Any]]
    audience: Mapped[Audience] = mapped_column(by_value(Audience, "audience"))
    check_version: Mapped[int]
    check_name: Mapped[str] = mapped_column(String(32), default="", server_default="")

    overturning: Mapped[Overturning | None] = relationship(passive_deletes="all")
    comment: Mapped[Comment] = relationship(back_populates="findings")
