"""How good a site's checks are, by what staff made of what they noticed."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from widget.services import settled_days

WINDOW: Final = timedelta(days=90)
# A check that is wrong more often than this, on no fewer findings, is proposed for switching off.
TOO_OFTEN: Final = 0.20
FEWEST: Final = 20


@dataclass(frozen=True)
class Figures:
    """What one check noticed, all counted in findings: on comments that staff have decided.

    `cited` are those on comments refused or removed under the finding's own rule, `overturned` those that a
    colleague marked as wrong. A finding that nobody marked was not looked at in vain, nor was it confirmed.
    """

    noticed: int = 0
    cited: int = 0
    overturned: int = 0

    @property
    def share(self) -> float | None:
        """Which part was marked as wrong, or None where nothing was noticed."""
        return self.overturned / self.noticed if self.noticed else None

    @property
    def is_wrong_too_often(self) -> bool:
        """Whether there is enough to go by, and too much of it was marked as wrong."""
        return self.noticed >= FEWEST and self.overturned > TOO_OFTEN * self.noticed


def figures(session: Session, site_id: int, now: datetime) -> Mapping[str, Figures]:
    """Return the figures of a site's checks by name, of the comments decided within `WINDOW`, whole days.

    A comment counts by the decision that is in force; what waits, or waits again, does not count yet.
    """
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    first = (now.astimezone(UTC) - WINDOW).date() + timedelta(days=1)
    for day in settled_days.checks(session, [site_id], first):
        for check, (noticed, cited, overturned) in day.judged.items():
            totals[check].update(noticed=noticed, cited=cited, overturned=overturned)
    return {check: Figures(**count) for check, count in totals.items()}
