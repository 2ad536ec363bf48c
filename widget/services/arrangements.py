"""Arranging threads: a day on which one closes, none at all, an article named rightly, two made one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from widget.errors import Forbidden, Refusal, Refusals
from widget.models import Comment, Site, Thread, ThreadAlias
from widget.moderation.permissions import Permission, Staff
from widget.services import audit, directory, sites, threads
from widget.services.locks import ROW
from widget.text import normalise

LONGEST_TITLE, LONGEST_URL = 500, 2000


@dataclass(frozen=True)
class Naming:
    """What an article is called and where it stands, as staff put it."""

    title: str
    url: str


def schedule(session: Session, staff: Staff, thread_id: int, at: datetime | None, now: datetime) -> Thread:
    """Say when a thread closes by itself, or that it does not; readers are told the day.

    Raises NotFound, Forbidden, Refusal: `thread.closed-already`, `thread.past`.
    """
    thread = threads.locked(session, staff, thread_id)
    if thread.closed_at is not None:
        raise Refusal("thread.closed-already")
    if at is not None and at <= now:
        raise Refusal("thread.past", "at")
    before, thread.closes_on = thread.closes_on, at
    _record(session, staff, thread, "thread.schedule", {"closes": _iso(before)}, {"closes": _iso(at)}, now)
    return thread


def switch(session: Session, staff: Staff, thread_id: int, off: bool, now: datetime) -> Thread:
    """Switch a thread off altogether, so that readers meet neither comments nor composer, or on again.

    Raises NotFound, Forbidden.
    """
    thread = _arranged(session, staff, thread_id)
    before = thread.off_at is not None
    thread.off_at = now if off else None
    _record(session, staff, thread, "thread.switch", {"off": before}, {"off": off}, now)
    return thread


def rename(session: Session, staff: Staff, thread_id: int, named: Naming, now: datetime) -> Thread:
    """Correct an article's title and address, which counts as verifying them.

    Raises NotFound, Forbidden, Refusals with each of `thread.title` and `thread.url` (not on the site's own origins)
    that is wrong.
    """
    thread = threads.locked(session, staff, thread_id)
    title, url = _checked(session.get_one(Site, thread.site_id), named)
    before = {"title": thread.title, "url": thread.url}
    thread.title, thread.url, thread.verified = title, url, True
    directory.remember_thread(session, thread)
    _record(session, staff, thread, "thread.rename", before, {"title": title, "url": url}, now)
    return thread


def _checked(site: Site, named: Naming) -> tuple[str, str]:
    refusals: list[Refusal] = []
    url = named.url.strip()
    try:
        title = normalise.line(named.title)
    except normalise.HiddenCharacters:
        title = ""
    if not title or len(title) > LONGEST_TITLE:
        refusals.append(Refusal("thread.title", "title", most=LONGEST_TITLE))
    if len(url) > LONGEST_URL or not normalise.is_plain(url) or not sites.allows(site, url):
        refusals.append(Refusal("thread.url", "url", origins=", ".join(site.origins)))
    if refusals:
        raise Refusals(refusals)
    return title, url


def sought(session: Session, site_id: int, words: str) -> int | None:
    """Return the id of the thread of a site that its article's address, its article's id or its number names."""
    words = normalise.clean(words)
    named = or_(Thread.url == words, Thread.article == words)
    number = words.rstrip("/").rpartition("/")[2]
    if number.isascii() and number.isdecimal() and len(number) < 10:
        named = or_(named, Thread.id == int(number))
    query = select(Thread.id).where(Thread.site_id == site_id, named).order_by(Thread.id).limit(1)
    return session.scalars(query).one_or_none()


def merge(session: Session, staff: Staff, thread_id: int, target_id: int, now: datetime) -> Thread:
    """Move all comments of a thread into another of the same site, for good; its article leads there from then on.

    The target's conversations keep their positions, and with them their pages; those that come in follow after them
    in the order in which they were published. Return the target. Raises NotFound, Forbidden, Refusal: `thread.same`,
    `thread.other-site`.
    """
    if thread_id == target_id:
        raise Refusal("thread.same", "target")
    _arranged(session, staff, thread_id)
    # Comments before threads, as a decision locks them, so that neither waits for the other.
    session.scalars(
        select(Comment.id).where(Comment.thread_id == thread_id).order_by(Comment.id).with_for_update(**ROW)
    ).all()
    found = {
        row.id: row
        for row in session.scalars(
            select(Thread)
            .where(Thread.id.in_((thread_id, target_id)))
            .order_by(Thread.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    source, target = found.get(thread_id), found.get(target_id)
    if source is None or target is None or target.site_id != source.site_id:
        raise Refusal("thread.other-site", "target")
    before = {"article": source.article, "title": source.title, "url": source.url, "thread": source.id}
    _move(session, source, target)
    _lead_on(session, source, target, now)
    session.get_one(Site, target.site_id, with_for_update=ROW).version += 1
    _record(session, staff, target, "thread.merge", before, {"published": target.published}, now)
    return target


def _move(session: Session, source: Thread, target: Thread) -> None:
    """Move the comments in one statement, for a reply and what it answers always share a thread."""
    session.execute(
        update(Comment)
        .where(Comment.thread_id == source.id)
        .values(thread_id=target.id, position=Comment.position + target.positions)
        .execution_options(synchronize_session=False)
    )
    target.positions += source.positions
    target.published += source.published
    # The days of the target's own article count, which an older one that comes to it does not end.
    target.first_published_at = target.first_published_at or source.first_published_at
    target.latest_at = max(target.latest_at, source.latest_at)
    # Above both, so that no cache takes what comes for what it had.
    target.version = max(target.version, source.version)


def _lead_on(session: Session, source: Thread, target: Thread, now: datetime) -> None:
    """Let the source's article, and whatever led to it before, lead to the target."""
    session.execute(update(ThreadAlias).where(ThreadAlias.thread_id == source.id).values(thread_id=target.id))
    session.add(
        ThreadAlias(
            site_id=source.site_id,
            article=source.article,
            former_id=source.id,
            thread_id=target.id,
            created_at=now,
        )
    )
    session.flush()
    session.expire_all()
    session.delete(session.get_one(Thread, source.id))
    session.flush()


def _arranged(session: Session, staff: Staff, thread_id: int) -> Thread:
    thread = threads.locked(session, staff, thread_id)
    if not staff.may(Permission.ARRANGE_THREADS, thread.site_id):
        raise Forbidden("not-permitted")
    return thread


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _record(
    session: Session,
    staff: Staff,
    thread: Thread,
    action: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    now: datetime,
) -> None:
    """Let the thread's public version follow, and write down who did what."""
    thread.version += 1
    audit.record(
        session,
        staff,
        action,
        subject=f"thread:{thread.id}",
        site_id=thread.site_id,
        before=before,
        after=after,
        now=now,
    )
