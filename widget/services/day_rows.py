"""A day's counts as the rows of `settled_days` hold them, and back."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from widget.services import durations
from widget.services.day_counts import Checks, Colleague, People, Work


def as_work(found: Work) -> dict[str, Any]:
    """Return a day's work as its row holds it."""
    return {
        "received": found.received,
        "moved": found.moved,
        "decided": found.decided,
        "outcomes": found.outcomes,
        "cited": found.cited,
        "pairs": [[first, second, count] for (first, second), count in found.pairs.items()],
        "waits": durations.written(found.waits),
    }


def work(kept: Mapping[str, Any]) -> Work:
    """Return a day's work from its row."""
    return Work(
        _numbered(kept["received"]),
        _numbered(kept["moved"]),
        _numbered(kept["decided"]),
        Counter(kept["outcomes"]),
        _numbered(kept["cited"]),
        Counter({(first, second): count for first, second, count in kept["pairs"]}),
        durations.read(kept["waits"]),
    )


def _numbered(kept: Mapping[str, int]) -> Counter[int]:
    # JSON knows no numbers as keys.
    return Counter({int(number): count for number, count in kept.items()})


def as_people(found: People) -> dict[str, Any]:
    """Return what colleagues did on a day as its row holds it, by account."""
    return {
        str(account_id or ""): [one.name, one.published, one.refused, one.hours, durations.written(one.waits)]
        for account_id, one in found.items()
    }


def people(kept: Mapping[str, Any]) -> dict[int | None, Colleague]:
    """Return what colleagues did on a day from its row."""
    return {
        int(account_id) if account_id else None: Colleague(
            row[0], row[1], row[2], row[3], durations.read(row[4])
        )
        for account_id, row in kept.items()
    }


def as_checks(found: Checks) -> dict[str, Any]:
    """Return what the checks noticed on a day as its row holds it."""
    return {"found": found.found, "judged": found.judged}


def checks(kept: Mapping[str, Any]) -> Checks:
    """Return what the checks noticed on a day from its row."""
    return Checks(
        {check: (row[0], row[1]) for check, row in kept["found"].items()},
        {check: (row[0], row[1], row[2]) for check, row in kept["judged"].items()},
    )
