"""Comments are searched by their text, name and place: FTS5 on SQLite, a GIN index over a tsvector on PostgreSQL.

The terms of comments that are there already are worked out here, by the code of the release that runs this.

Revision: 20261126_search
Follows: 20261126_mail_caps
"""

import sqlalchemy as sa
from alembic import op

from widget.text.search import search_terms

revision = "20261126_search"
down_revision = "20261126_mail_caps"
branch_labels = None
depends_on = None

INDEX = "comment_terms"
_BATCH = 1000
_OLD = f"INSERT INTO {INDEX}({INDEX}, rowid, terms) VALUES ('delete', old.id, old.terms);"
_NEW = f"INSERT INTO {INDEX}(rowid, terms) VALUES (new.id, new.terms);"
# The index holds no text of its own: it is told of every change, and asked by the comment's id.
TRIGGERS = {
    "comment_terms_added": f"AFTER INSERT ON comments BEGIN {_NEW} END",
    "comment_terms_changed": f"AFTER UPDATE OF terms ON comments BEGIN {_OLD} {_NEW} END",
    "comment_terms_taken": f"AFTER DELETE ON comments BEGIN {_OLD} END",
}


def upgrade() -> None:
    """Add the terms, fill them, and index them."""
    op.add_column("comments", sa.Column("terms", sa.Text(), server_default="", nullable=False))
    _fill(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_comments_terms ON comments USING gin (to_tsvector('simple'::regconfig, terms))"
        )
        return
    op.execute(
        f"CREATE VIRTUAL TABLE {INDEX} USING fts5"
        "(terms, content='comments', content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
    )
    op.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')")
    for name, body in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {body}")


def downgrade() -> None:
    """Take index and terms away."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_comments_terms", "comments")
    else:
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.execute(f"DROP TABLE {INDEX}")
    op.drop_column("comments", "terms")


def _fill(connection: sa.Connection) -> None:
    columns = [sa.column(name) for name in ("id", "name", "place", "body", "terms")]
    comments = sa.table("comments", *columns)
    last = 0
    while True:
        rows = connection.execute(
            sa.select(comments.c.id, comments.c.name, comments.c.place, comments.c.body)
            .where(comments.c.id > last)
            .order_by(comments.c.id)
            .limit(_BATCH)
        ).all()
        for row in rows:
            terms = search_terms(row.name, row.place, row.body)
            connection.execute(comments.update().where(comments.c.id == row.id).values(terms=terms))
        if len(rows) < _BATCH:
            return
        last = rows[-1].id
