"""Where a wish stands: which rendering answers it, and of which version."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import Connection

from widget import publication
from widget.services import versions
from widget.services.versions import Version
from widget.web.reading.layer.wish import Kind, Wish


class Stamp(NamedTuple):
    """The version of a thread: its site's, its own, and how many of its comments are public in it."""

    site: int
    thread: int
    published: int

    def only_adds_to(self, earlier: Hashable) -> bool:
        """Whether nothing but publications lies between: nobody is shown wrongly what was right a moment ago.

        A publication moves the thread's version and its number by one each; whatever takes something away or
        changes it moves the version alone, or the site's.
        """
        if not isinstance(earlier, Stamp) or earlier.site != self.site:
            return False
        return self.thread - earlier.thread == self.published - earlier.published > 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Which rendering answers a wish (`key`, and the wish that asks for it), and the version it must have (`stamp`)."""

    key: Hashable
    stamp: Hashable
    wish: Wish


def find(connection: Connection, wish: Wish) -> Standing | None:
    """Return where a wish stands now, or None where there is nothing to keep: Flask says why."""
    if wish.kind is Kind.SCRIPT:
        return Standing((wish.kind, wish.path), 0, wish)
    if wish.kind is Kind.COUNTS:
        return _of_counts(connection, wish)
    if wish.kind is Kind.PAGE:
        version = versions.of_thread(connection, wish.thread_id)
    else:
        version = versions.of_article(connection, wish.site, wish.articles[0])
    return _of_thread(connection, wish, version) if version else None


def _of_thread(connection: Connection, wish: Wish, version: Version) -> Standing:
    page = wish.page
    if wish.comment_id is not None:
        page = publication.page_of(connection, version.thread_id, wish.comment_id)
    one = replace(wish, page=publication.nearest_page(version.positions, page), comment_id=None)
    if not version.thread_id:
        # All articles that nobody wrote under share one rendering.
        one = replace(one, articles=("",), order="newest")
    key = (wish.kind, wish.site, version.thread_id, one.page, one.order, one.language)
    return Standing(key, Stamp(version.site, version.thread, version.published), one)


def _of_counts(connection: Connection, wish: Wish) -> Standing | None:
    site_id = versions.site_id(connection, wish.site)
    if site_id is None:
        return None
    counts = publication.counts(connection, site_id, list(wish.articles))
    return Standing((wish.kind, wish.site, wish.articles), tuple(counts.values()), wish)
