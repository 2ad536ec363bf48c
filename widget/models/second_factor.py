"""The second factor of staff: what an authenticator app shares, and the codes for when it is lost."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from widget.db import Base


class SecondFactor(Base):
    """An account's authenticator; the row exists once a first code has proved that it works.

    `sealed` is the shared secret, unreadable without the server's key (`widget/services/sealing.py`).
    `last_step` is the time step of the newest code that was accepted: no code of it or before is again.
    `failed_codes` were wrong since `failed_since`, none of them right in between (`widget/services/code_guesses.py`).
    """

    __tablename__ = "second_factors"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[str] = mapped_column(String(200))
    last_step: Mapped[int]
    confirmed_at: Mapped[datetime]
    failed_codes: Mapped[int] = mapped_column(default=0, server_default="0")
    failed_since: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the codes that stand in for the authenticator, each once; only its hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]
