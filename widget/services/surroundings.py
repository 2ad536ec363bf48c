"""What the checks may know around a draft: gathered in a few queries, before any write transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from widget.models import Account, Comment, CommentState, Site, StaffRole, Thread
from widget.netiquette import Context, Earlier
from widget.netiquette.rule import Recent
from widget.netiquette.rules.identical import WINDOW
from widget.services import checks

# Rule 10 looks at what stands or was judged; what its writer took back does not count.
_COUNTED = (CommentState.PENDING, CommentState.PUBLISHED, CommentState.REFUSED)
_MOST_EARLIER = 500
# Near repetitions are looked for among this many comments of the writer, and as many of the thread.
_MOST_RECENT = 200
# A private dialogue (rule 8) shows within this many turns; longer chains are read from their end.
_MOST_TURNS = 12
# Names that a signature might imitate: those who wrote on the site lately.
_MOST_NAMES = 500
_NAMES_SINCE = timedelta(days=90)


@dataclass(frozen=True)
class Writing:
    """Who writes where; `thread_id` is None under an article that has no thread yet.

    `account_id` is None while nobody is signed in. `parent_id` is the comment answered; `editing` names a
    comment that is being edited, which is no repetition of itself.
    """

    account_id: int | None
    site: Site
    thread_id: int | None
    parent_id: int | None = None
    editing: int | None = None


def around(session: Session, writing: Writing, now: datetime) -> Context:
    """Return the context of a comment being sent.

    What a person wrote on other sites is no business of this one's staff.
    """
    known = checks.of(session, writing.site.id)
    return Context(
        now=now,
        length_limit=writing.site.comment_length,
        earlier=earlier(session, writing, now),
        recent=_recent(session, writing, now, _COUNTED),
        article=_article(session, writing),
        protected=(*_names_of_others(session, writing, now), *known.protected),
        turns=_turns(session, writing),
        lists=known.lists,
        modes=known.modes,
    )


def around_hints(session: Session, writing: Writing, now: datetime) -> Context:
    """Return the context of a draft being typed: no more than the checks that hint look at."""
    known = checks.of(session, writing.site.id)
    return Context(
        now=now,
        length_limit=writing.site.comment_length,
        recent=_recent(session, writing, now, (CommentState.PUBLISHED,)),
        article=_article(session, writing),
        lists=known.lists,
        modes=known.modes,
    )


def _article(session: Session, writing: Writing) -> str:
    """Return what is known of the article's text: all of it, else its opening, where the publisher supplied any."""
    if writing.thread_id is None:
        return ""
    row = session.execute(
        select(Thread.article_text, Thread.opening).where(Thread.id == writing.thread_id)
    ).one_or_none()
    return (row.article_text or row.opening or "") if row else ""


def earlier(session: Session, writing: Writing, now: datetime) -> tuple[Earlier, ...]:
    """Return what the identical text is looked for in: the writer's comments on the site in the last 30 days."""
    if writing.account_id is None:
        return ()
    rows = session.execute(
        select(Comment.id, Comment.digest, Comment.thread_id, Comment.created_at)
        .where(Comment.account_id == writing.account_id, Comment.site_id == writing.site.id)
        .where(Comment.created_at > now - WINDOW, Comment.state.in_(_COUNTED))
        .order_by(Comment.id.desc())
        .limit(_MOST_EARLIER)
    )
    return tuple(
        Earlier(row.id, row.digest, row.thread_id == writing.thread_id, row.created_at)
        for row in rows
        if row.id != writing.editing
    )


def _recent(
    session: Session, writing: Writing, now: datetime, states: tuple[CommentState, ...]
) -> tuple[Recent, ...]:
    """Return what may be repeated: the writer's latest comments on the site, and the thread's, in those states."""
    places: list[ColumnElement[bool]] = []
    if writing.account_id is not None:
        own = (Comment.account_id == writing.account_id) & (Comment.site_id == writing.site.id)
        places.append(own & (Comment.created_at > now - WINDOW))
    if writing.thread_id is not None:
        places.append(Comment.thread_id == writing.thread_id)
    found: dict[int, Recent] = {}
    for place in places:
        rows = session.execute(
            select(Comment.id, Comment.body, Comment.account_id, Comment.thread_id)
            .where(place, Comment.state.in_(states))
            .order_by(Comment.id.desc())
            .limit(_MOST_RECENT)
        )
        for row in rows:
            same_writer = writing.account_id is not None and row.account_id == writing.account_id
            found[row.id] = Recent(row.id, row.body, same_writer, row.thread_id == writing.thread_id)
    found.pop(writing.editing or 0, None)
    return tuple(found.values())


def _names_of_others(session: Session, writing: Writing, now: datetime) -> tuple[str, ...]:
    """Return the names nobody else may sign with: the site's staff, and others who wrote there lately."""
    held = (
        select(Account.name)
        .join(StaffRole, StaffRole.account_id == Account.id)
        .where(or_(StaffRole.site_id.is_(None), StaffRole.site_id == writing.site.id))
    )
    signed = (
        select(Comment.name)
        .where(Comment.site_id == writing.site.id, Comment.published_at > now - _NAMES_SINCE)
        .distinct()
        .limit(_MOST_NAMES)
    )
    if writing.account_id is not None:
        held = held.where(Account.id != writing.account_id)
        signed = signed.where(Comment.account_id != writing.account_id)
    return tuple(sorted({*session.scalars(held), *session.scalars(signed)}))


def _turns(session: Session, writing: Writing) -> tuple[str, ...]:
    """Return the writers of the chain of replies that a draft continues, oldest first, its own last."""
    turns = [str(writing.account_id)]
    above = writing.parent_id
    while above is not None and len(turns) < _MOST_TURNS:
        row = session.execute(
            select(Comment.account_id, Comment.parent_id).where(Comment.id == above)
        ).one_or_none()
        if row is None:
            break
        turns.append(str(row.account_id))
        above = row.parent_id
    return tuple(reversed(turns))
