"""What may be told the public about few people: nothing exact about a group smaller than five."""

from collections.abc import Mapping
from dataclasses import dataclass

SMALLEST = 5


def shown(count: int) -> int | None:
    """Return a count that may be shown, or None for "fewer than five".

    None also stands for no one at all: were zero shown, "fewer than five" would tell of at least one.
    """
    return count if count >= SMALLEST else None


@dataclass(frozen=True)
class Breakdown:
    """A total and its parts: those large enough by name, the others as one; None is "fewer than five".

    `others` is 0 where no part is hidden.
    """

    total: int | None
    parts: Mapping[int, int]
    others: int | None


def breakdown(counts: Mapping[int, int]) -> Breakdown:
    """Return a total with its parts so that no small part can be worked out by subtraction.

    Parts below five are shown together. Where even together they are fewer than five, the smallest of the
    other parts joins them, since the total less what is shown would give them away.
    """
    total = sum(counts.values())
    if total < SMALLEST:
        return Breakdown(None, {}, None)
    parts = {name: count for name, count in counts.items() if count >= SMALLEST}
    others = total - sum(parts.values())
    if 0 < others < SMALLEST and parts:
        smallest = min(parts, key=lambda name: (parts[name], -name))
        others += parts.pop(smallest)
    return Breakdown(total, parts, others)
