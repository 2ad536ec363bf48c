"""Comments, from their writer's side: sent, edited, withdrawn, revised, and seen again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal, Refusals
from widget.models import (
    Account,
    Comment,
    CommentState,
    Revision,
    Site,
)
from widget.netiquette import Finding
from widget.services import articles, bans, moves, netiquettes, reviews, settled_days, surroundings, threads
from widget.services.articles import Article
from widget.services.locks import ROW
from widget.services.surroundings import Writing
from widget.text import normalise
from widget.text.search import search_terms

_LONGEST_KEY = 64


@dataclass(frozen=True)
class Submission:
    """A comment as its writer sends it.

    `key` is made once for each composed text, so that a double click, a retried request or a lost
    answer never makes two comments. `revises_id` names a refused comment that this one replaces;
    `accepts` is the number of the netiquette's version that its writer has just accepted; `tells` asks
    for the hints on it, which the receipt then carries.
    """

    site_id: int
    account_id: int
    article: Article
    text: str
    key: str
    parent_id: int | None = None
    revises_id: int | None = None
    accepts: int | None = None
    tells: bool = False


@dataclass(frozen=True)
class Receipt:
    """What became of a submission: its comment, whether that had been received before, and hints if asked for."""

    comment_id: int
    repeated: bool = False
    hints: Sequence[Finding] = ()


def submit(session: Session, submission: Submission, now: datetime) -> Receipt:
    """Receive a comment: checked first, then written in a short transaction that re-reads what counts.

    Raises Refusals with every reason a form can see; Refusal `thread.closed`, `parent.gone`,
    `netiquette.not-accepted`, `comment.not-revisable`; Forbidden `account.banned`; NotFound for an
    account that was closed.
    """
    _well_formed_key(submission.key)
    site = session.get_one(Site, submission.site_id)
    text = _cleaned(site, submission.text)
    thread = threads.find(session, site.id, submission.article.article)
    language = articles.language_of(thread, site, submission.article)
    writing = Writing(
        submission.account_id, site, thread.id if thread else None, parent_id=submission.parent_id
    )
    signed = session.get_one(Account, submission.account_id)
    try:
        review = reviews.review(
            session,
            writing,
            text,
            language,
            now,
            name=signed.name,
            place=signed.place,
            tells=submission.tells,
        )
    except Refusals as refusals:
        return _received_meanwhile(session, submission, refusals)

    begin_writing(session)
    account = session.get_one(Account, submission.account_id, with_for_update=ROW, populate_existing=True)
    # Two requests at once with the same text, or the same key, pass the checks together and come here in turn.
    known = surroundings.received(session, account.id, submission.key, normalise.digest(text), now)
    if known.comment_id is not None:
        return Receipt(known.comment_id, repeated=True)
    if account.closed_at is not None:
        raise NotFound("account.unknown")
    row = _row(session, submission, account, text, language, now)
    if row["thread_id"] in known.threads:
        raise Refusals([Refusal("identical.here", "text")])
    return Receipt(reviews.enter(session, row, review.findings), hints=review.hints)


def edit(
    session: Session,
    account_id: int,
    comment_id: int,
    text: str,
    expected_version: int,
    now: datetime,
    *,
    tells: bool = False,
) -> Receipt:
    """Replace a waiting comment's text, keeping the earlier one as a revision.

    Raises Refusals, NotFound, Forbidden (`account.banned`), Stale when it was decided, edited or withdrawn meanwhile.
    """
    comment = own(session, account_id, comment_id)
    site = session.get_one(Site, comment.site_id)
    text = _cleaned(site, text)
    writing = Writing(account_id, site, comment.thread_id, parent_id=comment.parent_id, editing=comment_id)
    review = reviews.review(
        session, writing, text, comment.language, now, name=comment.name, place=comment.place, tells=tells
    )

    begin_writing(session)
    # As when sending: the row lock puts the edit and a ban in order.
    session.get_one(Account, account_id, with_for_update=ROW)
    comment = own(session, account_id, comment_id, lock=True)
    if comment.state is not CommentState.PENDING or comment.version != expected_version:
        raise moves.stale(session, comment_id)
    _not_banned(session, account_id, comment.site_id, now)
    if text == comment.body:
        return Receipt(comment.id, hints=review.hints)
    session.add(Revision(comment_id=comment.id, version=comment.version, body=comment.body, replaced_at=now))
    comment.body, comment.digest = text, normalise.digest(text)
    comment.terms = search_terms(comment.name, comment.place, text)
    comment.version += 1
    reviews.replace(session, comment, review.findings)
    settled_days.reopen(session, comment.site_id, [comment.queued_at], now)
    return Receipt(comment.id, hints=review.hints)


def withdraw(
    session: Session, account_id: int, comment_id: int, expected_version: int, now: datetime
) -> Comment:
    """Take back a waiting comment; raise NotFound, or Stale when it was decided or edited meanwhile."""
    begin_writing(session)
    comment = own(session, account_id, comment_id, lock=True)
    if comment.state is not CommentState.PENDING or comment.version != expected_version:
        raise moves.stale(session, comment_id)
    moves.withdraw(session, comment, account_id, now)
    return comment


def published(session: Session, comment_id: int) -> Comment:
    """Return a comment that the public reads, with its thread; raise NotFound for every other.

    Where a thread is switched off nothing is read, whatever was published.
    """
    comment = session.get(Comment, comment_id, options=[joinedload(Comment.thread)])
    is_read = (
        comment is not None and comment.state is CommentState.PUBLISHED and comment.thread.off_at is None
    )
    if comment is None or not is_read:
        raise NotFound("comment.unknown")
    return comment


def _row(
    session: Session, submission: Submission, account: Account, text: str, language: str, now: datetime
) -> dict[str, Any]:
    """Return the comment's row from what holds now, with the site and the thread locked against closing."""
    site = session.get_one(Site, submission.site_id, with_for_update={"read": True}, populate_existing=True)
    _not_banned(session, account.id, site.id, now)
    rules, accepted = netiquettes.newest_for(session, site.id, account.id)
    if submission.accepts == rules.number:
        netiquettes.accept(session, account.id, rules.id, now)
    elif not accepted:
        raise Refusals([Refusal("netiquette.not-accepted", "accepts")])
    thread = threads.open_or_create(session, site, submission.article, now)
    if not threads.is_open(thread, site, now):
        raise Refusal("thread.closed", notice=threads.notice(thread, site))
    parent = _parent(session, thread.id, submission.parent_id)
    threads.written_under(session, thread.id, now)
    return {
        "site_id": site.id,
        "thread_id": thread.id,
        "account_id": account.id,
        "parent_id": parent.id if parent else None,
        "root_id": (parent.root_id or parent.id) if parent else None,
        "name": account.name,
        "place": account.place,
        "body": text,
        "language": language,
        "netiquette_id": rules.id,
        "idempotency_key": submission.key,
        "digest": normalise.digest(text),
        "terms": search_terms(account.name, account.place, text),
        "revises_id": _revised(session, submission, thread.id),
        "created_at": now,
        "queued_at": now if account.email_confirmed_at else None,
    }


def own(session: Session, account_id: int, comment_id: int, *, lock: bool = False) -> Comment:
    """Return a person's own comment, locked if so asked; raise NotFound (`comment.unknown`) for any other."""
    comment = session.get(Comment, comment_id, with_for_update=ROW if lock else None, populate_existing=lock)
    if comment is None or comment.account_id != account_id:
        raise NotFound("comment.unknown")
    return comment


def _received_meanwhile(session: Session, submission: Submission, refusals: Refusals) -> Receipt:
    """Return the receipt of an earlier request with the same key, which this one only seems to repeat the text of.

    Else the refusals stand.
    """
    known = session.scalars(
        select(Comment.id).where(
            Comment.account_id == submission.account_id, Comment.idempotency_key == submission.key
        )
    ).one_or_none()
    if known is None:
        raise refusals
    return Receipt(known, repeated=True)


def _cleaned(site: Site, text: str) -> str:
    """Return a text as it is stored; raise Refusals for one that is so long that nothing of it is looked at."""
    most = site.comment_length
    if normalise.is_oversized(text, most):
        raise Refusals([Refusal("length.over", "text", limit=most, over=len(text) - most)])
    return normalise.clean(text)


def _well_formed_key(key: str) -> None:
    if not key or len(key) > _LONGEST_KEY or not key.isprintable():
        raise Refusal("key.malformed")


def _not_banned(session: Session, account_id: int, site_id: int, now: datetime) -> None:
    ban = bans.active(session, account_id, site_id, now)
    if ban is not None:
        raise Forbidden("account.banned", until=ban.until, rule=ban.rule.number)


def _parent(session: Session, thread_id: int, parent_id: int | None) -> Comment | None:
    if parent_id is None:
        return None
    parent = session.get(Comment, parent_id)
    if parent is None or parent.thread_id != thread_id or parent.state is not CommentState.PUBLISHED:
        raise Refusals([Refusal("parent.gone", "reply")])
    return parent


def _revised(session: Session, submission: Submission, thread_id: int) -> int | None:
    if submission.revises_id is None:
        return None
    earlier = own(session, submission.account_id, submission.revises_id)
    if earlier.state is not CommentState.REFUSED or earlier.thread_id != thread_id:
        raise Refusal("comment.not-revisable")
    return earlier.id
