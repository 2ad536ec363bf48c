"""What the checks may know around a draft: gathered in a few queries, before any write transaction.

The queries of the hot path are put to the connection itself: they ask for columns, and so need nothing of the session.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Row, Text, bindparam, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from widget.models import Comment, CommentState, Site, Thread
from widget.netiquette import Context, Earlier
from widget.netiquette.rule import Recent
from widget.netiquette.rules.identical import WINDOW
from widget.services import checks, signatures

# Rule 10 looks at what stands or was judged; what its writer took back does not count.
_COUNTED = (CommentState.PENDING, CommentState.PUBLISHED, CommentState.REFUSED)
_PUBLISHED = CommentState.PUBLISHED.value
# The same text, and near repetitions, are looked for among this many comments of the writer.
_MOST_OWN = 300
# Near repetitions are looked for among this many comments of the thread, too.
_MOST_RECENT = 200
# A private dialogue (rule 8) shows within this many turns; longer chains are read from their end.
_MOST_TURNS = 12
# What is read of a comment that may be repeated: hundreds for every comment that comes in, and so the state as its plain word.
_STATE = type_coerce(Comment.state, Text).label("state")
_READ = (Comment.id, Comment.body, Comment.account_id, Comment.thread_id, _STATE)
_Row = Row[*tuple[Any, ...]]
# Asked for every comment that comes in, and so put together once.
_OWN = (
    select(*_READ, Comment.digest, Comment.created_at, Comment.site_id, Comment.name)
    .where(Comment.account_id == bindparam("account_id"))
    .order_by(Comment.id.desc())
    .limit(_MOST_OWN)
)
_IN_THREAD = (
    select(*_READ)
    .where(
        Comment.thread_id == bindparam("thread_id"), Comment.state.in_(bindparam("states", expanding=True))
    )
    .order_by(Comment.id.desc())
    .limit(_MOST_RECENT)
)
# What was received under a key, and where the very same text stands: two questions, each by an index of its own.
_RECEIVED: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(Comment.id, literal(None).label("thread_id")).where(
        Comment.account_id == bindparam("account_id"), Comment.idempotency_key == bindparam("key")
    ),
    select(Comment.id, Comment.thread_id).where(
        Comment.account_id == bindparam("account_id"),
        Comment.digest == bindparam("digest"),
        Comment.created_at > bindparam("since"),
        Comment.state.in_(bindparam("states", expanding=True)),
    ),
)
_TEXTS = select(Thread.article_text, Thread.opening).where(Thread.id == bindparam("thread_id"))


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


@dataclass(frozen=True)
class Received:
    """What of a writer's was received already: the comment under this key, and the threads where this text stands."""

    comment_id: int | None
    threads: frozenset[int]


def around(session: Session, writing: Writing, now: datetime) -> Context:
    """Return the context of a comment being sent.

    What a person wrote on other sites is no business of this one's staff.
    """
    known, written = checks.of(session, writing.site.id), _written(session, writing)
    own = _counted(written, writing, now)
    return Context(
        now=now,
        length_limit=writing.site.comment_length,
        earlier=tuple(
            Earlier(row.id, row.digest, row.thread_id == writing.thread_id, row.created_at) for row in own
        ),
        recent=_recent(session, writing, own, _COUNTED),
        article=_article(session, writing),
        protected=(
            *signatures.of_others(session, writing.site.id, writing.account_id, now),
            *known.protected,
        ),
        turns=_turns(session, writing),
        signed_before=_signed_before(written, writing),
        lists=known.lists,
        modes=known.modes,
    )


def around_hints(session: Session, writing: Writing, now: datetime) -> Context:
    """Return the context of a draft being typed: no more than the checks that hint look at."""
    known = checks.of(session, writing.site.id)
    own = _counted(_written(session, writing), writing, now)
    return Context(
        now=now,
        length_limit=writing.site.comment_length,
        recent=_recent(session, writing, own, (CommentState.PUBLISHED,)),
        article=_article(session, writing),
        lists=known.lists,
        modes=known.modes,
    )


def _article(session: Session, writing: Writing) -> str:
    """Return what is known of the article's text: all of it, else its opening, where the publisher supplied any."""
    if writing.thread_id is None:
        return ""
    row = session.connection().execute(_TEXTS, {"thread_id": writing.thread_id}).one_or_none()
    return (row.article_text or row.opening or "") if row else ""


def received(session: Session, account_id: int, key: str, digest: str, now: datetime) -> Received:
    """Return what a writer sent before that a new comment might repeat, by its key and by its text's digest."""
    asked = {
        "account_id": account_id,
        "key": key,
        "digest": digest,
        "since": now - WINDOW,
        "states": _COUNTED,
    }
    rows = session.connection().execute(_RECEIVED, asked).all()
    return Received(
        next((row.id for row in rows if row.thread_id is None), None),
        frozenset(row.thread_id for row in rows if row.thread_id is not None),
    )


def _written(session: Session, writing: Writing) -> list[_Row]:
    """Return the writer's latest comments on the site, newest first.

    They are looked up by the person alone and the rest is asked of the few that come back: of a site, or of a month,
    there may be a million, and an engine that does not know how many there are of each might begin there.
    """
    if writing.account_id is None:
        return []
    rows = session.connection().execute(_OWN, {"account_id": writing.account_id})
    return [row for row in rows if row.site_id == writing.site.id]


def _counted(written: list[_Row], writing: Writing, now: datetime) -> list[_Row]:
    """Return those of the writer's latest comments that rule 10 looks at."""
    return [
        row
        for row in written
        if row.created_at > now - WINDOW and row.state in _COUNTED and row.id != writing.editing
    ]


def _signed_before(written: list[_Row], writing: Writing) -> str:
    """Return the name under the comment that came before, or nothing: a changed one is to be noticed once."""
    return next((row.name for row in written if writing.editing is None or row.id < writing.editing), "")


def _recent(
    session: Session, writing: Writing, own: list[_Row], states: tuple[CommentState, ...]
) -> tuple[Recent, ...]:
    """Return what may be repeated: the writer's latest comments on the site, and the thread's, in those states."""
    rows = [row[: len(_READ)] for row in own if row.state in states]
    if writing.thread_id is not None:
        rows += session.connection().execute(_IN_THREAD, {"thread_id": writing.thread_id, "states": states})
    writer = writing.account_id or 0
    found = {
        number: Recent(
            number, body, account_id == writer, thread_id == writing.thread_id, state == _PUBLISHED
        )
        for number, body, account_id, thread_id, state in rows
    }
    found.pop(writing.editing or 0, None)
    return tuple(found.values())


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
