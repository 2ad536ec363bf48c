"""Mail that was given up is found without looking through all mail of thirty days: it is watched, listed and put back.

Revision: 20261127_given_up
Follows: 20261126_settled_waits
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_given_up"
down_revision = "20261127_address_keys"
branch_labels = None
depends_on = None

_CANCELLED = sa.text("cancelled_at IS NOT NULL")


def upgrade() -> None:
    """Index what was called back or given up, which is little."""
    op.create_index(
        "ix_outbox_cancelled", "outbox", ["id"], sqlite_where=_CANCELLED, postgresql_where=_CANCELLED
    )


def downgrade() -> None:
    """Take the index away again."""
    op.drop_index("ix_outbox_cancelled", "outbox")
