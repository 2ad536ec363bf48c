"""Addresses are compared letter for letter: only A to Z alike in both cases, where more was folded before.

Folded, `groß@…` and `gross@…` were one address, and so the account of one could be opened with mail to the other.
"""

import string
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "20261127_address_keys"
down_revision = "20261126_settled_waits"
branch_labels = None
depends_on = None

_ACCOUNTS = sa.table(
    "accounts",
    sa.column("id", sa.Integer()),
    sa.column("email", sa.String()),
    sa.column("email_key", sa.String()),
    sa.column("email_confirmed_at", sa.DateTime()),
)
_SMALL_LETTERS = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def upgrade() -> None:
    """Write anew the keys of the addresses that hold more than ASCII."""
    _rewrite(lambda address: address.translate(_SMALL_LETTERS))


def downgrade() -> None:
    """Fold the keys again, where that makes no two of them one."""
    _rewrite(str.casefold)


def _rewrite(key_of: Callable[[str], str]) -> None:
    connection = op.get_bind()
    # Longer in bytes than in characters.
    in_bytes = (
        "octet_length(email)" if connection.dialect.name == "postgresql" else "length(CAST(email AS BLOB))"
    )
    beyond_ascii = sa.text(f"{in_bytes} <> length(email)")
    for number, address, known, _ in connection.execute(sa.select(_ACCOUNTS).where(beyond_ascii)).all():
        key = key_of(address)
        holder = (_ACCOUNTS.c.email_key == key) & _ACCOUNTS.c.email_confirmed_at.is_not(None)
        taken = sa.select(_ACCOUNTS.c.id).where(holder, _ACCOUNTS.c.id != number)
        if key != known and connection.execute(taken).first() is None:
            connection.execute(sa.update(_ACCOUNTS).where(_ACCOUNTS.c.id == number).values(email_key=key))
