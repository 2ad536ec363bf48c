"""Lists of threads: found by title or address, by whether they are open, with what their comments came to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from widget.models import Comment, CommentState, Site, Thread
from widget.services import directory
from widget.text import normalise
from widget.text.search import wanted

# From when a thread's days are counted, as `threads.closes_at` does.
_BEGUN = func.coalesce(Thread.article_published_at, Thread.first_published_at)


def listed(
    session: Session,
    site_ids: list[int],
    *,
    search: str = "",
    standing: ColumnElement[bool] | None = None,
    before: tuple[datetime, int] | None = None,
    most: int,
) -> list[Thread]:
    """Return threads by latest activity, newest first; `before` continues after (latest_at, id)."""
    query = select(Thread).where(Thread.site_id.in_(site_ids)).options(joinedload(Thread.site))
    if standing is not None:
        query = query.where(standing)
    if search:
        query = query.where(_named(session, site_ids, normalise.clean(search)))
    if before is not None:
        at, thread_id = before
        query = query.where(or_(Thread.latest_at < at, (Thread.latest_at == at) & (Thread.id < thread_id)))
    return list(session.scalars(query.order_by(Thread.latest_at.desc(), Thread.id.desc()).limit(most)))


def _named(session: Session, site_ids: list[int], search: str) -> ColumnElement[bool]:
    """Return the condition that a thread's title holds the words, or that its article is the one named."""
    if "://" in search:
        return Thread.url == search
    query = select(Thread.id).where(Thread.site_id.in_(site_ids), Thread.article == search)
    named = [Thread.id == thread_id for thread_id in session.scalars(query)]
    words = directory.threads(session, wanted(search))
    return or_(false(), *named, *([and_(*words)] if words else []))


def tallies(session: Session, thread_ids: Iterable[int]) -> Mapping[int, Mapping[CommentState, int]]:
    """Return how many comments of several threads stand in each state, in one query however many they are."""
    found: dict[int, dict[CommentState, int]] = defaultdict(dict)
    rows = session.execute(
        select(Comment.thread_id, Comment.state, func.count())
        .where(Comment.thread_id.in_(set(thread_ids)), Comment.queued_at.is_not(None))
        .group_by(Comment.thread_id, Comment.state)
    )
    for thread_id, state, count in rows:
        found[thread_id][state] = count
    return found


def closed_by(known: list[Site], now: datetime) -> ColumnElement[bool]:
    """Return the condition under which a thread of those sites is closed at that moment, however it came to be."""
    reasons: list[ColumnElement[bool]] = [
        Thread.closed_at.is_not(None),
        Thread.off_at.is_not(None),
        (Thread.closes_on.is_not(None)) & (Thread.closes_on <= now),
        Thread.site_id.in_([site.id for site in known if site.closed_at is not None]),
    ]
    for site in known:
        if site.auto_close_days is not None:
            past = now - timedelta(days=site.auto_close_days)
            reasons.append((Thread.site_id == site.id) & _BEGUN.is_not(None) & (past >= _BEGUN))
    return or_(*reasons)


def open_by(known: list[Site], now: datetime) -> ColumnElement[bool]:
    """Return the condition under which a thread of those sites is open at that moment."""
    return not_(closed_by(known, now))


def closing_by(known: list[Site], now: datetime) -> ColumnElement[bool]:
    """Return the condition under which a thread is open and has a day on which it closes."""
    by_itself = [site.id for site in known if site.auto_close_days is not None]
    return open_by(known, now) & or_(
        Thread.closes_on.is_not(None), Thread.site_id.in_(by_itself) & _BEGUN.is_not(None)
    )
