"""The conversation under one article."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import WORD, Base
from widget.models.site import Site


class Thread(Base):
    """A site's article and the comments under it.

    `version` moves with every change the public can see; `positions` counts the root comments that
    were ever published, so that each keeps its page; `opening` and `article_text` are the article's first
    paragraph and its whole text, where the publisher supplies them; `verified` says that staff or the
    publisher's system stand by the title and address, which otherwise come from whoever wrote first.
    `closes_on` is when staff let it close by itself; since `off_at` it shows readers nothing at all. `first_published_at`
    is when the public first heard of it, None while nothing was published under the article.
    """

    __tablename__ = "threads"
    __table_args__ = (
        UniqueConstraint("site_id", "article"),
        # The target of the comments' composite key: a comment cannot name another site's thread.
        UniqueConstraint("id", "site_id"),
        CheckConstraint("length(article) > 0", name="article_present"),
        CheckConstraint("length(url) > 0", name="url_present"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("positions >= 0 AND published >= 0", name="counts_not_negative"),
        Index("ix_threads_site_id_latest_at", "site_id", "latest_at", "id"),
        Index("ix_threads_site_id_language", "site_id", "language"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    article: Mapped[str] = mapped_column(String(500))
    url: Mapped[str] = mapped_column(String(2000))
    title: Mapped[str] = mapped_column(String(500))
    opening: Mapped[str | None]
    article_text: Mapped[str | None] = mapped_column(deferred=True)
    language: Mapped[str] = mapped_column(String(8))
    verified: Mapped[bool] = mapped_column(default=False)
    article_published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_notice: Mapped[str | None]
    closes_on: Mapped[datetime | None]
    off_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    positions: Mapped[int] = mapped_column(default=0)
    published: Mapped[int] = mapped_column(default=0)
    first_published_at: Mapped[datetime | None]
    latest_at: Mapped[datetime]
    created_at: Mapped[datetime]

    site: Mapped[Site] = relationship()


class ThreadAlias(Base):
    """That an article's thread was merged into another: the article, and the former thread's page, lead there."""

    __tablename__ = "thread_aliases"
    __table_args__ = (
        UniqueConstraint("site_id", "article"),
        Index("ix_thread_aliases_thread_id", "thread_id"),
    )

    former_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    article: Mapped[str] = mapped_column(String(500))
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    created_at: Mapped[datetime]

    thread: Mapped[Thread] = relationship()


class ThreadWord(Base):
    """One of the words of an article's title, as texts are searched, by which its thread is found."""

    __tablename__ = "thread_words"
    __table_args__ = (Index("ix_thread_words_thread_id_word", "thread_id", "word"),)

    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id", ondelete="CASCADE"), primary_key=True)
