"""The queue by several hands: leases, second opinions, notes, notes kept ready, and how each one works.

How much was noticed on the comments that are there already is counted here.

Revision: 20261126_queue
Follows: 20261126_people
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from widget.db import UTCDateTime

revision = "20261126_queue"
down_revision = "20261126_people"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_OPEN = sa.text("settled_at IS NULL")
_WAITS = sa.text("state = 'pending' AND queued_at IS NOT NULL")


def upgrade() -> None:
    """Make the five tables, and count what was noticed."""
    _make_leases()
    _make_opinions()
    _make_comment_notes()
    _make_canned_notes()
    _make_preferences()
    op.add_column("comments", sa.Column("noticed", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE comments SET noticed = (SELECT count(*) FROM findings "
        "LEFT JOIN overturnings ON overturnings.finding_id = findings.id "
        "WHERE findings.comment_id = comments.id AND findings.audience <> 'writer' "
        "AND overturnings.finding_id IS NULL) "
        "WHERE EXISTS (SELECT 1 FROM findings WHERE findings.comment_id = comments.id)"
    )
    op.create_index(
        "ix_comments_queue_noticed",
        "comments",
        ["site_id", "noticed", "queued_at", "id"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )


def downgrade() -> None:
    """Take them away; no comment and no decision is touched."""
    op.drop_index("ix_comments_queue_noticed", "comments")
    op.drop_column("comments", "noticed")
    for table in ("desk_preferences", "canned_notes", "comment_notes", "opinions", "leases"):
        op.drop_table(table)


def _account(table: str, column: str, ondelete: str, **options: bool) -> list[sa.schema.SchemaItem]:
    """Return a column that names an account, with its constraint."""
    return [
        sa.Column(column, sa.Integer(), **options),
        sa.ForeignKeyConstraint(
            [column], ["accounts.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete
        ),
    ]


def _comment(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["comment_id"], ["comments.id"], name=op.f(f"fk_{table}_comment_id"), ondelete="CASCADE"
    )


def _make_leases() -> None:
    op.create_table(
        "leases",
        sa.Column("comment_id", sa.Integer(), autoincrement=False, nullable=False),
        *_account("leases", "account_id", "CASCADE", nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        _comment("leases"),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_leases")),
    )
    op.create_index("ix_leases_account_id", "leases", ["account_id"])


def _make_opinions() -> None:
    op.create_table(
        "opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        *_account("opinions", "asked_by_id", "SET NULL", nullable=True),
        sa.Column("asked_by_name", sa.String(200), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("length(question) > 0", name=op.f("ck_opinions_question_present")),
        _comment("opinions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
    )
    op.create_index("ix_opinions_comment_id", "opinions", ["comment_id"])
    op.create_index(
        "uq_opinions_open",
        "opinions",
        ["comment_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _make_comment_notes() -> None:
    op.create_table(
        "comment_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        *_account("comment_notes", "account_id", "SET NULL", nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(body) > 0", name=op.f("ck_comment_notes_body_present")),
        _comment("comment_notes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_notes")),
    )
    op.create_index("ix_comment_notes_comment_id", "comment_notes", ["comment_id"])


def _make_canned_notes() -> None:
    op.create_table(
        "canned_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        *_account("canned_notes", "changed_by_id", "SET NULL", nullable=True),
        sa.Column("changed_by_name", sa.String(200), nullable=False),
        sa.CheckConstraint("length(label) > 0", name=op.f("ck_canned_notes_label_present")),
        sa.CheckConstraint("length(body) > 0", name=op.f("ck_canned_notes_body_present")),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_canned_notes_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_notes")),
    )
    op.create_index("ix_canned_notes_site_id", "canned_notes", ["site_id"])


def _make_preferences() -> None:
    op.create_table(
        "desk_preferences",
        *_account("desk_preferences", "account_id", "CASCADE", autoincrement=False, nullable=False),
        sa.Column("queue", _JSON, nullable=False),
        sa.Column("keys", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_desk_preferences")),
    )
