"""How the database stands to this release: whether it is there, and whether its migrations are those of the code."""

from enum import Enum
from functools import cache

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from widget import paths

_FOUND = text("SELECT version_num FROM alembic_version")


class Schema(Enum):
    """What a look at the database found."""

    READY = "ready"
    BEHIND = "behind"
    EMPTY = "empty"
    AWAY = "away"


@cache
def revisions() -> tuple[frozenset[str], frozenset[str]]:
    """Return the newest revisions of this release, and all of them.

    They are read once, as the process starts: the next release may be installed under a process that still runs.
    """
    scripts = ScriptDirectory(str(paths.MIGRATIONS))
    return frozenset(scripts.get_heads()), frozenset(script.revision for script in scripts.walk_revisions())


def look(session: Session) -> Schema:
    """Return how the database stands to this release; what the session was reading ends where it cannot be said.

    A revision that this release does not know comes from a newer one, which ran its migrations first: nodes of the
    release before go on with it.
    """
    try:
        found = set(session.scalars(_FOUND))
    except SQLAlchemyError:
        session.rollback()
        return _without_revision(session)
    newest, known = revisions()
    if not found:
        return Schema.EMPTY
    return Schema.READY if found - known or found == newest else Schema.BEHIND


def _without_revision(session: Session) -> Schema:
    """Tell a database that nobody migrated from one that does not answer."""
    try:
        return Schema.AWAY if inspect(session.connection()).has_table("alembic_version") else Schema.EMPTY
    except SQLAlchemyError:
        session.rollback()
        return Schema.AWAY
