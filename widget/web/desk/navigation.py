"""The lists that every page of the desk leads to, as data."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from widget.moderation.permissions import Permission, Staff


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
    Entry("desk.appeals", Permission.HANDLE_APPEALS, _l("Appeals"), "appeals"),
    Entry("desk.doubts", Permission.MARK_IDENTITY, _l("Identity in doubt"), "doubts"),
    Entry("desk.threads", Permission.CLOSE_THREADS, _l("Threads")),
    Entry("desk.people", Permission.READ_PEOPLE, _l("People")),
    Entry("desk.second_reading", Permission.DECIDE, _l("Second reading")),
    Entry("desk.figures", Permission.READ_FIGURES, _l("Figures")),
    Entry("desk.audit", Permission.READ_AUDIT, _l("Audit trail")),
    Entry("desk.netiquettes", Permission.AMEND_NETIQUETTE, _l("Netiquette")),
    Entry("desk.checks", Permission.SET_CHECKS, _l("Checks")),
    Entry("desk.staff", Permission.MANAGE_STAFF, _l("Staff")),
)


def shown(staff: Staff) -> list[Entry]:
    """Return the entries for a colleague: those they may use on one of their sites."""
    return [entry for entry in ENTRIES if staff.may_somewhere(entry.permission)]
