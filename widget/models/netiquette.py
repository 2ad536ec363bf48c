"""The published rules of a site, by version."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import Base


class Netiquette(Base):
    """One version of a site's netiquette; texts are keyed by language."""

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
