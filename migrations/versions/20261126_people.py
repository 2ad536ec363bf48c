"""Identity belongs to a person and a site; staff keep notes on people, and a banned person may appeal.

What was marked on an account holds, from here on, on each site where that person has written. Names are found by
what an eye takes in of them. Threads
close on a day, are switched off, and are merged.

Revision: 20261126_people
Follows: 20261126_second_factor
"""

import hashlib

import sqlalchemy as sa
from alembic import op

from widget.text.skeleton import skeletons

revision = "20261126_people"
down_revision = "20261126_second_factor"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("unchecked", "confirmed", "doubt")
_BATCH = 1000


def upgrade() -> None:
    """Add the tables, move what is known of identities, and index names."""
    _create_identities()
    _create_notes()
    _create_appeals()
    op.create_table(
        "name_skeletons",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_name_skeletons_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", "account_id", name=op.f("pk_name_skeletons")),
    )
    op.create_index("ix_name_skeletons_account_id", "name_skeletons", ["account_id"])
    op.add_column("threads", sa.Column("closes_on", MOMENT, nullable=True))
    op.add_column("threads", sa.Column("off_at", MOMENT, nullable=True))
    op.create_table(
        "thread_aliases",
        sa.Column("former_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("article", sa.String(length=500), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_thread_aliases_site_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_thread_aliases_thread_id")),
        sa.PrimaryKeyConstraint("former_id", name=op.f("pk_thread_aliases")),
        sa.UniqueConstraint("site_id", "article", name=op.f("uq_thread_aliases_site_id_article")),
    )
    op.create_index("ix_thread_aliases_thread_id", "thread_aliases", ["thread_id"])
    op.create_index("ix_reports_email", "reports", ["email"])
    op.execute(
        "INSERT INTO identities (account_id, site_id, state) "
        "SELECT DISTINCT accounts.id, comments.site_id, accounts.identity FROM accounts "
        "JOIN comments ON comments.account_id = accounts.id WHERE accounts.identity <> 'unchecked'"
    )
    _index_names()
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("accounts", "identity")
    else:
        with op.batch_alter_table("accounts", copy_from=_accounts(with_identity=True)) as accounts:
            accounts.drop_constraint(op.f("ck_accounts_identity"), type_="check")
            accounts.drop_column("identity")


def downgrade() -> None:
    """Give accounts back the gravest of what their sites hold of them, and take the tables away."""
    column = sa.Column(
        "identity",
        sa.Enum(*STATES, name="identity", native_enum=False, create_constraint=True, length=32),
        server_default="unchecked",
        nullable=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("accounts", column)
    else:
        with op.batch_alter_table("accounts", copy_from=_accounts(with_identity=False)) as accounts:
            accounts.add_column(column)
    for state in ("confirmed", "doubt"):
        op.execute(
            f"UPDATE accounts SET identity = '{state}' WHERE id IN "
            f"(SELECT account_id FROM identities WHERE state = '{state}')"
        )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("accounts", "identity", server_default=None)
    else:
        with op.batch_alter_table("accounts", copy_from=_accounts(with_identity=True)) as accounts:
            accounts.alter_column("identity", server_default=None)
    op.drop_index("ix_reports_email", "reports")
    op.drop_column("threads", "off_at")
    op.drop_column("threads", "closes_on")
    for table in ("thread_aliases", "name_skeletons", "appeals", "person_notes", "identities"):
        op.drop_table(table)


def _create_identities() -> None:
    op.create_table(
        "identities",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("marked_at", MOMENT, nullable=True),
        sa.Column("marked_by_id", sa.Integer(), nullable=True),
        sa.Column("marked_by_name", sa.String(length=200), nullable=True),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(asked_at IS NULL) = (question IS NULL)", name=op.f("ck_identities_asked_with_a_question")
        ),
        sa.CheckConstraint(
            "answered_at IS NULL OR asked_at IS NOT NULL", name=op.f("ck_identities_answers_a_question")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_identities_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["marked_by_id"], ["accounts.id"], name=op.f("fk_identities_marked_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_identities_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "site_id", name=op.f("pk_identities")),
    )
    in_doubt = sa.text("state = 'doubt'")
    op.create_index(
        "ix_identities_doubt",
        "identities",
        ["site_id", "account_id"],
        sqlite_where=in_doubt,
        postgresql_where=in_doubt,
    )


def _create_notes() -> None:
    op.create_table(
        "person_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("length(body) > 0", name=op.f("ck_person_notes_body_present")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_person_notes_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["accounts.id"],
            name=op.f("fk_person_notes_created_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_person_notes_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_notes")),
    )
    op.create_index("ix_person_notes_account_id", "person_notes", ["account_id"])


def _create_appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ban_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.Column("handled_by_name", sa.String(length=200), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "kept",
                "lifted",
                "shortened",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint("length(body) > 0", name=op.f("ck_appeals_body_present")),
        sa.CheckConstraint(
            "(handled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_appeals_handled_with_outcome")
        ),
        sa.ForeignKeyConstraint(["ban_id"], ["bans.id"], name=op.f("fk_appeals_ban_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["handled_by_id"], ["accounts.id"], name=op.f("fk_appeals_handled_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_appeals_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("ban_id", name=op.f("uq_appeals_ban_id")),
    )
    still_open = sa.text("handled_at IS NULL")
    op.create_index(
        "ix_appeals_open",
        "appeals",
        ["site_id", "id"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def _index_names() -> None:
    """Fill in the skeletons of the names there are; a later change of how they are made fills them anew."""
    accounts = sa.table("accounts", sa.column("id", sa.Integer), sa.column("name", sa.String))
    digests = sa.table("name_skeletons", sa.column("digest", sa.String), sa.column("account_id", sa.Integer))
    last = 0
    while True:
        query = sa.select(accounts).where(accounts.c.id > last).order_by(accounts.c.id).limit(_BATCH)
        rows = op.get_bind().execute(query).all()
        if not rows:
            return
        found = [
            {"digest": hashlib.sha256(skeleton.encode()).hexdigest(), "account_id": row.id}
            for row in rows
            for skeleton in skeletons(row.name)
        ]
        if found:
            op.bulk_insert(digests, found)
        last = rows[-1].id


def _accounts(*, with_identity: bool) -> sa.Table:
    """Return the table of accounts, which SQLite makes anew to lose or gain a checked column."""
    identity = [
        sa.Column("identity", sa.String(length=32), server_default="unchecked", nullable=False),
        sa.CheckConstraint(
            "identity IN ('unchecked', 'confirmed', 'doubt')", name=op.f("ck_accounts_identity")
        ),
    ]
    confirmed = sa.text("email_confirmed_at IS NOT NULL")
    return sa.Table(
        "accounts",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("email_confirmed_at", MOMENT, nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        *(identity if with_identity else ()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_accounts_name_present")),
        sa.CheckConstraint("length(place) > 0", name=op.f("ck_accounts_place_present")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.Index("ix_accounts_email_key", "email_key"),
        sa.Index("uq_accounts_confirmed_email", "email_key", unique=True, sqlite_where=confirmed),
    )
