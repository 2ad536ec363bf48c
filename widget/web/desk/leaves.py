"""Long lists of the desk, a part to each page: what follows a row, and the addresses of this part and the next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from flask import request, url_for

from widget.web.embed.whereabouts import number


class Numbered(Protocol):
    """A row with an id, by which the list is in order."""

    id: int


Row = TypeVar("Row", bound=Numbered)


@dataclass(frozen=True)
class Leaf(Generic[Row]):
    """A part of a list; `here` is its own address, `following` that of the next where there is more."""

    rows: list[Row]
    here: str
    following: str | None


def leaf(
    endpoint: str, find: Callable[[int, int], list[Row]], most: int, after: int | None = None
) -> Leaf[Row]:
    """Return up to `most` rows of what `find(most, after)` lists by id: those that follow the id `after`.

    Without one, the address says which; 0, which no row has, begins the list, and so does what is no id.
    """
    after = (number(request.args.get("after", "")) or 0) if after is None else after
    found = find(most + 1, after)
    if not found and after:
        # The last of a later page was handled; what stands before it is not.
        after, found = 0, find(most + 1, 0)
    rows = found[:most]
    more = url_for(endpoint, after=rows[-1].id) if len(found) > most else None
    return Leaf(rows, url_for(endpoint, after=after or None), more)
