"""A site's netiquette is amended by version, its checks are set, and findings are marked wrong.

Published versions of the netiquette and their rules are append-only from here on. Findings learn which check
noticed them; a thread may hold the article's text, which rule 12 compares with.

Revision: 20261126_conduct
Follows: 20261122_append_only
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261126_conduct"
down_revision = "20261122_append_only"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# Columns that nobody may change once a row is written.
FROZEN = {
    "netiquettes": "id, site_id, number, titles, preambles, rights, published_at, summaries",
    "rules": "id, netiquette_id, number, slug, citable, needs_note, retired, titles, texts",
}
# Which check a finding came from, by the first part of its code.
CHECKS = {
    "name": "name_form",
    "place": "name_form",
    "impersonation": "impersonation",
    "hatred": "hatred",
    "shouting": "shouting",
    "styling": "styling",
    "vulgar": "vulgarity",
    "insult": "respect",
    "threat": "respect",
    "dialogue": "dialogue",
    "language": "language",
    "identical": "identical",
    "repetition": "repetition",
    "images": "images",
    "copied": "copied",
    "advertising": "advertising",
}


def upgrade() -> None:
    """Add the tables and columns, tell findings by their codes, and freeze published versions."""
    op.create_table(
        "netiquette_drafts",
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"],
            ["accounts.id"],
            name=op.f("fk_netiquette_drafts_changed_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_netiquette_drafts_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_netiquette_drafts")),
    )
    op.create_table(
        "check_settings",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("check_name", sa.String(length=32), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("off", "flag", "hint", name="mode", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_check_settings_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "check_name", name=op.f("pk_check_settings")),
    )
    op.create_table(
        "list_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("entry", sa.String(length=120), nullable=False),
        sa.Column("struck", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(entry) > 0", name=op.f("ck_list_entries_entry_present")),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_list_entries_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entries")),
        sa.UniqueConstraint(
            "site_id", "kind", "language", "entry", name=op.f("uq_list_entries_site_id_kind_language_entry")
        ),
    )
    op.create_table(
        "overturnings",
        sa.Column("finding_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_overturnings_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_overturnings_finding_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_overturnings")),
    )
    op.add_column("netiquettes", sa.Column("summaries", JSON, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("threads", sa.Column("article_text", sa.Text(), nullable=True))
    op.add_column(
        "findings", sa.Column("check_name", sa.String(length=32), server_default="", nullable=False)
    )
    # The figures of the checks look at the decisions of the last 90 days.
    op.create_index("ix_decisions_created_at", "decisions", ["created_at"])
    findings = sa.table("findings", sa.column("code", sa.String), sa.column("check_name", sa.String))
    for prefix, name in CHECKS.items():
        op.execute(findings.update().where(findings.c.code.like(f"{prefix}.%")).values(check_name=name))
    _freeze()


def downgrade() -> None:
    """Thaw, and take the tables and columns away."""
    postgresql_ = op.get_bind().dialect.name == "postgresql"
    for table in FROZEN:
        for name in ("frozen", "kept"):
            op.execute(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if postgresql_ else ""))
    op.drop_index("ix_decisions_created_at", "decisions")
    op.drop_column("findings", "check_name")
    op.drop_column("threads", "article_text")
    op.drop_column("netiquettes", "summaries")
    for table in ("overturnings", "list_entries", "check_settings", "netiquette_drafts"):
        op.drop_table(table)


def _freeze() -> None:
    for table, columns in FROZEN.items():
        for name, event in (("frozen", f"UPDATE OF {columns}"), ("kept", "DELETE")):
            body = (
                "EXECUTE FUNCTION byline_append_only()"
                if op.get_bind().dialect.name == "postgresql"
                else f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are append-only'); END"
            )
            op.execute(f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} FOR EACH ROW {body}")
