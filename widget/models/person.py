"""What staff of a site hold of a person: whether the identity is trusted, private notes, how the name reads."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import WORD, Base, by_value
from widget.models.account import Account
from widget.models.site import Site
from widget.models.types import Identity

_IN_DOUBT = text("state = 'doubt'")


class IdentityRow(Base):
    """Whether one site's staff trust that a person is who the signature says; no row means *unchecked*.

    `question` is what the person was asked by mail last, `answer` what came back to it; both stay when the
    doubt is settled. `marked_*` say who brought the state about; they are empty for what was moved from the
    time when identity belonged to the account alone.
    """

    __tablename__ = "identities"
    __table_args__ = (
        CheckConstraint("(asked_at IS NULL) = (question IS NULL)", name="asked_with_a_question"),
        CheckConstraint("answered_at IS NULL OR asked_at IS NOT NULL", name="answers_a_question"),
        Index(
            "ix_identities_doubt",
            "site_id",
            "account_id",
            sqlite_where=_IN_DOUBT,
            postgresql_where=_IN_DOUBT,
        ),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True)
    standing: Mapped[Identity] = mapped_column("state", by_value(Identity, "state"))
    marked_at: Mapped[datetime | None]
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    marked_by_name: Mapped[str | None] = mapped_column(String(200))
    question: Mapped[str | None]
    asked_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    site: Mapped[Site] = relationship()


class PersonNote(Base):
    """A note about a person that only staff of one site read."""

    __tablename__ = "person_notes"
    __table_args__ = (
        CheckConstraint("length(body) > 0", name="body_present"),
        Index("ix_person_notes_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    body: Mapped[str]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    created_by_name: Mapped[str] = mapped_column(String(200))


class NameSkeleton(Base):
    """One of the ways in which an account's name may be read, as its SHA-256, by which namesakes are found.

    A skeleton may be longer than what a database indexes; its digest never is.
    """

    __tablename__ = "name_skeletons"
    __table_args__ = (Index("ix_name_skeletons_account_id", "account_id"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)


class AccountWord(Base):
    """One of the words of an account's name and place, as texts are searched, by which people are found."""

    __tablename__ = "account_words"
    __table_args__ = (Index("ix_account_words_account_id_word", "account_id", "word"),)

    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
