"""A thread's days are counted from what was first published under it, not from what was first sent.

Where a node of before publishes the first meanwhile, they are counted from the next.

Revision: 20261127_first_published
Follows: 20261127_failed_codes
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_first_published"
down_revision = "20261127_failed_codes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment, and fill it in from the comments that were published."""
    op.add_column("threads", sa.Column("first_published_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE threads SET first_published_at ="
        " (SELECT min(comments.published_at) FROM comments WHERE comments.thread_id = threads.id)"
    )


def downgrade() -> None:
    """Forget the moment."""
    op.drop_column("threads", "first_published_at")
