"""What the figures need of each day that is over is kept, so that they cost the same however much there is.

The words of names, places and titles are kept too, by which people and threads are found. The table of days begins empty: the worker counts the days there are within its first hour, and until then they are counted
whenever somebody asks, as before.

Revision: 20261126_rollups
Follows: 20261126_answers
"""

import sqlalchemy as sa
from alembic import op

from widget.db import UTCDateTime
from widget.text.search import search_terms

revision = "20261126_rollups"
down_revision = "20261126_answers"
branch_labels = None
depends_on = None

# In the order of bytes: whatever begins with the same letters stands together.
_WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


# What lists and searches walk from their newest end: by state, by time, by who decided, by the rule cited, by name.
_INDEXES = (
    ("ix_comments_site_id_state_id", "comments", ["site_id", "state", "id"]),
    ("ix_comments_site_id_created_at_id", "comments", ["site_id", "created_at", "id"]),
    ("ix_decisions_account_id_comment_id", "decisions", ["account_id", "comment_id"]),
    ("ix_decisions_rule_id_comment_id", "decisions", ["rule_id", "comment_id"]),
    ("ix_accounts_name_id", "accounts", ["name", "id"]),
    ("ix_audit_entries_action_site_id_id", "audit_entries", ["action", "site_id", "id"]),
    ("ix_audit_entries_subject_id", "audit_entries", ["subject", "id"]),
)
_WAITS = sa.text("state = 'pending' AND queued_at IS NOT NULL")


def upgrade() -> None:
    """Make the table of days, that of what reopens them, and the indexes."""
    op.create_table(
        "settled_days",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("counted_at", UTCDateTime(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("work", sa.JSON(), nullable=False),
        sa.Column("colleagues", sa.JSON(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_settled_days_version_positive")),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_settled_days_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "day", name=op.f("pk_settled_days")),
    )
    op.create_table(
        "reopened_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_reopened_days_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopened_days")),
    )
    op.create_index("ix_reopened_days_site_id_day", "reopened_days", ["site_id", "day"])
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)
    _index_queue(["site_id", "queued_at", "id", "state"])
    op.create_index(
        "ix_comments_queue_account_id",
        "comments",
        ["account_id", "site_id"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
    for table in ("account", "thread"):
        _make_words(table)
    _keep_words(op.get_bind())


def downgrade() -> None:
    """Take them away: everything in them can be counted again."""
    op.drop_table("thread_words")
    op.drop_table("account_words")
    op.drop_index("ix_comments_queue_account_id", "comments")
    _index_queue(["site_id", "queued_at", "id"])
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
    op.drop_table("reopened_days")
    op.drop_table("settled_days")


def _index_queue(columns: list[str]) -> None:
    op.drop_index("ix_comments_queue", "comments")
    op.create_index("ix_comments_queue", "comments", columns, sqlite_where=_WAITS, postgresql_where=_WAITS)


def _make_words(table: str) -> None:
    op.create_table(
        f"{table}_words",
        sa.Column("word", _WORD, nullable=False),
        sa.Column(f"{table}_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            [f"{table}_id"],
            [f"{table}s.id"],
            name=op.f(f"fk_{table}_words_{table}_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word", f"{table}_id", name=op.f(f"pk_{table}_words")),
    )
    op.create_index(f"ix_{table}_words_{table}_id_word", f"{table}_words", [f"{table}_id", "word"])


def _keep_words(connection: sa.Connection) -> None:
    """Keep the words of the accounts and threads that there are."""
    for table, columns in (("account", ("name", "place")), ("thread", ("title",))):
        named = sa.table(f"{table}s", *(sa.column(name) for name in ("id", *columns)))
        words = sa.table(f"{table}_words", sa.column("word"), sa.column(f"{table}_id"))
        for row in connection.execute(sa.select(named)).all():
            found = sorted(set(search_terms(*row[1:]).split()))
            if found:
                rows = [{"word": word, f"{table}_id": row.id} for word in found]
                connection.execute(words.insert(), rows)
