"""Days that are over, counted once and kept: read for the figures, reopened by what changes them, settled by the worker.

Whatever changes what was counted of an earlier day reopens that day in its own transaction; until the worker has
settled it again it is counted fresh by whoever asks. So a figure is never out of date, whether or not a worker runs.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.models import Comment, ReopenedDay, SettledDay
from widget.services import day_counts, day_rows, durations
from widget.services.day_counts import Checks, Day, People, Stretch, Work

# A transaction that began on a day and dates its rows by it has ended long before this has passed.
PATIENCE: Final = timedelta(hours=1)
_AT_ONCE = timedelta(days=31)
# Days that are open are counted in so many stretches; were there more, those closest together become one.
_MOST_STRETCHES = 4


@dataclass(frozen=True)
class Known:
    """What was found of some days: `work`, `colleagues` and `checks` by site and day, as far as they were asked for.

    `later` is by how much all that came and went after those days changed what waits, by site.
    """

    work: Mapping[Day, Work]
    colleagues: Mapping[Day, People]
    later: int = 0


def work_of(session: Session, site_ids: Sequence[int], first: date, last: date) -> list[Work]:
    """Return the work of the days from `first` to `last`, and nothing of what came since; four queries."""
    query = select(SettledDay.site_id, SettledDay.day, SettledDay.work, SettledDay.waits)
    rows = session.execute(query.where(*_settled(site_ids, first), SettledDay.day <= last)).all()
    stretches = _open(site_ids, first, {(row.site_id, row.day) for row in rows}, last)
    kept = [day_rows.work(row) for row in rows if not _among(stretches, row.day)]
    return [*kept, *day_counts.work(session, site_ids, stretches)[0].values()]


def work(session: Session, site_ids: Sequence[int], first: date, last: date) -> Known:
    """Return the work of the days from `first` to `last`, and what came and went since; six queries."""
    rows = session.execute(
        select(
            SettledDay.site_id,
            SettledDay.day,
            SettledDay.work,
            SettledDay.waits,
            SettledDay.colleagues,
            SettledDay.colleague_waits,
        ).where(*_settled(site_ids, first), SettledDay.day <= last)
    ).all()
    later = session.execute(
        select(SettledDay.site_id, SettledDay.day, SettledDay.received + SettledDay.moved).where(
            *_settled(site_ids, last + timedelta(days=1))
        )
    ).all()
    stretches = _open(site_ids, first, {(row[0], row[1]) for row in (*rows, *later)})
    kept = {(row.site_id, row.day): row for row in rows if not _among(stretches, row.day)}
    fresh, people = day_counts.work(session, site_ids, stretches)
    since = sum(row[2] for row in later if not _among(stretches, row[1]))
    since += sum(_change(found) for (_, day), found in fresh.items() if day > last)
    return Known(
        {
            **{key: day_rows.work(row) for key, row in kept.items()},
            **{key: found for key, found in fresh.items() if key[1] <= last},
        },
        {
            **{key: day_rows.people(row) for key, row in kept.items()},
            **{key: found for key, found in people.items() if key[1] <= last},
        },
        since,
    )


def checks(session: Session, site_ids: Sequence[int], first: date, last: date | None = None) -> list[Checks]:
    """Return what the checks noticed on the days from `first` to `last`, or to this one; three queries."""
    within = [] if last is None else [SettledDay.day <= last]
    rows = session.execute(
        select(SettledDay.site_id, SettledDay.day, SettledDay.checks).where(
            *_settled(site_ids, first), *within
        )
    ).all()
    stretches = _open(site_ids, first, {(row.site_id, row.day) for row in rows}, last)
    kept = [day_rows.checks(row.checks) for row in rows if not _among(stretches, row.day)]
    return [*kept, *day_counts.checks(session, site_ids, stretches).values()]


def waits(session: Session, site_id: int, first: date) -> "list[array[int]]":
    """Return the times to decision of a site's settled days from `first` on, reopened ones left out; one query."""
    query = select(SettledDay.waits).where(*_settled([site_id], first))
    return [durations.read(kept) for kept in session.scalars(query)]


def reopen(session: Session, site_id: int, moments: Iterable[datetime | None], now: datetime) -> None:
    """Say that what was counted of the days of those moments has changed, in the caller's write transaction.

    This very day is counted by nobody yet: on most days nothing is written here.
    """
    today = _day(now)
    days = sorted({_day(moment) for moment in moments if moment is not None})
    session.add_all(ReopenedDay(site_id=site_id, day=day) for day in days if day < today)


def settle(session: Session, now: datetime) -> int:
    """Count and keep every day that is over and not kept yet; return how many. It commits, a month at a time."""
    last = _day(now - PATIENCE) - timedelta(days=1)
    earliest = select(Comment.site_id, func.min(Comment.queued_at)).where(Comment.queued_at.is_not(None))
    begun = [(site_id, _day(at)) for site_id, at in session.execute(earliest.group_by(Comment.site_id)) if at]
    kept = 0
    for site_id, first in begun:
        known = set(session.scalars(select(SettledDay.day).where(*_settled([site_id], first))))
        session.rollback()
        for stretch in _stretches(_days(first, last), known):
            kept += _settle(session, site_id, stretch, now)
    return kept


def _settle(session: Session, site_id: int, days: Sequence[date], now: datetime) -> int:
    """Count some days in a row and keep them.

    What reopened a day is read before anything is counted, and only that is taken away: whatever changes the day
    while it is being counted leaves it open.
    """
    versions = dict(
        session.execute(
            select(SettledDay.day, SettledDay.version).where(
                SettledDay.site_id == site_id, SettledDay.day.in_(days)
            )
        ).all()
    )
    reopened = select(ReopenedDay.id).where(ReopenedDay.site_id == site_id, ReopenedDay.day.in_(days))
    known = session.scalars(reopened).all()
    stretch = [Stretch(days[0], days[-1])]
    found, people = day_counts.work(session, [site_id], stretch)
    noticed = day_counts.checks(session, [site_id], stretch)
    begin_writing(session)
    for day in days:
        key = (site_id, day)
        row = _row(found.get(key, Work()), people.get(key, {}), noticed.get(key, Checks()), now)
        if not _keep(session, site_id, day, versions.get(day), row):
            # Another worker was faster; it has taken away what it saw, and we saw no more.
            session.rollback()
            return 0
    session.execute(delete(ReopenedDay).where(ReopenedDay.id.in_(known)))
    session.commit()
    return len(days)


def _keep(session: Session, site_id: int, day: date, version: int | None, row: dict[str, Any]) -> bool:
    """Write what was counted of a day, unless somebody did since it was begun; return whether it was written."""
    if version is None:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        added = dialect.insert(SettledDay).values(site_id=site_id, day=day, **row)
        done = session.execute(added.on_conflict_do_nothing().returning(SettledDay.day))
    else:
        done = session.execute(
            update(SettledDay)
            .where(SettledDay.site_id == site_id, SettledDay.day == day, SettledDay.version == version)
            .values(version=version + 1, **row)
            .returning(SettledDay.day)
            .execution_options(synchronize_session=False)
        )
    return done.first() is not None


def _row(found: Work, people: People, noticed: Checks, now: datetime) -> dict[str, Any]:
    return {
        "counted_at": now,
        "received": found.received.total(),
        "moved": found.moved.total(),
        **day_rows.as_work(found),
        **day_rows.as_people(people),
        "checks": day_rows.as_checks(noticed),
    }


def _settled(site_ids: Sequence[int], first: date) -> list[Any]:
    reopened = select(ReopenedDay.id).where(
        ReopenedDay.site_id == SettledDay.site_id, ReopenedDay.day == SettledDay.day
    )
    return [SettledDay.site_id.in_(site_ids), SettledDay.day >= first, ~reopened.exists()]


def _open(site_ids: Sequence[int], first: date, settled: set[Day], last: date | None = None) -> list[Stretch]:
    """Return the days from `first` on that are not settled on each of the sites, in few stretches."""
    whole = Counter(day for _, day in settled)
    known = {day for day, count in whole.items() if count == len(set(site_ids))}
    # After the last day that is settled everything is open; so is the day after `last`, which ends it all.
    end = last or max([*known, first - timedelta(days=1)])
    found = [Stretch(days[0], days[-1]) for days in _stretches(_days(first, end), known, None)]
    if last is None:
        found.append(Stretch(end + timedelta(days=1), None))
    while len(found) > _MOST_STRETCHES:
        at = min(
            range(1, len(found)), key=lambda place: found[place].first - (found[place - 1].last or first)
        )
        found[at - 1 : at + 1] = [Stretch(found[at - 1].first, found[at].last)]
    return found


def _among(stretches: Sequence[Stretch], day: date) -> bool:
    return any(
        stretch.first <= day and (stretch.last is None or day <= stretch.last) for stretch in stretches
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _stretches(
    days: Sequence[date], known: set[date], longest: timedelta | None = _AT_ONCE
) -> list[list[date]]:
    """Return the days that are not known, those in a row together."""
    found: list[list[date]] = []
    for day in days:
        if day in known:
            continue
        follows = found and day - found[-1][-1] == timedelta(days=1)
        if follows and (longest is None or day - found[-1][0] < longest):
            found[-1].append(day)
        else:
            found.append([day])
    return found


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _change(found: Work) -> int:
    return found.received.total() + found.moved.total()
