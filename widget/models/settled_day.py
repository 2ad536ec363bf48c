"""What the figures need of a day that is over, worked out once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from widget.db import Base


class SettledDay(Base):
    """One day of one site, in UTC, as `services/day_counts.py` counted it.

    `version` counts how often it was counted, so that of two workers the slower one keeps nothing. `received` and
    `moved` say by how much the day changed what waits; `work`, `colleagues` and `checks` hold the rest, each for those
    who ask for it. They are read whole, never looked into: as `json`, which PostgreSQL hands out as it stands. The
    times to decision are bytes (`services/day_rows.py`), since there are as many as there were decisions.
    """

    __tablename__ = "settled_days"
    __table_args__ = (CheckConstraint("version > 0", name="version_positive"),)

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    counted_at: Mapped[datetime]
    received: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    work: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    waits: Mapped[bytes] = mapped_column(default=b"")
    colleagues: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    colleague_waits: Mapped[bytes] = mapped_column(default=b"")
    checks: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ReopenedDay(Base):
    """That something changed what was counted of a day: it holds no more until it was counted again.

    A row for each change, and none is ever updated: so nobody who decides waits for anybody here.
    """

    __tablename__ = "reopened_days"
    __table_args__ = (Index("ix_reopened_days_site_id_day", "site_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="CASCADE"))
    day: Mapped[date]
