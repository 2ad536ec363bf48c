"""The filters and orders of the queue: read from the address, so that a colleague can be sent it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from widget.config import LANGUAGES
from widget.moderation.permissions import Permission
from widget.services import selection as selections
from widget.services.preferences import Preferences
from widget.services.selection import Cursor, Selection
from widget.web import identity
from widget.web.desk import scope, wording
from widget.web.desk.scope import LARGEST_ID, ids_for

ORDERS: Mapping[str, LazyString] = {
    "waiting": _l("waiting longest first"),
    "newest": _l("newest first"),
    "most": _l("most findings first"),
    "least": _l("fewest findings first"),
}
KINDS: Mapping[str, LazyString] = {
    "waiting": _l("Queue"),
    "doubt": _l("Identity in doubt"),
    "opinion": _l("Second opinion"),
    "answered": _l("Answered questions of colleagues"),
    "asked": _l("Your questions"),
}


class Active(NamedTuple):
    """A filter that is on, in words, and the address of the list without it."""

    name: str
    without: str


@dataclass(frozen=True)
class Filters:
    """What the address asks for; everything left out does not matter."""

    kind: str = "waiting"
    order: str = "waiting"
    sites: Sequence[int] = ()
    languages: Sequence[str] = ()
    thread: int | None = None
    writer: int | None = None
    rule: int | None = None
    first: bool = False

    def params(self) -> dict[str, Any]:
        """Return what stands in the address; the list always does, so that no view of one's own comes over it."""
        named = {
            "list": self.kind,
            "order": self.order if self.order != "waiting" else None,
            "site": list(self.sites),
            "language": list(self.languages),
            "thread": self.thread,
            "writer": self.writer,
            "rule": self.rule,
            "first": 1 if self.first else None,
        }
        return {name: value for name, value in named.items() if value not in (None, [])}

    def address(self, **more: object) -> str:
        """Return the address of this very list, with something added."""
        return url_for("desk.queue", **{**self.params(), **more})

    def selection(self, since: datetime | None = None) -> Selection:
        """Return what is meant on the sites that the colleague may see."""
        readable = ids_for(Permission.READ_QUEUE)
        return Selection(
            site_ids=[site_id for site_id in readable if not self.sites or site_id in self.sites],
            readable=readable,
            viewer_id=identity.colleague().account_id,
            kind=self.kind,
            order=self.order,
            thread_id=self.thread,
            account_id=self.writer,
            languages=self.languages,
            rule=self.rule,
            first_only=self.first,
            since=since,
        )

    def is_view(self, kept: Preferences) -> bool:
        """Whether this is what the colleague keeps as their view: nothing else, and not another list."""
        view = (tuple(self.sites), tuple(self.languages), self.order)
        return self.is_plain and view == (tuple(kept.sites), tuple(kept.languages), kept.order)

    @property
    def is_plain(self) -> bool:
        """Whether nothing is asked for but what a view can hold."""
        return self.kind == "waiting" and not (self.thread or self.writer or self.rule or self.first)


def asked(args: MultiDict[str, str] | None = None) -> Filters:
    """Return the filters that the address asks for; what makes no sense is left out."""
    args = request.args if args is None else args
    kind, order = args.get("list", ""), args.get("order", "")
    return Filters(
        kind=kind if kind in KINDS else "waiting",
        order=order if order in ORDERS else "waiting",
        sites=tuple(sorted({_id(number) or LARGEST_ID for number in args.getlist("site", type=int)})),
        languages=tuple(tag for tag in LANGUAGES if tag in args.getlist("language")),
        thread=_id(args.get("thread", type=int)),
        writer=_id(args.get("writer", type=int)),
        rule=_id(args.get("rule", type=int)),
        first=args.get("first") == "1",
    )


def of_view(kept: Preferences) -> Filters:
    """Return the view that a colleague keeps, less the sites that are no longer theirs."""
    readable = ids_for(Permission.READ_QUEUE)
    return Filters(
        order=kept.order if kept.order in ORDERS else "waiting",
        sites=tuple(site_id for site_id in kept.sites if site_id in readable),
        languages=tuple(tag for tag in LANGUAGES if tag in kept.languages),
    )


def active(session: Session, filters: Filters) -> list[Active]:
    """Return the filters that are on, each in words and with the address without it."""
    found: list[Active] = []

    def add(name: str, **changes: Any) -> None:
        found.append(Active(name, replace(filters, **changes).address()))

    names = scope.names()
    title, writer = selections.names(session, filters.selection())
    for site_id in filters.sites:
        rest = tuple(other for other in filters.sites if other != site_id)
        add(names.get(site_id) or gettext("one site"), sites=rest)
    for tag in filters.languages:
        rest_of_tags = tuple(other for other in filters.languages if other != tag)
        add(wording.language_name(tag), languages=rest_of_tags)
    if filters.thread is not None:
        add(title or gettext("one article"), thread=None)
    if filters.writer is not None:
        add(writer or gettext("one writer"), writer=None)
    if filters.rule is not None:
        add(gettext("findings on rule %(number)s", number=filters.rule), rule=None)
    if filters.first:
        add(gettext("first-time writers"), first=False)
    if filters.order != "waiting":
        add(str(ORDERS[filters.order]), order="waiting")
    return found


def cursor(text: str | None) -> Cursor | None:
    """Return where a list goes on, as a link carries it; None for anything malformed."""
    noticed, _, rest = (text or "").partition("~")
    place = scope.cursor(rest)
    if place is None or not noticed.isdecimal() or len(noticed) > 6:
        return None
    return Cursor(int(noticed), *place)


def written(place: Cursor) -> str:
    """Return a cursor as a link carries it."""
    return f"{place.noticed}~{scope.written(place.queued_at, place.id)}"


def _id(number: int | None) -> int | None:
    """Return a number if it can be an id, else one that no row has."""
    return number if number is None or 0 < number <= LARGEST_ID else LARGEST_ID
