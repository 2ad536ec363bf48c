"""Searching what people wrote: by words, state, place in the newsroom's work, and time."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    column,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    union,
    union_all,
)
from sqlalchemy.orm import Session, joinedload

from widget.models import Account, Comment, CommentState, Decision, Rule, StaffRole
from widget.text.search import Wanted, wanted

# So many of the newest comments that fit otherwise are looked at before the index of words is asked.
LOOKED_AT: Final = {"postgresql": 8192, "sqlite": 1024}
# How long a time may be whose ids are looked up before anything else.
_WEEKS = timedelta(days=62)
# With more pairs of site and state than this, one sorted query is cheaper than one for each of them.
_MOST_LEGS = 60
_SIMPLE: Final = literal_column("'simple'::regconfig", String())
_TERMS = table("comment_terms", column("rowid"))


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

    What waits for its writer's confirmation is found by nobody. Whichever index leads to the fewest rows is walked
    from its newest end, and no further than to the last comment that is returned.
    """
    found: list[int] = []
    for stage in _stages(session, search, before, most):
        found += session.scalars(stage.limit(most - len(found)))
        if len(found) >= most:
            break
    query = select(Comment).where(Comment.id.in_(found)).options(joinedload(Comment.thread))
    rows = {row.id: row for row in session.scalars(query)}
    return [rows[comment_id] for comment_id in found if comment_id in rows]


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


def _stages(session: Session, search: Search, before: int | None, most: int) -> Iterator[Select[int]]:
    """Yield the queries that together find the ids, newest first: each is asked only if those before gave too few."""
    asked = wanted(search.words)
    narrowed = [Comment.site_id.in_(search.site_ids), Comment.queued_at.is_not(None), *_conditions(search)]
    by_decision = search.rule is not None or search.moderator_id is not None
    if _is_of_then(search):
        yield _by_time(search, [*narrowed, *_between(session, search, enclosed=False)], before)
        return
    if before is not None:
        narrowed.append(Comment.id < before)
    narrowed += _between(session, search, enclosed=True)
    if asked and by_decision:
        narrowed.append(_decided(search).where(Decision.comment_id == Comment.id).exists())
    if asked:
        yield from _by_words(session, asked, narrowed)
    elif by_decision:
        yield _by_decision(session, search, narrowed, most)
    else:
        yield _by_state(search, narrowed, most)


def _is_of_then(search: Search) -> bool:
    """Whether what was sent before a moment is looked for, and nothing that has an index of its own."""
    others = (search.thread_id, search.account_id, search.rule, search.moderator_id)
    return search.until is not None and not wanted(search.words) and all(one is None for one in others)


def _by_time(search: Search, narrowed: list[ColumnElement[bool]], before: int | None) -> Select[int]:
    """Select by when it was sent, backwards from the moment that is asked for: what is newer is not gone through."""
    if before is not None:
        last = select(Comment.created_at).where(Comment.id == before).scalar_subquery()
        later = (Comment.created_at < last) | (Comment.id < before)
        narrowed = [*narrowed, Comment.created_at <= last, later]
    return select(Comment.id).where(*narrowed).order_by(Comment.created_at.desc(), Comment.id.desc())


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.states:
        found.append(Comment.state.in_(search.states))
    if search.thread_id is not None:
        found.append(Comment.thread_id == search.thread_id)
    if search.account_id is not None:
        found.append(Comment.account_id == search.account_id)
    if search.language:
        found.append(Comment.language == search.language)
    return found


def _between(session: Session, search: Search, *, enclosed: bool) -> list[ColumnElement[bool]]:
    """Return the conditions on when a comment was sent; `enclosed` adds those on the ids of a time of some weeks.

    Ids grow with time but for what was imported later, so the lowest and the highest of a time enclose few others.
    """
    sent = []
    if search.since is not None:
        sent.append(Comment.created_at >= search.since)
    if search.until is not None:
        sent.append(Comment.created_at < search.until)
    if not enclosed or search.since is None or search.until is None or search.until - search.since > _WEEKS:
        return sent
    # Behind a fence: PostgreSQL would look for the lowest id from the lowest of all on.
    then = select(Comment.id).where(Comment.site_id.in_(search.site_ids), *sent).offset(0).subquery()
    lowest, highest = session.execute(select(func.min(then.c.id), func.max(then.c.id))).one()
    return [*sent, Comment.id >= (lowest or 0), Comment.id <= (highest or 0)]


def _by_state(search: Search, narrowed: list[ColumnElement[bool]], most: int) -> Select[int]:
    """Select by site and state: each pair has its own index in the order of ids, and few of each are looked at."""
    if search.thread_id is not None or search.account_id is not None:
        return select(Comment.id).where(*narrowed).order_by(Comment.id.desc())
    pairs = [(site_id, state) for site_id in search.site_ids for state in search.states or CommentState]
    if not pairs or len(pairs) > _MOST_LEGS:
        return select(Comment.id).where(*narrowed).order_by(Comment.id.desc())
    legs = [
        select(Comment.id)
        .where(Comment.site_id == site_id, Comment.state == state, *narrowed)
        .order_by(Comment.id.desc())
        .limit(most)
        .subquery()
        for site_id, state in pairs
    ]
    every = union_all(*(select(leg.c.id) for leg in legs)).subquery()
    return select(every.c.id).order_by(every.c.id.desc())


def _by_decision(
    session: Session, search: Search, narrowed: list[ColumnElement[bool]], most: int
) -> Select[int]:
    """Select by the decisions that a search is about: the index on who made them, or on the rule they cite."""
    leading = _decided(search).with_only_columns(Decision.comment_id)
    if search.moderator_id is None:
        # One rule has a row in each version of the netiquette.
        rules = session.scalars(select(Rule.id).where(Rule.number == search.rule)).all()
        legs = [
            select(Decision.comment_id)
            .join(Comment, Comment.id == Decision.comment_id)
            .where(Decision.rule_id == rule_id, *narrowed)
            .order_by(Decision.comment_id.desc())
            .limit(most)
            .subquery()
            for rule_id in rules
        ]
        if not legs:
            return select(Comment.id).where(false())
        every = union(*(select(leg.c.comment_id) for leg in legs)).subquery()
        return select(every.c.comment_id).order_by(every.c.comment_id.desc())
    return (
        leading.join(Comment, Comment.id == Decision.comment_id)
        .where(*narrowed)
        .group_by(Decision.comment_id)
        .order_by(Decision.comment_id.desc())
    )


def _decided(search: Search) -> Select[int]:
    """Select the decisions that a search is about."""
    query = select(Decision.id)
    if search.moderator_id is not None:
        # A withdrawal is the writer's own move, not a colleague's.
        query = query.where(Decision.account_id == search.moderator_id, Decision.action != "withdraw")
    if search.rule is not None:
        query = query.where(Decision.rule_id.in_(select(Rule.id).where(Rule.number == search.rule)))
    return query


def _by_words(
    session: Session, asked: list[Wanted], narrowed: list[ColumnElement[bool]]
) -> Iterator[Select[int]]:
    """Yield a query that looks at the newest that fit otherwise one by one, and another that asks the index.

    No index of words is quick with one that stands in every second comment: GIN knows no order and would fetch half
    of them, FTS5 puts all of them together for a word that may go on. But such a word is soon found by going
    backwards, and what is not found so is rare enough for the index.
    """
    engine = session.get_bind().dialect.name
    looked_at = (
        select(Comment.id, Comment.terms)
        .where(*narrowed)
        .order_by(Comment.id.desc())
        .limit(LOOKED_AT[engine])
    )
    near = looked_at.subquery()
    written = literal(" ") + near.c.terms + " "
    holds = [written.contains(_as_written(one), autoescape=True) for one in asked]
    yield select(near.c.id).where(*holds).order_by(near.c.id.desc())
    nearest = looked_at.with_only_columns(Comment.id).subquery()
    floor = session.scalar(select(func.min(nearest.c.id)))
    if floor is not None:
        farther = [Comment.id < floor, *narrowed]
        yield _on_sqlite(asked, farther) if engine == "sqlite" else _on_postgresql(asked, farther)


def _on_sqlite(asked: list[Wanted], narrowed: list[ColumnElement[bool]]) -> Select[int]:
    """Select by FTS5, which goes through what it finds from the newest on, and stops when it is told to."""
    words = text("comment_terms MATCH :terms").bindparams(
        terms=" AND ".join(_for_sqlite(one) for one in asked)
    )
    return (
        select(Comment.id)
        .join(_TERMS, _TERMS.c.rowid == Comment.id)
        .where(words, *narrowed)
        .order_by(_TERMS.c.rowid.desc())
    )


def _on_postgresql(asked: list[Wanted], narrowed: list[ColumnElement[bool]]) -> Select[int]:
    """Select by the GIN index; behind a fence, for asked for the newest few the planner would walk through all."""
    fenced = select(Comment.id).where(_indexed(asked), *narrowed).offset(0).subquery()
    return select(fenced.c.id).order_by(fenced.c.id.desc())


def _indexed(asked: list[Wanted]) -> ColumnElement[bool]:
    """Return the condition on the terms; a term consists of letters, marks and digits and needs no escaping."""
    vector = func.to_tsvector(_SIMPLE, Comment.terms)
    return vector.bool_op("@@")(func.to_tsquery(_SIMPLE, " & ".join(_for_postgresql(one) for one in asked)))


def _as_written(one: Wanted) -> str:
    return f" {' '.join(one.terms)}" + ("" if one.begins else " ")


def _for_sqlite(one: Wanted) -> str:
    return f'"{" ".join(one.terms)}"' + ("*" if one.begins else "")


def _for_postgresql(one: Wanted) -> str:
    *before, last = (f"'{term}'" for term in one.terms)
    return f"({' <-> '.join([*before, last + (':*' if one.begins else '')])})"
