"""The lists that every page of the desk leads to, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from widget.moderation.permissions import Permission, Staff


@dataclass(frozen=True)
class Entry:
    """One line of the navigation: where it leads, whom it is for, and which of the counts stands beside it.

    `letter` leads there after `g`; `query` is the part of the address that tells lists of one page apart.
    """

    endpoint: str
    permission: Permission
    name: LazyString
    letter: str
    counted: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where it leads."""
        return url_for(self.endpoint, **dict(self.query))  # type: ignore[arg-type]

    @property
    def is_here(self) -> bool:
        """Whether the page shown is this list, whatever else its address asks for."""
        if request.path != url_for(self.endpoint):
            return False
        told_apart = {name for entry in ENTRIES if entry.endpoint == self.endpoint for name in entry.query}
        shown = {name: request.args[name] for name in told_apart if request.args.get(name)}
        if self.endpoint == "desk.queue" and shown in ({"list": "waiting"}, {"list": "answered"}):
            shown = {} if shown["list"] == "waiting" else {"list": "opinion"}
        return shown == self.query

    def is_above(self, path: str) -> bool:
        """Whether a page belongs to this list without being it; the queue is above its own pages only."""
        return self.endpoint != "desk.queue" and path.startswith(f"{url_for(self.endpoint)}/")


# Order is that of the day's work: what waits first, what is looked up next, what is set up last.
ENTRIES = (
    Entry("desk.queue", Permission.READ_QUEUE, _l("Queue"), "q", "queue"),
    Entry(
        "desk.queue", Permission.READ_QUEUE, _l("Identity in doubt"), "i", "doubt", query={"list": "doubt"}
    ),
    Entry(
        "desk.queue", Permission.READ_QUEUE, _l("Second opinion"), "o", "opinion", query={"list": "opinion"}
    ),
    Entry("desk.queue", Permission.DECIDE, _l("Your questions"), "y", "answers", query={"list": "asked"}),
    Entry("desk.reports", Permission.HANDLE_LETTERBOX, _l("Reports"), "r", "reports"),
    Entry("desk.corrections", Permission.HANDLE_LETTERBOX, _l("Corrections"), "c", "corrections"),
    Entry("desk.appeals", Permission.HANDLE_APPEALS, _l("Appeals"), "a", "appeals"),
    Entry("desk.doubts", Permission.MARK_IDENTITY, _l("People in doubt"), "d", "doubts"),
    Entry("desk.second_reading", Permission.DECIDE, _l("Second reading"), "2"),
    Entry("desk.search", Permission.READ_QUEUE, _l("Comments"), "s"),
    Entry("desk.search", Permission.READ_QUEUE, _l("Published"), "p", query={"state": "published"}),
    Entry("desk.search", Permission.READ_QUEUE, _l("Refused"), "f", query={"state": "refused"}),
    Entry("desk.search", Permission.READ_QUEUE, _l("Removed"), "m", query={"state": "removed"}),
    Entry("desk.threads", Permission.CLOSE_THREADS, _l("Threads"), "t"),
    Entry("desk.people", Permission.READ_PEOPLE, _l("People"), "w"),
    Entry("desk.notes", Permission.KEEP_NOTES, _l("Notes kept ready"), "h"),
    Entry("desk.figures", Permission.READ_FIGURES, _l("Figures"), "g"),
    Entry("desk.audit", Permission.READ_AUDIT, _l("Audit trail"), "l"),
    Entry("desk.netiquettes", Permission.AMEND_NETIQUETTE, _l("Netiquette"), "n"),
    Entry("desk.checks", Permission.SET_CHECKS, _l("Checks"), "k"),
    Entry("desk.settings", Permission.CHANGE_SETTINGS, _l("Settings"), "e"),
    Entry("desk.staff", Permission.MANAGE_STAFF, _l("Staff"), "b"),
)


def shown(staff: Staff) -> list[Entry]:
    """Return the entries for a colleague: those they may use on one of their sites."""
    return [entry for entry in ENTRIES if staff.may_somewhere(entry.permission)]
