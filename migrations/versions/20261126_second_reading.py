"""Decisions are drawn for a second reading; figures and the transparency page have the indexes they stand on.

Each site has a key of its own, which keys the draw; the trail's head remembers when it was last verified.

Revision: 20261126_second_reading
Follows: 20261126_search
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "20261126_second_reading"
down_revision = "20261126_search"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
INDEXES = (
    ("ix_comments_site_id_queued_at", "comments", ["site_id", "queued_at"]),
    ("ix_bans_site_id_created_at", "bans", ["site_id", "created_at"]),
)


def upgrade() -> None:
    """Add the table, the settings and the indexes; give every site a key."""
    # As a statement: Alembic adds a check apart from its column, which SQLite cannot.
    op.execute(
        "ALTER TABLE sites ADD COLUMN second_reading_percent INTEGER DEFAULT '2' NOT NULL "
        "CONSTRAINT ck_sites_second_reading_percent_sane CHECK (second_reading_percent BETWEEN 0 AND 100)"
    )
    op.add_column(
        "sites", sa.Column("second_reading_key", sa.String(length=64), server_default="", nullable=False)
    )
    op.add_column(
        "sites", sa.Column("transparency", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("audit_head", sa.Column("verified_at", MOMENT, nullable=True))
    op.add_column("audit_head", sa.Column("broken", sa.Integer(), nullable=True))
    _give_keys()
    op.create_table(
        "second_readings",
        sa.Column("decision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("rule", sa.Integer(), nullable=True),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(read_at IS NULL) = (outcome IS NULL)", name=op.f("ck_second_readings_read_with_outcome")
        ),
        sa.CheckConstraint(
            "(read_at IS NULL) = (name IS NULL)", name=op.f("ck_second_readings_read_by_somebody")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('publish', 'refuse')", name=op.f("ck_second_readings_outcome")
        ),
        sa.CheckConstraint(
            "(rule IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'refuse')",
            name=op.f("ck_second_readings_refusals_cite"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_second_readings_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_second_readings_decision_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_second_readings_site_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_second_readings")),
    )
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_second_readings_open",
        "second_readings",
        ["site_id", "decision_id"],
        sqlite_where=unread,
        postgresql_where=unread,
    )
    op.create_index("ix_second_readings_site_id_read_at", "second_readings", ["site_id", "read_at"])
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Take indexes, settings and table away."""
    for name, table, _ in INDEXES:
        op.drop_index(name, table_name=table)
    op.drop_table("second_readings")
    for column in ("verified_at", "broken"):
        op.drop_column("audit_head", column)
    for column in ("second_reading_percent", "second_reading_key", "transparency"):
        op.drop_column("sites", column)


def _give_keys() -> None:
    sites = sa.table("sites", sa.column("id", sa.Integer), sa.column("second_reading_key", sa.String))
    for site_id in op.get_bind().execute(sa.select(sites.c.id)).scalars().all():
        op.execute(
            sites.update().where(sites.c.id == site_id).values(second_reading_key=secrets.token_hex(32))
        )
