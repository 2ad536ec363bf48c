"""People: readers and staff, what they accepted, and their sign-ins."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from widget.db import Base, by_value
from widget.models.second_factor import SecondFactor
from widget.models.types import Role, SignInKind


class Account(Base):
    """A person, known server-wide by full name and place of residence.

    `email_key` is the address as it is compared; it is unique among confirmed accounts only, so that
    registering reveals nobody. An account that was closed keeps its row for the comments' sake.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="name_present"),
        CheckConstraint("length(place) > 0", name="place_present"),
        Index(
            "uq_accounts_confirmed_email",
            "email_key",
            unique=True,
            sqlite_where=text("email_confirmed_at IS NOT NULL"),
            postgresql_where=text("email_confirmed_at IS NOT NULL"),
        ),
        Index("ix_accounts_email_key", "email_key"),
        Index("ix_accounts_name_id", "name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254))
    email_confirmed_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    staff_roles: Mapped[list["StaffRole"]] = relationship(back_populates="account", passive_deletes="all")
    second_factor: Mapped[SecondFactor | None] = relationship(passive_deletes="all")


class StaffRole(Base):
    """One account's role on one site, or on all sites where `site_id` is empty."""

    __tablename__ = "staff_roles"
    __table_args__ = (
        UniqueConstraint("account_id", "site_id"),
        Index(
            "uq_staff_roles_everywhere",
            "account_id",
            unique=True,
            sqlite_where=text("site_id IS NULL"),
            postgresql_where=text("site_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(by_value(Role, "role"))

    account: Mapped[Account] = relationship(back_populates="staff_roles")


class SignIn(Base):
    """One signed-in browser, revocable by itself; the cookie holds the token, the row its hash.

    `device` says roughly which ("Firefox · Linux"), so that staff recognise their own; it is empty for readers.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (
        CheckConstraint("expires_at > created_at", name="expires_later"),
        Index("ix_sign_ins_account_id", "account_id"),
        Index("ix_sign_ins_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    kind: Mapped[SignInKind] = mapped_column(by_value(SignInKind, "kind"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    device: Mapped[str | None] = mapped_column(String(60))

    account: Mapped[Account] = relationship()


class Acceptance(Base):
    """That an account accepted one version of one site's netiquette."""

    __tablename__ = "acceptances"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    netiquette_id: Mapped[int] = mapped_column(ForeignKey("netiquettes.id"), primary_key=True)
    accepted_at: Mapped[datetime]
