"""A day's counts as the rows of `settled_days` hold them, and back.

What grows with the number of comments are the times to decision alone: they stand as bytes, which are read without
being looked at. Everything else of a row is as long however much was decided.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from widget.services import durations
from widget.services.day_counts import Checks, Colleague, People, Work

_HOURS = range(24)


class KeptWork(Protocol):
    """The columns of a row that hold a day's work."""

    @property
    def work(self) -> Mapping[str, Any]:
        """Everything that is counted."""

    @property
    def waits(self) -> bytes:
        """The times to decision, in order."""


class KeptPeople(Protocol):
    """The columns of a row that hold what colleagues did."""

    @property
    def colleagues(self) -> Sequence[Sequence[Any]]:
        """For each colleague the account's number, name, how many published and refused, and the hours."""

    @property
    def colleague_waits(self) -> bytes:
        """The times to decision of one after the other, each one's in order."""


def as_work(found: Work) -> dict[str, Any]:
    """Return a day's work as its columns hold it."""
    return {
        "work": {
            "received": _hourly(found.received),
            "moved": _hourly(found.moved),
            "decided": _hourly(found.decided),
            "outcomes": found.outcomes,
            "cited": found.cited,
            "pairs": [[first, second, count] for (first, second), count in found.pairs.items()],
        },
        "waits": durations.written(found.waits),
    }


def work(row: KeptWork) -> Work:
    """Return a day's work from its row."""
    kept = row.work
    return Work(
        _by_hour(kept["received"]),
        _by_hour(kept["moved"]),
        _by_hour(kept["decided"]),
        Counter(kept["outcomes"]),
        # JSON knows no numbers as keys.
        Counter({int(rule_id): count for rule_id, count in kept["cited"].items()}),
        Counter({(first, second): count for first, second, count in kept["pairs"]}),
        durations.read(row.waits),
    )


def _hourly(counts: Mapping[int, int]) -> list[int]:
    return [counts.get(hour, 0) for hour in _HOURS]


def _by_hour(kept: Sequence[int]) -> Counter[int]:
    return Counter({hour: count for hour, count in enumerate(kept) if count})


def as_people(found: People) -> dict[str, Any]:
    """Return what colleagues did on a day as its columns hold it."""
    return {
        "colleagues": [
            [account_id, one.name, one.published, one.refused, one.hours] for account_id, one in found.items()
        ],
        "colleague_waits": b"".join(durations.written(one.waits) for one in found.values()),
    }


def people(row: KeptPeople) -> dict[int | None, Colleague]:
    """Return what colleagues did on a day from its row."""
    waits, found, begun = durations.read(row.colleague_waits), {}, 0
    for account_id, name, published, refused, hours in row.colleagues:
        # Each that was published or refused waited before.
        end = begun + published + refused
        found[account_id] = Colleague(name, published, refused, hours, waits[begun:end])
        begun = end
    return found


def as_checks(found: Checks) -> dict[str, Any]:
    """Return what the checks noticed on a day as its column holds it."""
    return {"found": found.found, "judged": found.judged}


def checks(kept: Mapping[str, Any]) -> Checks:
    """Return what the checks noticed on a day from its column."""
    return Checks(kept["found"], kept["judged"])
