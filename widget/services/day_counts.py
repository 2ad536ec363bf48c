"""What the figures need of each day, counted from the tables: for days that are over, and for those that are not.

There is no other way to a figure. What is kept of a day (`settled_days`) was counted here, so that a kept day and a
fresh one cannot mean different things.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from widget.models import (
    Audience,
    Comment,
    CommentState,
    Decision,
    FindingRow,
    Overturning,
    Rule,
    SecondReading,
)
from widget.moderation.agreement import PUBLISH
from widget.services.durations import DAY, HOUR, Seconds, in_order

# Not the bare column, by whose index SQLite would look up the decision on every comment there is, instead of the
# comment of every decision of a few days.
_DECIDED_ON = Decision.comment_id + 0
EPOCH = date(1970, 1, 1)
_WEIGHED = ("publish", "refuse")
# What counts as decided by the checks' figures.
_DECIDED = (CommentState.PUBLISHED, CommentState.REFUSED, CommentState.REMOVED)


class Stretch(NamedTuple):
    """Days from `first` to `last`; `last` is empty for all that follow."""

    first: date
    last: date | None

    def holds(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Return the condition that a moment falls on one of these days."""
        begun = column >= midnight(self.first)
        return begun if self.last is None else begun & (column < midnight(self.last + timedelta(days=1)))


@dataclass
class Work:
    """A day's comings and decisions.

    `received`, `moved` and `decided` are by hour: what entered the queue, by how much decisions and their undoing
    changed what waits, decisions that stand. `outcomes` counts by action what stands, `cited` refusals by the rule's
    row, `pairs` second readings by first and second outcome; `waits` are the times to decision, in order.
    """

    received: Counter[int] = field(default_factory=Counter)
    moved: Counter[int] = field(default_factory=Counter)
    decided: Counter[int] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    cited: Counter[int] = field(default_factory=Counter)
    pairs: Counter[tuple[str | int, str | int]] = field(default_factory=Counter)
    waits: "array[int]" = field(default_factory=lambda: array("i"))


@dataclass
class Colleague:
    """What one colleague decided on a day; `hours` has a bit for each hour in which there was a decision."""

    name: str = ""
    published: int = 0
    refused: int = 0
    hours: int = 0
    waits: "array[int]" = field(default_factory=lambda: array("i"))


@dataclass
class Checks:
    """Findings by check: those on comments that came in on a day (how many, how many marked as wrong), and those on
    comments whose decision in force was made on it (how many, under the rule that was cited, marked as wrong)."""

    found: dict[str, Sequence[int]] = field(default_factory=dict)
    judged: dict[str, Sequence[int]] = field(default_factory=dict)


Day = tuple[int, date]
People = Mapping[int | None, Colleague]


def midnight(day: date) -> datetime:
    """Return when a day begins."""
    return datetime.combine(day, time(), UTC)


def work(
    session: Session, site_ids: Sequence[int], stretches: Sequence[Stretch]
) -> tuple[dict[Day, Work], dict[Day, dict[int | None, Colleague]]]:
    """Return the work of those days by site and day, and what each colleague did, in three queries."""
    found: dict[Day, Work] = defaultdict(Work)
    hour = (Seconds(Comment.queued_at) // HOUR).label("hour")
    arrived = (
        select(Comment.site_id, hour, func.count())
        .where(Comment.site_id.in_(site_ids), _any(stretches, Comment.queued_at))
        .group_by(Comment.site_id, hour)
    )
    for site_id, number, count in session.execute(arrived):
        found[site_id, _day(number * HOUR)].received[number % 24] += count
    colleagues = _decisions(session, site_ids, stretches, found)
    for site_id, number, first, second, count in session.execute(_readings(site_ids, stretches)):
        found[site_id, _day(number * DAY)].pairs[first or PUBLISH, second or PUBLISH] += count
    return dict(found), colleagues


def checks(session: Session, site_ids: Sequence[int], stretches: Sequence[Stretch]) -> dict[Day, Checks]:
    """Return what the checks noticed on those days by site and day, in two queries."""
    days: dict[Day, Checks] = defaultdict(Checks)
    for site_id, number, check, count, wrong in session.execute(_found(site_ids, stretches)):
        days[site_id, _day(number * DAY)].found[check] = (count, wrong)
    for site_id, number, check, count, cited, wrong in session.execute(_judged(site_ids, stretches)):
        days[site_id, _day(number * DAY)].judged[check] = (count, int(cited), wrong)
    return dict(days)


def _any(stretches: Sequence[Stretch], column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    return or_(false(), *(stretch.holds(column) for stretch in stretches))


@lru_cache(maxsize=4096)
def _day_of(number: int) -> date:
    return EPOCH + timedelta(days=number)


def _day(seconds: int) -> date:
    return _day_of(int(seconds) // DAY)


def _decisions(
    session: Session, site_ids: Sequence[int], stretches: Sequence[Stretch], found: Mapping[Day, Work]
) -> dict[Day, dict[int | None, Colleague]]:
    """Add what was decided to the work of each day, and return what each colleague did."""
    colleagues: dict[Day, dict[int | None, Colleague]] = defaultdict(lambda: defaultdict(Colleague))
    waits: dict[Day, list[int]] = defaultdict(list)
    own: dict[tuple[Day, int | None], list[int]] = defaultdict(list)
    for site_id, action, change, rule_id, account_id, name, decided, waited, undone in session.execute(
        _moves(site_ids, stretches)
    ):
        key, hour = (site_id, _day(decided)), decided // HOUR % 24
        day = found[key]
        if change:
            day.moved[hour] += change
        if undone:
            continue
        day.outcomes[action] += 1
        if action not in _WEIGHED:
            continue
        day.decided[hour] += 1
        waits[key].append(waited)
        own[key, account_id].append(waited)
        colleague = colleagues[key][account_id]
        colleague.name = max(colleague.name, name)
        colleague.hours |= 1 << hour
        if action == "refuse":
            colleague.refused += 1
            day.cited[rule_id] += 1
        else:
            colleague.published += 1
    for key, lengths in waits.items():
        found[key].waits = in_order(lengths)
    for (key, account_id), lengths in own.items():
        colleagues[key][account_id].waits = in_order(lengths)
    return {key: dict(people) for key, people in colleagues.items()}


def _moves(site_ids: Sequence[int], stretches: Sequence[Stretch]) -> Select[*tuple[Any, ...]]:
    """Select every move of comments that had entered the queue, by the index on when it was made."""
    undo = aliased(Decision)
    taken_back = select(undo.id).where(undo.reverses_id == Decision.id).correlate(Decision)
    decided = Seconds(Decision.created_at)
    # Worked out by the database: thousands of rows are read here, and each state would be looked up in its list.
    waits = case((Decision.to_state == CommentState.PENDING, 1), else_=0)
    change = waits - case((Decision.from_state == CommentState.PENDING, 1), else_=0)
    return (
        select(
            Comment.site_id,
            Decision.action,
            change.label("change"),
            Decision.rule_id,
            Decision.account_id,
            Decision.name,
            decided.label("decided"),
            (decided - Seconds(Comment.queued_at)).label("waited"),
            taken_back.exists().label("undone"),
        )
        .join(Comment, Comment.id == _DECIDED_ON)
        .where(_any(stretches, Decision.created_at))
        .where(Comment.site_id.in_(site_ids), Comment.queued_at.is_not(None))
    )


def _readings(site_ids: Sequence[int], stretches: Sequence[Stretch]) -> Select[*tuple[Any, ...]]:
    day = (Seconds(SecondReading.read_at) // DAY).label("day")
    return (
        select(SecondReading.site_id, day, Rule.number, SecondReading.rule, func.count())
        .select_from(SecondReading)
        .join(Decision, Decision.id == SecondReading.decision_id)
        .outerjoin(Rule, Rule.id == Decision.rule_id)
        .where(SecondReading.site_id.in_(site_ids), _any(stretches, SecondReading.read_at))
        .group_by(SecondReading.site_id, day, Rule.number, SecondReading.rule)
    )


def _found(site_ids: Sequence[int], stretches: Sequence[Stretch]) -> Select[*tuple[Any, ...]]:
    day = (Seconds(Comment.queued_at) // DAY).label("day")
    return (
        select(Comment.site_id, day, FindingRow.check_name, func.count(), func.count(Overturning.finding_id))
        .join(Comment, Comment.id == FindingRow.comment_id)
        .outerjoin(Overturning, Overturning.finding_id == FindingRow.id)
        .where(Comment.site_id.in_(site_ids), FindingRow.check_name != "")
        .where(_any(stretches, Comment.queued_at))
        .group_by(Comment.site_id, day, FindingRow.check_name)
    )


def _judged(site_ids: Sequence[int], stretches: Sequence[Stretch]) -> Select[*tuple[Any, ...]]:
    day = (Seconds(Decision.created_at) // DAY).label("day")
    cited = case((Rule.number == FindingRow.rule, 1), else_=0)
    return (
        select(
            Comment.site_id,
            day,
            FindingRow.check_name,
            func.count(),
            func.sum(cited),
            func.count(Overturning.finding_id),
        )
        .select_from(Decision)
        .join(Comment, (Comment.id == _DECIDED_ON) & (Comment.version == Decision.comment_version))
        .join(FindingRow, FindingRow.comment_id == Comment.id)
        .outerjoin(Overturning, Overturning.finding_id == FindingRow.id)
        .outerjoin(Rule, Rule.id == Decision.rule_id)
        .where(Comment.site_id.in_(site_ids), _any(stretches, Decision.created_at))
        .where(Decision.to_state.in_(_DECIDED), FindingRow.audience != Audience.WRITER)
        .group_by(Comment.site_id, day, FindingRow.check_name)
    )
