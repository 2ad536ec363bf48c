"""Mail knows its recipient as addresses are compared, so that one address can be spared too much of it.

Revision: 20261126_mail_caps
Follows: 20261126_no_truncate
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_mail_caps"
down_revision = "20261126_no_truncate"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the key, fill it in for the mail that is there, and index it."""
    op.add_column(
        "outbox", sa.Column("recipient_key", sa.String(length=254), server_default="", nullable=False)
    )
    outbox = sa.table("outbox", sa.column("recipient", sa.String), sa.column("recipient_key", sa.String))
    # Databases fold fewer letters than Python does, so each address is folded here.
    for recipient in op.get_bind().scalars(sa.select(outbox.c.recipient).distinct()).all():
        op.execute(
            outbox.update().where(outbox.c.recipient == recipient).values(recipient_key=recipient.casefold())
        )
    op.create_index("ix_outbox_recipient_key", "outbox", ["recipient_key", "template", "created_at"])


def downgrade() -> None:
    """Take index and key away again."""
    op.drop_index("ix_outbox_recipient_key", "outbox")
    op.drop_column("outbox", "recipient_key")
