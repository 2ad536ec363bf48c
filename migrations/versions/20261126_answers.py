"""Answers to second opinions: what colleagues write back to whoever asked about a comment.

Revision: 20261126_answers
Follows: 20261126_site_settings
"""

import sqlalchemy as sa
from alembic import op

from widget.db import UTCDateTime

revision = "20261126_answers"
down_revision = "20261126_site_settings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opinion_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(body) > 0", name=op.f("ck_answers_body_present")),
        sa.ForeignKeyConstraint(
            ["opinion_id"], ["opinions.id"], name=op.f("fk_answers_opinion_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_answers_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_opinion_id", "answers", ["opinion_id"])


def downgrade() -> None:
    """Take it away; the questions stay."""
    op.drop_table("answers")
