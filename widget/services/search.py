"""Searching what people wrote: by words, state, place in the newsroom's work, and time."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select, text
from sqlalchemy.orm import Session, joinedload

from widget.models import Account, Comment, CommentState, Decision, Rule, StaffRole
from widget.text.search import Wanted, wanted


@dataclass(frozen=True)
class Search:
    """What is looked for; everything left out does not matter.

    `words` are matched against text, name and place. `rule` and `moderator_id` concern decisions: a rule that
    one cited, a colleague who took one. `since` and `until` bound when the comment was sent, the end excluded.
    """

    site_ids: Collection[int]
    words: str = ""
    states: Collection[CommentState] = field(default=())
    thread_id: int | None = None
    account_id: int | None = None
    language: str = ""
    rule: int | None = None
    moderator_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def comments(session: Session, search: Search, *, before: int | None = None, most: int) -> list[Comment]:
    """Return the comments that fit, the latest first, with their threads; `before` continues below an id.

    What waits for its writer's confirmation is found by nobody.
    """
    query = (
        select(Comment)
        .where(Comment.site_id.in_(search.site_ids), Comment.queued_at.is_not(None))
        .where(*_conditions(session, search))
        .order_by(Comment.id.desc())
        .limit(most)
        .options(joinedload(Comment.thread))
    )
    if before is not None:
        query = query.where(Comment.id < before)
    return list(session.scalars(query))


def decisions_of(session: Session, comment_ids: Collection[int]) -> dict[int, Decision]:
    """Return the latest decision of each comment that has one, with the rule it cites."""
    rows = session.scalars(
        select(Decision)
        .where(Decision.comment_id.in_(comment_ids))
        .order_by(Decision.id)
        .options(joinedload(Decision.rule))
    )
    return {row.comment_id: row for row in rows}


def colleagues(session: Session, site_ids: Collection[int]) -> dict[int, str]:
    """Return the names of those who have a role on one of those sites or on all, by account, in order."""
    rows = session.execute(
        select(Account.id, Account.name)
        .join(StaffRole, StaffRole.account_id == Account.id)
        .where(or_(StaffRole.site_id.is_(None), StaffRole.site_id.in_(site_ids)))
        .distinct()
        .order_by(Account.name, Account.id)
    )
    return dict(rows.all())


def _conditions(session: Session, search: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.states:
        found.append(Comment.state.in_(search.states))
    if search.thread_id is not None:
        found.append(Comment.thread_id == search.thread_id)
    if search.account_id is not None:
        found.append(Comment.account_id == search.account_id)
    if search.language:
        found.append(Comment.language == search.language)
    if search.since is not None:
        found.append(Comment.created_at >= search.since)
    if search.until is not None:
        found.append(Comment.created_at < search.until)
    if search.rule is not None or search.moderator_id is not None:
        found.append(_decided(search).exists())
    asked = wanted(search.words)
    if asked:
        found.append(_matches(session, asked))
    return found


def _decided(search: Search) -> Select[int]:
    """Select the decisions that a search is about, of the comment at hand."""
    query = select(Decision.id).where(Decision.comment_id == Comment.id)
    if search.moderator_id is not None:
        # A withdrawal is the writer's own move, not a colleague's.
        query = query.where(Decision.account_id == search.moderator_id, Decision.action != "withdraw")
    if search.rule is not None:
        query = query.join(Rule, Rule.id == Decision.rule_id).where(Rule.number == search.rule)
    return query


def _matches(session: Session, asked: list[Wanted]) -> ColumnElement[bool]:
    """Return the condition on the terms; a term consists of letters, marks and digits and needs no escaping."""
    if session.get_bind().dialect.name == "postgresql":
        vector = func.to_tsvector(literal_column("'simple'::regconfig"), Comment.terms)
        query = func.to_tsquery(
            literal_column("'simple'::regconfig"), " & ".join(_for_postgresql(one) for one in asked)
        )
        return vector.bool_op("@@")(query)
    rows = text("SELECT rowid FROM comment_terms WHERE comment_terms MATCH :terms").bindparams(
        terms=" AND ".join(_for_sqlite(one) for one in asked)
    )
    return Comment.id.in_(rows.columns(Comment.id))


def _for_sqlite(one: Wanted) -> str:
    return f'"{" ".join(one.terms)}"' + ("*" if one.begins else "")


def _for_postgresql(one: Wanted) -> str:
    *before, last = (f"'{term}'" for term in one.terms)
    return f"({' <-> '.join([*before, last + (':*' if one.begins else '')])})"
