"""The figures of the desk: how much came in, how long it took, what was refused and why, by whom, how consistently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, distinct, func, literal, select
from sqlalchemy.orm import Session

from widget.models import Comment, Decision, FindingRow, Overturning, Rule, SecondReading
from widget.moderation.agreement import PUBLISH, Pairs
from widget.services import backlog
from widget.services.backlog import Backlog
from widget.services.durations import DAY, HOUR, Durations, durations
from widget.services.standing import Span, standing

# From this many days on a figure over time goes by weeks.
LONGEST_BY_DAY = 45
# 1 January 1970 was a Thursday; a week begins on a Monday.
_TO_MONDAY = 3
# In the order of the columns of `Totals`; a writer's withdrawal is among them.
_OUTCOMES = ("publish", "refuse", "remove", "withdraw")


@dataclass(frozen=True)
class Totals:
    """How much came in and what became of it."""

    received: int = 0
    published: int = 0
    refused: int = 0
    removed: int = 0
    withdrawn: int = 0


@dataclass(frozen=True)
class Cited:
    """How often a rule was cited; the titles are those of the latest version that cited it."""

    number: int
    titles: Mapping[str, str]
    count: int


@dataclass(frozen=True)
class Moderator:
    """What one colleague decided; `account_id` is empty for all whose accounts are gone, together."""

    account_id: int | None
    name: str
    published: int
    refused: int
    hours: int
    lengths: Durations

    @property
    def decided(self) -> int:
        """How many decisions of theirs stand."""
        return self.published + self.refused


@dataclass(frozen=True)
class Overturned:
    """How many findings of a check there were, and how many a colleague marked as wrong."""

    check: str
    found: int
    wrong: int


@dataclass(frozen=True)
class Figures:
    """Everything the page of figures shows of some sites over some days.

    `over_time` is keyed by the first day of each day or week, as days since 1970; `decided` by hour of day.
    """

    totals: Totals
    lengths: Durations
    over_time: Mapping[int, Durations]
    backlog: Backlog
    decided: Mapping[int, int]
    cited: list[Cited]
    by_site: Mapping[int, tuple[Totals, Durations]]
    moderators: list[Moderator]
    overturned: list[Overturned]
    pairs: Pairs


def gather(
    session: Session, site_ids: Sequence[int], of_colleagues: Sequence[int], span: Span, now: datetime
) -> Figures:
    """Return the figures of those sites; those by moderator only of the sites in `of_colleagues`.

    The number of queries is the same whatever there is to count.
    """
    decisions = standing(site_ids, span)
    totals = _totals(session, site_ids, span)
    by_site = _lengths(session, decisions, decisions.c.site_id)
    return Figures(
        totals=_sum(totals),
        lengths=_lengths(session, decisions, literal(0)).get(0, Durations()),
        over_time=over_time(session, decisions, span),
        backlog=backlog.backlog(session, site_ids, span, now),
        decided=_decided_by_hour(session, decisions),
        cited=cited(session, decisions),
        by_site={
            site_id: (totals.get(site_id, Totals()), by_site.get(site_id, Durations()))
            for site_id in site_ids
        },
        moderators=_moderators(session, standing(of_colleagues, span)) if of_colleagues else [],
        overturned=_overturned(session, site_ids, span),
        pairs=pairs(session, site_ids, span),
    )


def over_time(session: Session, decisions: Subquery, span: Span) -> dict[int, Durations]:
    """Return the times to decision by day, or by week where there are many, keyed by days since 1970."""
    day = decisions.c.decided // DAY
    if span.days <= LONGEST_BY_DAY:
        return _lengths(session, decisions, day)
    return {
        week * 7 - _TO_MONDAY: found
        for week, found in _lengths(session, decisions, (day + _TO_MONDAY) // 7).items()
    }


def cited(session: Session, decisions: Subquery) -> list[Cited]:
    """Return how often each rule was cited in refusals, by number."""
    rows = session.execute(
        select(Rule.number, Rule.slug, func.count(), func.max(Rule.id))
        .join(decisions, decisions.c.rule_id == Rule.id)
        .where(decisions.c.action == "refuse")
        .group_by(Rule.number, Rule.slug)
        .order_by(Rule.number, Rule.slug)
    ).all()
    newest = session.execute(select(Rule.id, Rule.titles).where(Rule.id.in_([row[3] for row in rows])))
    titles = dict(newest.all())
    return [Cited(number, titles[rule_id], count) for number, _, count, rule_id in rows]


def pairs(session: Session, site_ids: Sequence[int], span: Span) -> Pairs:
    """Return how often a first and a second reader came to which outcomes: `publish`, or a rule's number."""
    rows = session.execute(
        select(Rule.number, SecondReading.rule, func.count())
        .select_from(SecondReading)
        .join(Decision, Decision.id == SecondReading.decision_id)
        .join(Rule, Rule.id == Decision.rule_id, isouter=True)
        .where(SecondReading.site_id.in_(site_ids))
        .where(SecondReading.read_at >= span.start, SecondReading.read_at < span.end)
        .group_by(Rule.number, SecondReading.rule)
    )
    return {(number or PUBLISH, rule or PUBLISH): count for number, rule, count in rows}


def _lengths(session: Session, decisions: Subquery, key: ColumnElement[Any]) -> dict[Any, Durations]:
    return durations(session, decisions, decisions.c.waited, key)


def _totals(session: Session, site_ids: Sequence[int], span: Span) -> dict[int, Totals]:
    received = dict(
        session.execute(
            select(Comment.site_id, func.count())
            .where(Comment.site_id.in_(site_ids))
            .where(Comment.queued_at >= span.start, Comment.queued_at < span.end)
            .group_by(Comment.site_id)
        ).all()
    )
    decisions = standing(site_ids, span, _OUTCOMES)
    moved: dict[int, dict[str, int]] = {}
    for site_id, action, count in session.execute(
        select(decisions.c.site_id, decisions.c.action, func.count()).group_by(
            decisions.c.site_id, decisions.c.action
        )
    ):
        moved.setdefault(site_id, {})[action] = count
    return {
        site_id: Totals(
            received.get(site_id, 0), *(moved.get(site_id, {}).get(action, 0) for action in _OUTCOMES)
        )
        for site_id in received.keys() | moved.keys()
    }


def _sum(totals: Mapping[int, Totals]) -> Totals:
    every = totals.values()
    return Totals(
        sum(one.received for one in every),
        sum(one.published for one in every),
        sum(one.refused for one in every),
        sum(one.removed for one in every),
        sum(one.withdrawn for one in every),
    )


def _decided_by_hour(session: Session, decisions: Subquery) -> dict[int, int]:
    hour = (decisions.c.decided // HOUR) % 24
    return dict(session.execute(select(hour, func.count()).select_from(decisions).group_by(hour)).all())


def _moderators(session: Session, decisions: Subquery) -> list[Moderator]:
    """Return what each colleague decided, by name: it is no ranking."""
    lengths = _lengths(session, decisions, decisions.c.account_id)
    refused = func.count().filter(decisions.c.action == "refuse")
    rows = session.execute(
        select(
            decisions.c.account_id,
            func.max(decisions.c.name),
            func.count() - refused,
            refused,
            func.count(distinct(decisions.c.decided // HOUR)),
        ).group_by(decisions.c.account_id)
    )
    found = [
        Moderator(account_id, name, published, refused, hours, lengths.get(account_id, Durations()))
        for account_id, name, published, refused, hours in rows
    ]
    return sorted(found, key=lambda one: (one.account_id is None, one.name.casefold(), one.account_id or 0))


def _overturned(session: Session, site_ids: Sequence[int], span: Span) -> list[Overturned]:
    rows = session.execute(
        select(FindingRow.check_name, func.count(), func.count(Overturning.finding_id))
        .join(Comment, Comment.id == FindingRow.comment_id)
        .join(Overturning, Overturning.finding_id == FindingRow.id, isouter=True)
        .where(Comment.site_id.in_(site_ids), FindingRow.check_name != "")
        .where(Comment.queued_at >= span.start, Comment.queued_at < span.end)
        .group_by(FindingRow.check_name)
        .order_by(FindingRow.check_name)
    )
    return [Overturned(*row) for row in rows]
