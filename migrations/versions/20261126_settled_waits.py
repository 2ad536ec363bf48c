"""The times to decision of a day that is over stand as bytes, and threads are counted by language.

What was counted of an hour stands as a list of twenty-four numbers, and what a colleague did as a row of a list.

Revision: 20261126_settled_waits
Follows: 20261126_rollups
"""

import base64
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20261126_settled_waits"
down_revision = "20261126_rollups"
branch_labels = None
depends_on = None

_HOURLY = ("received", "moved", "decided")
_DAYS = sa.table(
    "settled_days",
    sa.column("site_id", sa.Integer()),
    sa.column("day", sa.Date()),
    sa.column("work", sa.JSON()),
    sa.column("waits", sa.LargeBinary()),
    sa.column("colleagues", sa.JSON()),
    sa.column("colleague_waits", sa.LargeBinary()),
)


def upgrade() -> None:
    """Make room for the bytes and move them there; make the index."""
    with op.batch_alter_table("settled_days") as days:
        days.add_column(sa.Column("waits", sa.LargeBinary(), nullable=False, server_default=""))
        days.add_column(sa.Column("colleague_waits", sa.LargeBinary(), nullable=False, server_default=""))
    _rewrite(_as_bytes)
    with op.batch_alter_table("settled_days") as days:
        days.alter_column("waits", server_default=None)
        days.alter_column("colleague_waits", server_default=None)
    op.create_index("ix_threads_site_id_language", "threads", ["site_id", "language"])


def downgrade() -> None:
    """Put everything back into the JSON of its column."""
    op.drop_index("ix_threads_site_id_language", "threads")
    _rewrite(_as_text)
    with op.batch_alter_table("settled_days") as days:
        days.drop_column("colleague_waits")
        days.drop_column("waits")


def _rewrite(change: Callable[[Any], dict[str, Any]]) -> None:
    connection = op.get_bind()
    # A day at a time: a year of a large newsroom is megabytes.
    for site_id, day in connection.execute(sa.select(_DAYS.c.site_id, _DAYS.c.day)).all():
        this = (_DAYS.c.site_id == site_id) & (_DAYS.c.day == day)
        row = connection.execute(sa.select(_DAYS).where(this)).one()
        connection.execute(sa.update(_DAYS).where(this).values(**change(row)))


def _as_bytes(row: Any) -> dict[str, Any]:
    work = dict(row.work)
    waits = base64.b64decode(work.pop("waits"))
    for name in _HOURLY:
        work[name] = [work[name].get(str(hour), 0) for hour in range(24)]
    people = row.colleagues.items()
    return {
        "work": work,
        "waits": waits,
        "colleagues": [[int(number) if number else None, *one[:4]] for number, one in people],
        "colleague_waits": b"".join(base64.b64decode(one[4]) for _, one in people),
    }


def _as_text(row: Any) -> dict[str, Any]:
    work = {**row.work, "waits": base64.b64encode(row.waits).decode("ascii")}
    for name in _HOURLY:
        work[name] = {str(hour): count for hour, count in enumerate(work[name]) if count}
    colleagues, begun = {}, 0
    for number, name, published, refused, hours in row.colleagues:
        # Four bytes for each that was published or refused.
        end = begun + 4 * (published + refused)
        waits = base64.b64encode(row.colleague_waits[begun:end]).decode("ascii")
        colleagues[str(number or "")] = [name, published, refused, hours, waits]
        begun = end
    return {"work": work, "colleagues": colleagues}
