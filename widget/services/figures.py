"""The figures of the desk: how much came in, how long it took, what was refused and why, by whom, how consistently."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.models import Account, Rule
from widget.moderation.agreement import Pairs
from widget.services import backlog, settled_days
from widget.services.backlog import Backlog
from widget.services.day_counts import EPOCH, Checks, Day, People, Work
from widget.services.durations import Durations, durations
from widget.services.settled_days import Known
from widget.services.span import Span

Key = TypeVar("Key")

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

    The number of queries is the same whatever there is to count, and days that are settled are not counted again.
    """
    known = settled_days.work(session, site_ids, span.first, span.last)
    every = list(known.work.values())
    by_site: dict[int, list[Work]] = defaultdict(list)
    for (site_id, _), found in known.work.items():
        by_site[site_id].append(found)
    noticed = settled_days.checks(session, site_ids, span.first, span.last)
    whole = _totals(every), _lengths(every)
    return Figures(
        totals=whole[0],
        lengths=whole[1],
        over_time=over_time(known.work, span),
        backlog=backlog.backlog(session, site_ids, span, known, now),
        decided=_sum(found.decided for found in every),
        cited=cited(session, every),
        by_site={
            site_id: whole
            if site_ids == [site_id]
            else (_totals(by_site[site_id]), _lengths(by_site[site_id]))
            for site_id in site_ids
        },
        moderators=_moderators(session, known, set(of_colleagues)) if of_colleagues else [],
        overturned=_overturned(noticed),
        pairs=_sum(found.pairs for found in every),
    )


def over_time(work: Mapping[Day, Work], span: Span) -> dict[int, Durations]:
    """Return the times to decision by day, or by week where there are many, keyed by days since 1970."""
    parts: dict[int, list[Work]] = defaultdict(list)
    for (_, day), found in work.items():
        if found.waits:
            parts[_number(day, by_week=span.days > LONGEST_BY_DAY)].append(found)
    return {number: _lengths(found) for number, found in parts.items()}


def cited(session: Session, work: Iterable[Work]) -> list[Cited]:
    """Return how often each rule was cited in refusals, by number."""
    counts = _sum(found.cited for found in work)
    rows = session.execute(
        select(Rule.id, Rule.number, Rule.slug, Rule.titles).where(Rule.id.in_(counts)).order_by(Rule.id)
    )
    # One rule has a row in each version; the latest that was cited names it.
    titles, totals = {}, Counter[tuple[int, str]]()
    for rule_id, number, slug, titled in rows:
        totals[number, slug] += counts[rule_id]
        titles[number, slug] = titled
    return [Cited(key[0], titles[key], totals[key]) for key in sorted(totals)]


def _number(day: date, *, by_week: bool) -> int:
    number = (day - EPOCH).days
    return (number + _TO_MONDAY) // 7 * 7 - _TO_MONDAY if by_week else number


def _sum(counters: Iterable[Counter[Key]]) -> Counter[Key]:
    total: Counter[Key] = Counter()
    for counter in counters:
        # Not by adding, which drops what is below nought.
        total.update(counter)
    return total


def _lengths(work: Iterable[Work]) -> Durations:
    return durations(found.waits for found in work)


def _totals(work: Sequence[Work]) -> Totals:
    outcomes = _sum(found.outcomes for found in work)
    return Totals(
        sum(found.received.total() for found in work), *(outcomes.get(action, 0) for action in _OUTCOMES)
    )


def _moderators(session: Session, known: Known, site_ids: set[int]) -> list[Moderator]:
    """Return what each colleague decided, by name: it is no ranking."""
    days = {key: people for key, people in known.colleagues.items() if key[0] in site_ids}
    named = {account_id for people in days.values() for account_id in people if account_id is not None}
    there = set(session.scalars(select(Account.id).where(Account.id.in_(named))))
    found = _by_colleague(days, there)
    return sorted(found, key=lambda one: (one.account_id is None, one.name.casefold(), one.account_id or 0))


def _by_colleague(days: Mapping[Day, People], there: set[int]) -> list[Moderator]:
    """Return the colleagues' sums; those whose accounts are gone since are one."""
    names: dict[int | None, str] = defaultdict(str)
    published, refused = Counter[int | None](), Counter[int | None]()
    hours: dict[int | None, Counter[date]] = defaultdict(Counter)
    waits: dict[int | None, list[array[int]]] = defaultdict(list)
    for (_, day), people in days.items():
        for known_id, one in people.items():
            account_id = known_id if known_id in there else None
            names[account_id] = max(names[account_id], one.name)
            published[account_id] += one.published
            refused[account_id] += one.refused
            # Somebody who decides on two sites within the hour has worked one.
            hours[account_id][day] |= one.hours
            waits[account_id].append(one.waits)
    return [
        Moderator(
            account_id,
            name,
            published[account_id],
            refused[account_id],
            sum(mask.bit_count() for mask in hours[account_id].values()),
            durations(waits[account_id]),
        )
        for account_id, name in names.items()
    ]


def _overturned(noticed: Iterable[Checks]) -> list[Overturned]:
    found, wrong = Counter[str](), Counter[str]()
    for day in noticed:
        for check, (count, marked) in day.found.items():
            found[check] += count
            wrong[check] += marked
    return [Overturned(check, found[check], wrong[check]) for check in sorted(found)]
