"""What a site sets about its look and about how long it keeps what is not public.

Sites that are there already keep everything without limit, as they were promised, until somebody sets a term.

Revision: 20261126_site_settings
Follows: 20261126_queue
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from widget.db import UTCDateTime

revision = "20261126_site_settings"
down_revision = "20261126_queue"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_ERASABLE = sa.text("erased_at IS NULL AND state IN ('refused', 'withdrawn', 'removed')")
_TERMS = ("keep_refused_days", "keep_letters_days")


def upgrade() -> None:
    """Add the columns, and the index by which the worker finds what has been kept long enough."""
    op.add_column("sites", sa.Column("look", _JSON, server_default="{}", nullable=False))
    for term in _TERMS:
        # As a statement: Alembic adds a check apart from its column, which SQLite cannot.
        op.execute(
            f"ALTER TABLE sites ADD COLUMN {term} INTEGER CONSTRAINT ck_sites_{term}_sane CHECK ({term} >= 30)"
        )
    op.add_column("comments", sa.Column("erased_at", UTCDateTime(), nullable=True))
    op.create_index(
        "ix_comments_erasable",
        "comments",
        ["site_id", "id"],
        sqlite_where=_ERASABLE,
        postgresql_where=_ERASABLE,
    )


def downgrade() -> None:
    """Take them away; a text that was erased does not come back."""
    op.drop_index("ix_comments_erasable", "comments")
    op.drop_column("comments", "erased_at")
    for name in (*_TERMS, "look"):
        op.drop_column("sites", name)
