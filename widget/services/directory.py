"""People by their names and places, threads by their titles: every word is kept, so that a search walks an index."""

from typing import Final

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session, aliased

from widget.models import Account, AccountWord, Comment, Thread, ThreadWord
from widget.text.search import Wanted, search_terms

# Whoever finds more people than so many has to say more: no more are put in order. A word in more titles is common.
MOST: Final = 200
_LAST = "\U0010ffff"


def remember(session: Session, account: Account) -> None:
    """Keep the words of an account's name and place, in the caller's write transaction."""
    words = sorted(set(search_terms(account.name, account.place).split()))
    session.add_all(AccountWord(word=word, account_id=account.id) for word in words)
    session.flush()


def forget(session: Session, account_id: int) -> None:
    """Forget the words of an account's name and place, in the caller's write transaction."""
    session.execute(delete(AccountWord).where(AccountWord.account_id == account_id))


def remember_thread(session: Session, thread: Thread) -> None:
    """Keep the words of a thread's title in place of those of an earlier one, in the caller's write transaction."""
    session.execute(delete(ThreadWord).where(ThreadWord.thread_id == thread.id))
    words = sorted(set(search_terms(thread.title).split()))
    session.add_all(ThreadWord(word=word, thread_id=thread.id) for word in words)
    session.flush()


def people(asked: list[Wanted], site_ids: list[int]) -> Select[int]:
    """Select those who wrote on the sites and whose name and place hold every word, `MOST` at most.

    A word also finds those that begin with it. The longest word leads, since few have it; the others are
    looked up for each that it finds.
    """
    (term, begins), *others = _terms(asked)
    wrote = (
        select(Comment.id)
        .where(Comment.account_id == AccountWord.account_id, Comment.site_id.in_(site_ids))
        .exists()
    )
    query = select(AccountWord.account_id).where(_is(AccountWord, term, begins), wrote)
    for term, begins in others:
        other = aliased(AccountWord)
        has = select(other.word).where(other.account_id == AccountWord.account_id, _is(other, term, begins))
        query = query.where(has.exists())
    return query.distinct().limit(MOST)


def threads(session: Session, asked: list[Wanted]) -> list[ColumnElement[bool]]:
    """Return the conditions that a thread's title holds every word, or one that begins with it.

    The longest word leads where few titles hold it. Otherwise each thread is asked for its words in turn: of those
    that many have, a list is soon full.
    """
    conditions: list[ColumnElement[bool]] = []
    for at, (term, begins) in enumerate(_terms(asked)):
        holds = _is(ThreadWord, term, begins)
        if at == 0 and _is_rare(session, holds):
            conditions.append(Thread.id.in_(select(ThreadWord.thread_id).where(holds)))
        else:
            has = select(ThreadWord.word).where(ThreadWord.thread_id == Thread.id, holds)
            conditions.append(has.offset(0).exists())
    return conditions


def _is_rare(session: Session, holds: ColumnElement[bool]) -> bool:
    few = select(ThreadWord.thread_id).where(holds).limit(MOST + 1).subquery()
    return (session.scalar(select(func.count()).select_from(few)) or 0) <= MOST


def _terms(asked: list[Wanted]) -> list[tuple[str, bool]]:
    """Return the terms that are asked for and whether each may go on, the longest first."""
    found = [
        (term, one.begins and at == len(one.terms) - 1) for one in asked for at, term in enumerate(one.terms)
    ]
    return sorted(found, key=lambda pair: len(pair[0]), reverse=True)


def _is(row: type[AccountWord] | type[ThreadWord], term: str, begins: bool) -> ColumnElement[bool]:
    if not begins:
        return row.word == term
    return (row.word >= term) & (row.word < term + _LAST)
