"""The only code that decides what the public sees of a thread: published comments, never anything else."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from widget.models import Comment, CommentState, Site, Thread, ThreadAlias
from widget.services import threads
from widget.text import normalise, structure
from widget.text.structure import Paragraph

# Conversations a page; a root's permanent position decides its page (docs/decisions/0006-permanent-pages.md).
ROOTS = 50

Order = Literal["newest", "oldest"]
# What asks for single values asks either of them alike.
Reader = Session | Connection
# Plain rows: the page of a thread needs none of what the session does for an object.
Shown = Row[int, int | None, int | None, str, str, datetime | None, str, str, CommentState]
_SHOWN = (
    Comment.id,
    Comment.root_id,
    Comment.parent_id,
    Comment.name,
    Comment.place,
    Comment.published_at,
    Comment.language,
    Comment.body,
    Comment.state,
)
# Asked for each new version of a thread, and so put together once.
_IS_SHOWN = or_(Comment.state == CommentState.PUBLISHED, Comment.state == CommentState.REMOVED)
_root = aliased(Comment)


def _on_pages(comment: type[Comment]) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a root stands on some pages in a row of a thread."""
    return (
        comment.thread_id == bindparam("thread_id"),
        comment.position > bindparam("lowest"),
        comment.position <= bindparam("highest"),
    )


_ROOTS = select(*_SHOWN).where(*_on_pages(Comment), _IS_SHOWN).order_by(Comment.position)
_REPLIES = (
    select(*_SHOWN)
    .where(Comment.root_id.in_(select(_root.id).where(*_on_pages(_root))), _IS_SHOWN)
    .order_by(Comment.published_at, Comment.id)
)


@dataclass(frozen=True)
class PublicComment:
    """A comment as the public sees it; a removed one with published replies keeps only its place."""

    id: int
    root: int
    parent: int | None
    removed: bool
    name: str = ""
    place: str = ""
    at: datetime | None = None
    language: str = ""
    direction: str = "ltr"
    body: tuple[Paragraph, ...] = ()


@dataclass(frozen=True)
class Publication:
    """One page of a thread's public rendering.

    `thread` is None until the public may know of it (`is_public`); `page` is the page asked for or None for the natural
    first; `prev` and `next` follow the order shown. `is_off` says that there is to be no comment at all: then nothing is shown.
    """

    site: Site
    thread: Thread | None
    is_closed: bool
    notice: str | None
    closes_at: datetime | None
    comments: list[PublicComment]
    count: int
    page: int | None
    prev: int | None
    next: int | None
    is_off: bool = False

    @property
    def names(self) -> dict[int, str]:
        """Who signed each comment shown, for naming whom a reply answers."""
        return {comment.id: comment.name for comment in self.comments}

    @property
    def conversations(self) -> list[list[PublicComment]]:
        """The comments by conversation: each root with its replies."""
        grouped: list[list[PublicComment]] = []
        for comment in self.comments:
            if comment.parent is None:
                grouped.append([])
            grouped[-1].append(comment)
        return grouped


def publish(
    session: Session, site: Site, thread: Thread | None, *, order: Order = "newest", page: int | None = None
) -> Publication:
    """Return one page of a thread as the public may see it.

    What depends on the moment (closing by date) is left to `closes_at`; `is_closed` says only what
    staff decided.
    """
    is_closed = site.closed_at is not None or (thread is not None and thread.closed_at is not None)
    notice = threads.notice(thread, site)
    if thread is not None and thread.off_at is not None:
        return Publication(site, thread, True, None, None, [], 0, None, None, None, is_off=True)
    if thread is None or not is_public(thread):
        ends = threads.closes_at(thread, site) if thread is not None else None
        return Publication(site, None, is_closed, notice, ends, [], 0, None, None, None)
    pages, before, after = _window(thread.positions, order, page)
    comments = _read(session, thread.id, pages, order) if pages else []
    ends = threads.closes_at(thread, site)
    return Publication(site, thread, is_closed, notice, ends, comments, thread.published, page, before, after)


def is_public(thread: Thread) -> bool:
    """Whether the public may know that a thread exists: something was published in it, or staff closed it,
    switched it off or said when it closes.

    Before that everything public reads as under an article that nobody has written about, or whoever watches
    could tell that a comment waits. What the publisher itself said of the article, when it appeared, is no secret.
    """
    arranged = (thread.closed_at, thread.closes_on, thread.off_at)
    return thread.positions > 0 or any(at is not None for at in arranged)


def known(thread: Thread | None) -> Thread | None:
    """Return a thread that the public may know of, None for any other."""
    return thread if thread is not None and is_public(thread) else None


def headline(thread: Thread | None, address: str) -> str:
    """Return what the public reads of the article: its title, once somebody answers for it.

    A title comes from whoever wrote first; until the newsroom has verified it, or published something
    under it, the address stands in its place (rule 14: nothing unread is shown).
    """
    return thread.title if thread is not None and (thread.verified or thread.positions) else address


def page_of(session: Reader, thread_id: int, comment_id: int) -> int | None:
    """Return the page on which a published comment stands, or None when it is not public."""
    root = aliased(Comment)
    position = session.scalar(
        select(root.position)
        .join(Comment, root.id == func.coalesce(Comment.root_id, Comment.id))
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.id == comment_id, Comment.thread_id == thread_id)
        .where(Comment.state == CommentState.PUBLISHED, Thread.off_at.is_(None))
    )
    return None if position is None else (position - 1) // ROOTS + 1


def nearest_page(positions: int, page: int | None) -> int | None:
    """Return the page that is shown when one is asked for: of those there are, the nearest; None for the natural first."""
    highest = (positions + ROOTS - 1) // ROOTS
    return None if page is None or highest == 0 else min(max(page, 1), highest)


def counts(session: Reader, site_id: int, articles: list[str]) -> dict[str, int]:
    """Return how many comments are published under each article; an unknown article has none."""
    possible = [article for article in articles if normalise.is_storable(article)]
    rows = session.execute(
        select(Thread.article, Thread.published)
        .where(Thread.site_id == site_id, Thread.article.in_(possible), Thread.off_at.is_(None))
        .union_all(
            select(ThreadAlias.article, Thread.published)
            .join(Thread, Thread.id == ThreadAlias.thread_id)
            .where(ThreadAlias.site_id == site_id, ThreadAlias.article.in_(possible))
            .where(Thread.off_at.is_(None))
        )
    )
    known = dict(rows.all())
    return {article: known.get(article, 0) for article in articles}


def latest(session: Session, thread: Thread, most: int = ROOTS) -> list[PublicComment]:
    """Return the comments published last, newest first, as a feed lists them."""
    if thread.off_at is not None:
        return []
    rows = session.execute(
        select(*_SHOWN)
        .where(Comment.thread_id == thread.id, Comment.state == CommentState.PUBLISHED)
        .order_by(Comment.published_at.desc(), Comment.id.desc())
        .limit(most)
    )
    return [_public(row) for row in rows]


def _window(positions: int, order: Order, page: int | None) -> tuple[list[int], int | None, int | None]:
    """Return which pages are shown, and the page before and after them in that order.

    Pages have permanent numbers. *Newest* starts at the highest together with the one below it while
    the highest is partial, so that a reader never meets a page of one comment.
    """
    highest = (positions + ROOTS - 1) // ROOTS
    if highest == 0:
        return [], None, None
    asked = nearest_page(positions, page)
    shown = [1] if asked is None else [asked]
    if asked is None and order == "newest":
        partial = positions % ROOTS != 0 and highest > 1
        shown = [highest, highest - 1] if partial else [highest]
    below = min(shown) - 1 if min(shown) > 1 else None
    above = max(shown) + 1 if max(shown) < highest else None
    return (shown, above, below) if order == "newest" else (shown, below, above)


def _read(session: Session, thread_id: int, pages: list[int], order: Order) -> list[PublicComment]:
    lowest, highest = (min(pages) - 1) * ROOTS, max(pages) * ROOTS
    asked = {"thread_id": thread_id, "lowest": lowest, "highest": highest}
    roots = session.connection().execute(_ROOTS, asked).all()
    by_root: dict[int, list[Shown]] = {}
    for reply in session.connection().execute(_REPLIES, asked):
        by_root.setdefault(reply.root_id or 0, []).append(reply)
    listed: list[PublicComment] = []
    for root in reversed(roots) if order == "newest" else roots:
        listed.extend(_conversation([root, *by_root.get(root.id, [])]))
    return listed


def _conversation(rows: list[Shown]) -> list[PublicComment]:
    """Return a root and its replies, a removed one only where something published still answers it."""
    if all(row.state is CommentState.PUBLISHED for row in rows):
        return list(map(_public, rows))
    needed: set[int] = set()
    parents = {row.id: row.parent_id for row in rows}
    for row in rows:
        above = row.parent_id if row.state is CommentState.PUBLISHED else None
        while above is not None and above not in needed:
            needed.add(above)
            above = parents.get(above)
    return [_public(row) for row in rows if row.state is CommentState.PUBLISHED or row.id in needed]


# Kept for the next time its page is made: a comment is what its row says, and a thread's page is made for each new one.
@lru_cache(maxsize=4096)
def _public(row: Shown) -> PublicComment:
    root = row.root_id or row.id
    if row.state is not CommentState.PUBLISHED:
        return PublicComment(row.id, root, row.parent_id, removed=True)
    return PublicComment(
        id=row.id,
        root=root,
        parent=row.parent_id,
        removed=False,
        name=row.name,
        place=row.place,
        at=row.published_at,
        language=row.language,
        direction=structure.direction(row.body),
        body=tuple(structure.paragraphs(row.body)),
    )
