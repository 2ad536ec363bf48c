"""A newsroom for the tests of the decision table."""

from tests.support.newsroom import editor, moderator, newsroom, reader_id, site_id
from tests.support.reused import app, lasting_postgresql, lasting_sqlite

__all__ = [
    "app",
    "editor",
    "lasting_postgresql",
    "lasting_sqlite",
    "moderator",
    "newsroom",
    "reader_id",
    "site_id",
]
