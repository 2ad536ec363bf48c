"""How long a comment usually waits for an editor, as its writer is told beforehand."""

from datetime import UTC, datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from widget.models import SettledDay
from widget.services.durations import DAY, HOUR, MINUTE, durations, read

# So many days back, a newsroom's way of working is still the present one.
_DAYS = 28
# Of fewer decisions the middle one says little about the next.
_FEWEST = 20
# Whoever hears of a longer wait is told nothing by it.
_LONGEST = 2 * DAY
# What is rounded up to a step, and the longest wait that is: nobody counts the minutes of an afternoon.
_STEPS = ((5 * MINUTE, 55 * MINUTE), (HOUR, 23 * HOUR))
_Kept = tuple[int, int | None]
_remembered: WeakKeyDictionary[Engine, dict[int, _Kept]] = WeakKeyDictionary()
_lock = Lock()


def half_within(session: Session, site_id: int, now: datetime) -> int | None:
    """Return within how many seconds half of the decisions of four weeks came, or None where that says nothing.

    It is rounded up: to five minutes, hours or days. Days that the worker has settled count, as they were
    settled; it is read once an hour in each process, one query.
    """
    engine, hour = session.get_bind().engine, int(now.timestamp()) // HOUR
    with _lock:
        known = _remembered.setdefault(engine, {}).get(site_id)
    if known is not None and known[0] == hour:
        return known[1]
    found = _read(session, site_id, now)
    with _lock:
        _remembered.setdefault(engine, {})[site_id] = (hour, found)
    return found


def forget() -> None:
    """Forget what is remembered of every site, as when another database takes the place of the one in use."""
    with _lock:
        _remembered.clear()


def _read(session: Session, site_id: int, now: datetime) -> int | None:
    first = now.astimezone(UTC).date() - timedelta(days=_DAYS)
    kept = session.scalars(
        select(SettledDay.waits).where(SettledDay.site_id == site_id, SettledDay.day >= first)
    )
    lengths = durations(map(read, kept))
    if lengths.median is None or lengths.count < _FEWEST:
        return None
    step = next((step for step, most in _STEPS if lengths.median <= most), DAY)
    rounded = max(-(-lengths.median // step), 1) * step
    return rounded if rounded <= _LONGEST else None
