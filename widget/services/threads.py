"""Threads: found, opened by the first comment, closed and reopened."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import Forbidden, Malformed, NotFound, Refusal, Stale
from widget.models import Comment, Site, Thread, ThreadAlias
from widget.moderation.permissions import Permission, Staff
from widget.services import articles, audit, directory
from widget.services.articles import Article
from widget.services.locks import ROW
from widget.text import normalise

# A book's chapter; what is longer is no article, and would be compared with every comment under it.
LONGEST_TEXT = 200_000
# Asked at nearly every request, and so put together once. The alias names what was merged into a thread.
_OF_ARTICLE = select(Thread).where(
    Thread.site_id == bindparam("site_id"), Thread.article == bindparam("article")
)
_MERGED = (
    select(Thread)
    .join(ThreadAlias, ThreadAlias.thread_id == Thread.id)
    .where(ThreadAlias.site_id == bindparam("site_id"), ThreadAlias.article == bindparam("article"))
)
_WRITTEN_UNDER = (
    update(Thread)
    .where(Thread.id == bindparam("written_under"), Thread.latest_at < bindparam("now"))
    .values(latest_at=bindparam("now"))
)
_OF_ARTICLE_LOCKED = _OF_ARTICLE.with_for_update(**ROW)
_MERGED_LOCKED = _MERGED.with_for_update(of=Thread, **ROW)


def find(session: Session, site_id: int, article: str) -> Thread | None:
    """Return the thread of a site's article, or None while nobody has written."""
    if not normalise.is_storable(article):
        return None
    asked = {"site_id": site_id, "article": article}
    thread = session.scalars(_OF_ARTICLE, asked).one_or_none()
    return thread or session.scalars(_MERGED, asked).one_or_none()


def successor(session: Session, former_id: int) -> int | None:
    """Return the thread into which another was merged, by the number that one had."""
    query = select(ThreadAlias.thread_id).where(ThreadAlias.former_id == former_id)
    return session.scalars(query).one_or_none()


def by_id(session: Session, thread_id: int) -> Thread:
    """Return the thread; raise NotFound (`thread.unknown`)."""
    thread = session.get(Thread, thread_id)
    if thread is None:
        raise NotFound("thread.unknown")
    return thread


def last_written_under(session: Session, account_id: int) -> Thread | None:
    """Return the thread that a person's latest comment stands under, or None for whoever never wrote."""
    query = select(Thread).join(Comment, Comment.thread_id == Thread.id)
    latest = query.where(Comment.account_id == account_id).order_by(Comment.id.desc()).limit(1)
    return session.scalars(latest).one_or_none()


def open_or_create(session: Session, site: Site, article: Article, now: datetime) -> Thread:
    """Return the article's thread, locked against closing; make it when this is the first comment.

    Call it inside a write transaction. A thread made here is *unverified*: its title and address are
    what the page said. As long as nothing stands under it in public, each comment brings what its own page says, so
    that nobody whose comment is refused names the article for all who write after.
    """
    thread = findlocked(session, site.id, article.article)
    if thread is not None:
        stated = articles.restated(thread, site, article)
        if stated is not None:
            _claim(session, thread, stated)
        return thread
    checked_article = articles.checked(site, article)
    thread = Thread(
        site_id=site.id,
        article=checked_article.article,
        url=checked_article.url,
        title=checked_article.title,
        language=checked_article.language,
        latest_at=now,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(thread)
    except IntegrityError:
        # Two people wrote the first comment at once; the other's transaction made the thread.
        found = findlocked(session, site.id, article.article)
        if found is None:
            raise
        return found
    directory.remember_thread(session, thread)
    return thread


def _claim(session: Session, thread: Thread, stated: Article) -> None:
    before = thread.title
    thread.url, thread.title, thread.language = stated.url, stated.title, stated.language
    if thread.title != before:
        directory.remember_thread(session, thread)


def written_under(session: Session, thread_id: int, now: datetime) -> None:
    """Note that something was written under a thread just now."""
    session.connection().execute(_WRITTEN_UNDER, {"written_under": thread_id, "now": now})


def findlocked(session: Session, site_id: int, article: str) -> Thread | None:
    """Return the thread with a row lock, so that nothing closes it before this transaction ends."""
    asked = {"site_id": site_id, "article": article}
    thread = session.scalars(_OF_ARTICLE_LOCKED, asked).one_or_none()
    # In this order: one that is merged away meanwhile has its alias before it is gone.
    return thread or session.scalars(_MERGED_LOCKED, asked).one_or_none()


def register(
    session: Session,
    site: Site,
    article: Article,
    *,
    published_at: datetime | None,
    opening: str | None,
    text: str | None = None,
    now: datetime,
) -> Thread:
    """Make or update a thread on the publisher's own word, which verifies title and address.

    `text` is the article's whole text, which rule 12 compares with; None leaves what is known of it, an empty
    one forgets it. Raises Malformed as `checked` does, and `article.too-long` for a text of more than
    `LONGEST_TEXT` characters.
    """
    text = normalise.clean(text) if text is not None else None
    if text is not None and len(text) > LONGEST_TEXT:
        raise Malformed("article.too-long", name="text", most=LONGEST_TEXT)
    begin_writing(session)
    thread = open_or_create(session, site, article, now)
    if thread.article != article.article:
        # The article's thread was merged into another's, which keeps its own title and address.
        return thread
    stated = articles.checked(site, article)
    thread.url, thread.title, thread.language = stated.url, stated.title, stated.language
    thread.article_published_at, thread.opening = published_at, opening
    if text is not None:
        thread.article_text = text or None
    thread.verified = True
    thread.version += 1
    directory.remember_thread(session, thread)
    return thread


def closes_at(thread: Thread, site: Site) -> datetime | None:
    """Return when the thread closes by itself: N days after the article's publication, or when staff said (rule 15).

    While it is unknown when the article appeared, what was first published under it stands in for that; before, no day
    is set. Counted from the first comment that was sent, the article would close and so tell that somebody wrote there.
    """
    ends = [] if thread.closes_on is None else [thread.closes_on]
    if site.auto_close_days is not None:
        begun = thread.article_published_at or thread.first_published_at
        ends += [] if begun is None else [begun + timedelta(days=site.auto_close_days)]
    return min(ends, default=None)


def is_open(thread: Thread | None, site: Site, now: datetime) -> bool:
    """Whether comments are accepted at that moment; an article nobody wrote under is open with its site."""
    if site.closed_at is not None:
        return False
    if thread is None:
        return True
    ends = closes_at(thread, site)
    shut = thread.closed_at is not None or thread.off_at is not None
    return not shut and (ends is None or ends > now)


def notice(thread: Thread | None, site: Site) -> str | None:
    """Return the words the newsroom gave for closing, the thread's own before the site's."""
    if thread is not None and thread.closed_at is not None and thread.closed_notice:
        return thread.closed_notice
    return site.closed_notice if site.closed_at is not None else None


def close(session: Session, staff: Staff, thread_id: int, notice: str | None, now: datetime) -> Thread:
    """Close a thread, with an optional notice that readers see; raise Refusal `thread.closed-already`."""
    thread = locked(session, staff, thread_id)
    if thread.closed_at is not None:
        raise Refusal("thread.closed-already")
    _move(session, staff, thread, "thread.close", now, closed_at=now, closed_notice=notice or None)
    return thread


def reopen(session: Session, staff: Staff, thread_id: int, now: datetime) -> Thread:
    """Open a closed thread again; raise Refusal `thread.open-already`."""
    thread = locked(session, staff, thread_id)
    lapsed = thread.closes_on is not None and thread.closes_on <= now
    if thread.closed_at is None and not lapsed:
        raise Refusal("thread.open-already")
    if lapsed:
        thread.closes_on = None
    _move(session, staff, thread, "thread.reopen", now, closed_at=None, closed_notice=None)
    return thread


def verify(session: Session, staff: Staff, thread_id: int, title: str, url: str, now: datetime) -> Thread:
    """Stand by a thread's title and address as they were read.

    Until then every page that is written from says them anew, and so they may have changed since: raises Stale
    `thread.renamed` then, for nobody has read the new ones. Raises NotFound and Forbidden as `locked` does.
    """
    thread = locked(session, staff, thread_id)
    if (thread.title, thread.url) != (title, url):
        raise Stale("thread.renamed")
    thread.verified = True
    audit.record(
        session,
        staff,
        "thread.verify",
        subject=f"thread:{thread.id}",
        site_id=thread.site_id,
        after={"title": thread.title, "url": thread.url},
        now=now,
    )
    return thread


def locked(session: Session, staff: Staff, thread_id: int) -> Thread:
    """Begin writing and return a thread, locked, for somebody who may close it; raise NotFound, Forbidden."""
    begin_writing(session)
    thread = session.get(Thread, thread_id, with_for_update=ROW)
    if thread is None or not staff.may(Permission.READ_QUEUE, thread.site_id):
        raise NotFound("thread.unknown")
    if not staff.may(Permission.CLOSE_THREADS, thread.site_id):
        raise Forbidden("not-permitted")
    return thread


def _move(
    session: Session,
    staff: Staff,
    thread: Thread,
    action: str,
    now: datetime,
    *,
    closed_at: datetime | None,
    closed_notice: str | None,
) -> None:
    before = {"closed": thread.closed_at is not None, "notice": thread.closed_notice}
    thread.closed_at, thread.closed_notice = closed_at, closed_notice
    thread.version += 1
    audit.record(
        session,
        staff,
        action,
        subject=f"thread:{thread.id}",
        site_id=thread.site_id,
        before=before,
        after={"closed": closed_at is not None, "notice": closed_notice},
        now=now,
    )
