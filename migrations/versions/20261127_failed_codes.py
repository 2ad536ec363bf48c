"""Wrong codes of a second factor are counted with it, so that every process and every restart knows of them.

Revision: 20261127_failed_codes
Follows: 20261127_given_up
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_failed_codes"
down_revision = "20261127_given_up"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count, nothing so far, and since when it counts; a node of before writes rows without them."""
    op.add_column(
        "second_factors", sa.Column("failed_codes", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("second_factors", sa.Column("failed_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget the counts."""
    op.drop_column("second_factors", "failed_since")
    op.drop_column("second_factors", "failed_codes")
