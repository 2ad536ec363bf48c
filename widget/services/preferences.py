"""How a colleague works: the view of the queue that they keep, and whether they use the keys.

It concerns nobody else, and leaves no entry in the audit trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.models import DeskPreference
from widget.moderation.permissions import Staff


@dataclass(frozen=True)
class Preferences:
    """What a colleague keeps; no sites and no languages mean all of them."""

    sites: Sequence[int] = ()
    languages: Sequence[str] = ()
    order: str = "waiting"
    keys: bool = True

    @property
    def has_view(self) -> bool:
        """Whether the view is any other than everything, what waits longest first."""
        return bool(self.sites or self.languages or self.order != "waiting")


def of(session: Session, account_id: int) -> Preferences:
    """Return what somebody keeps, or what holds for everybody who keeps nothing."""
    row = session.get(DeskPreference, account_id)
    if row is None:
        return Preferences()
    view = row.queue
    return Preferences(
        tuple(view.get("sites", ())), tuple(view.get("languages", ())), view.get("order", "waiting"), row.keys
    )


def keep_view(
    session: Session, staff: Staff, sites: Sequence[int], languages: Sequence[str], order: str
) -> None:
    """Keep a view of the queue, in place of the one before."""
    row = _row(session, staff)
    row.queue = {"sites": list(sites), "languages": list(languages), "order": order}


def set_keys(session: Session, staff: Staff, on: bool) -> None:
    """Switch the keys on or off."""
    _row(session, staff).keys = on


def _row(session: Session, staff: Staff) -> DeskPreference:
    begin_writing(session)
    row = session.get(DeskPreference, staff.account_id)
    if row is None:
        row = DeskPreference(account_id=staff.account_id, queue={}, keys=True)
        session.add(row)
    return row
