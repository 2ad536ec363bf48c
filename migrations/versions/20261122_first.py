"""Everything the main job needs: sites, threads, people, comments, decisions, netiquette, desk and mail.

Revision: 20261122_first
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_first"
down_revision = None
branch_labels = None
depends_on = None

# On SQLite a moment is stored in UTC without its zone; on PostgreSQL as timestamptz.
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("email_confirmed_at", MOMENT, nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "identity",
            sa.Enum(
                "unchecked",
                "confirmed",
                "doubt",
                name="identity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_accounts_name_present")),
        sa.CheckConstraint("length(place) > 0", name=op.f("ck_accounts_place_present")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    op.create_index("ix_accounts_email_key", "accounts", ["email_key"], unique=False)
    op.create_index(
        "uq_accounts_confirmed_email",
        "accounts",
        ["email_key"],
        unique=True,
        sqlite_where=sa.text("email_confirmed_at IS NOT NULL"),
        postgresql_where=sa.text("email_confirmed_at IS NOT NULL"),
    )

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("default_language", sa.String(length=8), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("origins", JSON, nullable=False),
        sa.Column("comment_length", sa.Integer(), nullable=False),
        sa.Column("auto_close_days", sa.Integer(), nullable=True),
        sa.Column("corrections_email", sa.String(length=254), nullable=True),
        sa.Column("own_decisions", sa.Boolean(), nullable=False),
        sa.Column("includes_comments", sa.Boolean(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_notice", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("auto_close_days > 0", name=op.f("ck_sites_auto_close_days_positive")),
        sa.CheckConstraint("comment_length BETWEEN 100 AND 20000", name=op.f("ck_sites_comment_length_sane")),
        sa.CheckConstraint("length(key) > 0", name=op.f("ck_sites_key_present")),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_sites_name_present")),
        sa.CheckConstraint("version > 0", name=op.f("ck_sites_version_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("key", name=op.f("uq_sites_key")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("payload", JSON, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["accounts.id"], name=op.f("fk_audit_entries_actor_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entries_hash")),
    )
    op.create_index("ix_audit_entries_site_id_id", "audit_entries", ["site_id", "id"], unique=False)

    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("article", sa.String(length=500), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.Column("handled_by_name", sa.String(length=200), nullable=True),
        sa.CheckConstraint("length(body) > 0", name=op.f("ck_corrections_body_present")),
        sa.ForeignKeyConstraint(
            ["handled_by_id"], ["accounts.id"], name=op.f("fk_corrections_handled_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_corrections_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(
        "ix_corrections_open",
        "corrections",
        ["site_id", "id"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )

    op.create_table(
        "netiquettes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("titles", JSON, nullable=False),
        sa.Column("preambles", JSON, nullable=False),
        sa.Column("rights", JSON, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_netiquettes_number_positive")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_netiquettes_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_netiquettes")),
        sa.UniqueConstraint("site_id", "number", name=op.f("uq_netiquettes_site_id_number")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("reader", "desk", name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_sign_ins_expires_later")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sign_ins_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
    )
    op.create_index("ix_sign_ins_account_id", "sign_ins", ["account_id"], unique=False)
    op.create_index("ix_sign_ins_expires_at", "sign_ins", ["expires_at"], unique=False)

    op.create_table(
        "staff_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "moderator",
                "editor",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_staff_roles_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_staff_roles_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_roles")),
        sa.UniqueConstraint("account_id", "site_id", name=op.f("uq_staff_roles_account_id_site_id")),
    )
    op.create_index(
        "uq_staff_roles_everywhere",
        "staff_roles",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("site_id IS NULL"),
        postgresql_where=sa.text("site_id IS NULL"),
    )

    op.create_table(
        "threads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("article", sa.String(length=500), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("opening", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("article_published_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_notice", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("positions", sa.Integer(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.Column("latest_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(article) > 0", name=op.f("ck_threads_article_present")),
        sa.CheckConstraint("length(url) > 0", name=op.f("ck_threads_url_present")),
        sa.CheckConstraint("positions >= 0 AND published >= 0", name=op.f("ck_threads_counts_not_negative")),
        sa.CheckConstraint("version > 0", name=op.f("ck_threads_version_positive")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_threads_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
        sa.UniqueConstraint("id", "site_id", name=op.f("uq_threads_id_site_id")),
        sa.UniqueConstraint("site_id", "article", name=op.f("uq_threads_site_id_article")),
    )
    op.create_index("ix_threads_site_id_latest_at", "threads", ["site_id", "latest_at", "id"], unique=False)

    op.create_table(
        "acceptances",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("netiquette_id", sa.Integer(), nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_acceptances_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["netiquette_id"], ["netiquettes.id"], name=op.f("fk_acceptances_netiquette_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "netiquette_id", name=op.f("pk_acceptances")),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("root_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "published",
                "refused",
                "withdrawn",
                "removed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("netiquette_id", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("revises_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("queued_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state <> 'published' OR parent_id IS NOT NULL OR position IS NOT NULL",
            name=op.f("ck_comments_published_roots_have_positions"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'removed') OR (published_at IS NOT NULL AND queued_at IS NOT NULL)",
            name=op.f("ck_comments_published_was_queued"),
        ),
        sa.CheckConstraint(
            "(parent_id IS NULL) = (root_id IS NULL)", name=op.f("ck_comments_replies_have_a_root")
        ),
        sa.CheckConstraint("length(body) > 0", name=op.f("ck_comments_body_present")),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_comments_name_present")),
        sa.CheckConstraint("length(place) > 0", name=op.f("ck_comments_place_present")),
        sa.CheckConstraint(
            "position IS NULL OR parent_id IS NULL", name=op.f("ck_comments_only_roots_have_positions")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_comments_version_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_comments_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["netiquette_id"], ["netiquettes.id"], name=op.f("fk_comments_netiquette_id")
        ),
        sa.ForeignKeyConstraint(
            ["revises_id"], ["comments.id"], name=op.f("fk_comments_revises_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_comments_site_id")),
        sa.ForeignKeyConstraint(
            ["thread_id", "parent_id"],
            ["comments.thread_id", "comments.id"],
            name=op.f("fk_comments_thread_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["thread_id", "root_id"],
            ["comments.thread_id", "comments.id"],
            name=op.f("fk_comments_thread_id_root_id"),
        ),
        sa.ForeignKeyConstraint(
            ["thread_id", "site_id"],
            ["threads.id", "threads.site_id"],
            name=op.f("fk_comments_thread_id_site_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint(
            "account_id", "idempotency_key", name=op.f("uq_comments_account_id_idempotency_key")
        ),
        sa.UniqueConstraint("thread_id", "id", name=op.f("uq_comments_thread_id_id")),
        sa.UniqueConstraint("thread_id", "position", name=op.f("uq_comments_thread_id_position")),
    )
    op.create_index("ix_comments_account_id_digest", "comments", ["account_id", "digest"], unique=False)
    op.create_index("ix_comments_account_id_id", "comments", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_comments_queue",
        "comments",
        ["site_id", "queued_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending' AND queued_at IS NOT NULL"),
        postgresql_where=sa.text("state = 'pending' AND queued_at IS NOT NULL"),
    )
    op.create_index("ix_comments_root_id", "comments", ["root_id"], unique=False)
    op.create_index("ix_comments_thread_id_state_id", "comments", ["thread_id", "state", "id"], unique=False)

    op.create_table(
        "rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("netiquette_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("citable", sa.Boolean(), nullable=False),
        sa.Column("needs_note", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("titles", JSON, nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_rules_number_positive")),
        sa.ForeignKeyConstraint(["netiquette_id"], ["netiquettes.id"], name=op.f("fk_rules_netiquette_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sa.UniqueConstraint("netiquette_id", "number", name=op.f("uq_rules_netiquette_id_number")),
        sa.UniqueConstraint("netiquette_id", "slug", name=op.f("uq_rules_netiquette_id_slug")),
    )
    op.create_table(
        "bans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("private_note", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_by_name", sa.String(length=200), nullable=True),
        sa.CheckConstraint("lifted_at IS NULL OR lifted_at >= created_at", name=op.f("ck_bans_lifted_later")),
        sa.CheckConstraint("until IS NULL OR until > created_at", name=op.f("ck_bans_ends_later")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_bans_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["accounts.id"], name=op.f("fk_bans_created_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["accounts.id"], name=op.f("fk_bans_lifted_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_bans_rule_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_bans_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bans")),
    )
    op.create_index("ix_bans_account_id", "bans", ["account_id"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("comment_version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "pending",
                "published",
                "refused",
                "withdrawn",
                "removed",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "pending",
                "published",
                "refused",
                "withdrawn",
                "removed",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("netiquette_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("private_note", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sign_in_id", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(action = 'undo') = (reverses_id IS NOT NULL)", name=op.f("ck_decisions_undo_reverses")
        ),
        sa.CheckConstraint(
            "action NOT IN ('refuse', 'remove') OR rule_id IS NOT NULL",
            name=op.f("ck_decisions_refusals_cite_a_rule"),
        ),
        sa.CheckConstraint("from_state <> to_state", name=op.f("ck_decisions_moves")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_decisions_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_decisions_comment_id")),
        sa.ForeignKeyConstraint(
            ["netiquette_id"], ["netiquettes.id"], name=op.f("fk_decisions_netiquette_id")
        ),
        sa.ForeignKeyConstraint(["reverses_id"], ["decisions.id"], name=op.f("fk_decisions_reverses_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["rules.id"], name=op.f("fk_decisions_rule_id")),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_ins.id"], name=op.f("fk_decisions_sign_in_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint(
            "comment_id", "comment_version", name=op.f("uq_decisions_comment_id_comment_version")
        ),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_decisions_reverses_id")),
    )
    op.create_index("ix_decisions_account_id_id", "decisions", ["account_id", "id"], unique=False)
    op.create_index("ix_decisions_sign_in_id", "decisions", ["sign_in_id", "id"], unique=False)

    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("span_start", sa.Integer(), nullable=True),
        sa.Column("span_end", sa.Integer(), nullable=True),
        sa.Column("params", JSON, nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "writer",
                "editor",
                "both",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("check_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(span_start IS NULL AND span_end IS NULL) OR (span_start >= 0 AND span_end > span_start)",
            name=op.f("ck_findings_span_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_findings_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index("ix_findings_comment_id", "findings", ["comment_id"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.Column("handled_by_name", sa.String(length=200), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("kept", "removed", name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(handled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_reports_handled_with_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_reports_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["handled_by_id"], ["accounts.id"], name=op.f("fk_reports_handled_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_reports_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index("ix_reports_comment_id", "reports", ["comment_id"], unique=False)
    op.create_index(
        "ix_reports_open",
        "reports",
        ["site_id", "id"],
        unique=False,
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )

    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_revisions_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("comment_id", "version", name=op.f("uq_revisions_comment_id_version")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_attempts_not_negative")),
        sa.CheckConstraint(
            "sent_at IS NULL OR cancelled_at IS NULL", name=op.f("ck_outbox_sent_or_cancelled")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_outbox_decision_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_outbox_site_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_decision_id", "outbox", ["decision_id"], unique=False)
    op.create_index(
        "ix_outbox_waits",
        "outbox",
        ["not_before", "id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL AND cancelled_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND cancelled_at IS NULL"),
    )

    # The chain of the audit trail starts with nothing before it.
    op.execute(f"INSERT INTO audit_head (id, hash) VALUES (1, '{'0' * 64}')")


def downgrade() -> None:
    """Take everything away again, what refers before what is referred to."""
    for table in (
        "outbox",
        "revisions",
        "reports",
        "findings",
        "decisions",
        "bans",
        "rules",
        "comments",
        "acceptances",
        "threads",
        "staff_roles",
        "sign_ins",
        "netiquettes",
        "corrections",
        "audit_entries",
        "sites",
        "audit_head",
        "accounts",
    ):
        op.drop_table(table)
