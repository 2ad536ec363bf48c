"""The published rules of a site, by version, and the next version while it is being written."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import Base


class Netiquette(Base):
    """One version of a site's netiquette; texts are keyed by language.

    `summaries` say what changed since the version before; those of a site's first version are empty. A
    version and its rules never change once they are written, which the database itself enforces.
    """

    __tablename__ = "netiquettes"
    __table_args__ = (
        UniqueConstraint("site_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    number: Mapped[int]
    titles: Mapped[dict[str, str]]
    preambles: Mapped[dict[str, str]]
    rights: Mapped[dict[str, str]]
    published_at: Mapped[datetime]
    summaries: Mapped[dict[str, str]] = mapped_column(default=dict, server_default=text("'{}'"))

    rules: Mapped[list["Rule"]] = relationship(back_populates="netiquette", order_by="Rule.number")


class Rule(Base):
    """A numbered rule of one version; number and slug are permanent, title and text may be amended."""

    __tablename__ = "rules"
    __table_args__ = (
        UniqueConstraint("netiquette_id", "number"),
        UniqueConstraint("netiquette_id", "slug"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    netiquette_id: Mapped[int] = mapped_column(ForeignKey("netiquettes.id"))
    number: Mapped[int]
    slug: Mapped[str] = mapped_column(String(64))
    citable: Mapped[bool]
    needs_note: Mapped[bool]
    retired: Mapped[bool] = mapped_column(default=False)
    titles: Mapped[dict[str, str]]
    texts: Mapped[dict[str, str]]

    netiquette: Mapped[Netiquette] = relationship(back_populates="rules")


class NetiquetteDraft(Base):
    """The next version of a site's netiquette while editors work on it; a site has one at the most.

    `content` holds what the version will: titles, preambles, rights, summaries and rules, by language.
    `edits` counts the changes, so that two editors never overwrite each other unseen.
    """

    __tablename__ = "netiquette_drafts"

    site_id: Mapped[int] = mapped_column(
        ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    content: Mapped[dict[str, Any]]
    edits: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    changed_by_name: Mapped[str] = mapped_column(String(200))
