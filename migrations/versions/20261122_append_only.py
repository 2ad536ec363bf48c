"""Decisions and the audit trail are append-only, which the database itself enforces.

Only what erasure needs may change later: the reference to an account or a sign-in that is deleted,
and an audit entry's payload, which the chain covers by its digest.

Revision: 20261122_append_only
Follows: 20261122_first
"""

from alembic import op

revision = "20261122_append_only"
down_revision = "20261122_first"
branch_labels = None
depends_on = None

# Columns that nobody may change once a row is written.
FROZEN = {
    "decisions": (
        "id, comment_id, comment_version, action, from_state, to_state, netiquette_id, rule_id, note, "
        "private_note, reverses_id, name, created_at"
    ),
    "audit_entries": "id, at, actor_name, action, site_id, subject, digest, prev_hash, hash",
}


def upgrade() -> None:
    """Add the triggers."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            "CREATE FUNCTION byline_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table, columns in FROZEN.items():
        for name, event in (("frozen", f"UPDATE OF {columns}"), ("kept", "DELETE")):
            body = (
                "EXECUTE FUNCTION byline_append_only()"
                if postgresql
                else f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are append-only'); END"
            )
            op.execute(f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} FOR EACH ROW {body}")


def downgrade() -> None:
    """Take the triggers away."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in FROZEN:
        for name in ("frozen", "kept"):
            op.execute(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION byline_append_only()")
