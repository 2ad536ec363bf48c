"""People by their names and places: every word of them is kept, so that looking somebody up walks an index."""

from typing import Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from widget.models import Account, AccountWord, Comment
from widget.text.search import Wanted, search_terms

# Whoever finds more than so many has to say more: no more are put in order.
MOST: Final = 500
_LAST = "\U0010ffff"


def remember(session: Session, account: Account) -> None:
    """Keep the words of an account's name and place, in the caller's write transaction."""
    words = sorted(set(search_terms(account.name, account.place).split()))
    session.add_all(AccountWord(word=word, account_id=account.id) for word in words)
    session.flush()


def found(asked: list[Wanted], site_ids: list[int]) -> Select[int]:
    """Select those who wrote on the sites and whose name and place hold every word, `MOST` at most.

    A word also finds those that begin with it. The longest word leads, since few have it; the others are
    looked up for each that it finds.
    """
    leading, *others = sorted(
        ((term, one.begins and term == one.terms[-1]) for one in asked for term in one.terms),
        key=lambda pair: len(pair[0]),
        reverse=True,
    )
    wrote = (
        select(Comment.id)
        .where(Comment.account_id == AccountWord.account_id, Comment.site_id.in_(site_ids))
        .exists()
    )
    query = select(AccountWord.account_id).where(_is(AccountWord, *leading), wrote)
    for term, begins in others:
        other = aliased(AccountWord)
        query = query.where(
            select(other.word)
            .where(other.account_id == AccountWord.account_id, _is(other, term, begins))
            .exists()
        )
    return query.distinct().limit(MOST)


def _is(row: type[AccountWord], term: str, begins: bool) -> ColumnElement[bool]:
    if not begins:
        return row.word == term
    # As bytes are compared; on PostgreSQL the database's own order might fold or skip some.
    return (row.word >= term) & (row.word < term + _LAST)
