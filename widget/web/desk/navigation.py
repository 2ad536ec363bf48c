"""The lists that every page of the desk leads to, as data."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from widget.moderation.permissions import Permission


@dataclass(frozen=True)
class Entry:
    """One line of the navigation: where it leads, whom it is for, and which of the counts stands beside it."""

    endpoint: str
    permission: Permission
    name: LazyString
    counted: str | None = None

    @property
    def path(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint)

    def is_above(self, path: str) -> bool:
        """Whether a page belongs to this list without being it; the queue is above its own pages only."""
        return self.endpoint != "desk.queue" and path.startswith(f"{self.path}/")


# Order is that of the day's work: what waits first, what is looked up next, what is set up last.
ENTRIES = (
    Entry("desk.queue", Permission.READ_QUEUE, _l("Queue"), "queue"),
    Entry("desk.reports", Permission.HANDLE_LETTERBOX, _l("Reports"), "reports"),
    Entry("desk.corrections", Permission.HANDLE_LETTERBOX, _l("Corrections"), "corrections"),
    Entry("desk.search", Permission.READ_QUEUE, _l("Comments")),
    Entry("desk.threads", Permission.CLOSE_THREADS, _l("Threads")),
    Entry("desk.people", Permission.READ_PEOPLE, _l("People")),
    Entry("desk.netiquettes", Permission.AMEND_NETIQUETTE, _l("Netiquette")),
    Entry("desk.checks", Permission.SET_CHECKS, _l("Checks")),
)


def shown(allowed: Callable[[Permission], bool]) -> Iterable[Entry]:
    """Return the entries for somebody who is allowed certain things."""
    return [entry for entry in ENTRIES if allowed(entry.permission)]
