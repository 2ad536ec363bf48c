"""Which version of its public rendering a thread has: asked before bytes that were made earlier are served again."""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.orm import Session

from widget.models import Site, Thread, ThreadAlias
from widget.text import normalise


@dataclass(frozen=True, slots=True)
class Version:
    """A thread's public version: its own, moved by every change that readers can see, and its site's.

    `thread_id` and `thread` are 0 for an article that nobody wrote under. `positions` is how many root comments
    have a place, which decides how many pages there are; `published` is how many comments are public now.
    """

    site: int
    thread: int = 0
    thread_id: int = 0
    positions: int = 0
    published: int = 0


# Built once, since building one takes longer than the database does to answer it.
_IS_SITE = Site.key == bindparam("site")
_COLUMNS = (Site.version, Thread.version, Thread.id, Thread.positions, Thread.published)
_SITE_AND_THREAD = select(*_COLUMNS).join_from(Site, Thread, Thread.site_id == Site.id)
_BY_NUMBER = _SITE_AND_THREAD.where(Thread.id == bindparam("thread"))
_BY_ARTICLE = _SITE_AND_THREAD.where(_IS_SITE, Thread.article == bindparam("article"))
_MERGED = (
    select(*_COLUMNS)
    .join_from(Site, ThreadAlias, ThreadAlias.site_id == Site.id)
    .join(Thread, Thread.id == ThreadAlias.thread_id)
    .where(_IS_SITE, ThreadAlias.article == bindparam("article"))
)
# More than a newsroom changes its settings, and few enough to go on for ever.
_FEWEST_LEFT_OUT = 100_000
_SITE = select(Site.id, Site.version).where(_IS_SITE)


def leave_behind(session: Session) -> None:
    """Move every site to a version that no node ever served, after the database became an older one.

    From there on the same versions would come again with other comments, and whoever still has what was made of the
    former ones would take it for right. Two billion versions have room for thousands of such steps.
    """
    step = _FEWEST_LEFT_OUT + secrets.randbelow(_FEWEST_LEFT_OUT)
    session.execute(update(Site).values(version=Site.version + step))


def of_thread(connection: Connection, thread_id: int) -> Version | None:
    """Return the version of a thread by its number, or None where there is none."""
    row = connection.execute(_BY_NUMBER, {"thread": thread_id}).one_or_none()
    return Version(*row) if row else None


def of_article(connection: Connection, site_key: str, article: str) -> Version | None:
    """Return the version of an article's thread, its site's alone where it has none, None without the site."""
    if normalise.is_storable(article):
        asked = {"site": site_key, "article": article}
        for query in (_BY_ARTICLE, _MERGED):
            row = connection.execute(query, asked).one_or_none()
            if row:
                return Version(*row)
    site = connection.execute(_SITE, {"site": site_key}).one_or_none()
    return Version(site.version) if site else None


def site_id(connection: Connection, site_key: str) -> int | None:
    """Return a site's number, or None where there is none of that key."""
    site = connection.execute(_SITE, {"site": site_key}).one_or_none()
    return site.id if site else None
