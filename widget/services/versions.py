"""Which version of its public rendering a thread has: asked before bytes that were made earlier are served again."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from widget.models import Site, Thread, ThreadAlias
from widget.text import normalise


@dataclass(frozen=True, slots=True)
class Version:
    """A thread's public version: its own, moved by every change that readers can see, and its site's.

    `thread_id` and `thread` are 0 for an article that nobody wrote under. `positions` is how many root comments
    have a place, which decides how many pages there are.
    """

    site: int
    thread: int = 0
    thread_id: int = 0
    positions: int = 0


_COLUMNS = (Site.version, Thread.version, Thread.id, Thread.positions)
_DIRECT = select(*_COLUMNS).join_from(Site, Thread, Thread.site_id == Site.id)
_MERGED = (
    select(*_COLUMNS)
    .join_from(Site, ThreadAlias, ThreadAlias.site_id == Site.id)
    .join(Thread, Thread.id == ThreadAlias.thread_id)
)


def of_thread(connection: Connection, thread_id: int) -> Version | None:
    """Return the version of a thread by its number, or None where there is none."""
    row = connection.execute(_DIRECT.where(Thread.id == thread_id)).one_or_none()
    return Version(*row) if row else None


def of_article(connection: Connection, site_key: str, article: str) -> Version | None:
    """Return the version of an article's thread, its site's alone where it has none, None without the site."""
    if normalise.is_storable(article):
        for query, column in ((_DIRECT, Thread.article), (_MERGED, ThreadAlias.article)):
            row = connection.execute(query.where(_is(site_key), column == article)).one_or_none()
            if row:
                return Version(*row)
    site = connection.execute(select(Site.version).where(_is(site_key))).scalar_one_or_none()
    return None if site is None else Version(site)


def site_id(connection: Connection, site_key: str) -> int | None:
    """Return a site's number, or None where there is none of that key."""
    return connection.execute(select(Site.id).where(_is(site_key))).scalar_one_or_none()


def _is(site_key: str) -> ColumnElement[bool]:
    return Site.key == site_key
