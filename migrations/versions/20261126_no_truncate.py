"""On PostgreSQL append-only tables cannot be emptied by TRUNCATE either; SQLite has no such statement.

Revision: 20261126_no_truncate
Follows: 20261126_conduct
"""

from alembic import op

revision = "20261126_no_truncate"
down_revision = "20261126_conduct"
branch_labels = None
depends_on = None

TABLES = ("decisions", "audit_entries", "netiquettes", "rules")


def upgrade() -> None:
    """Add the triggers."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(
                f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION byline_append_only()"
            )


def downgrade() -> None:
    """Take the triggers away."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")
