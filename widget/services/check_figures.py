"""How good a site's checks are, by what staff made of what they noticed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from widget.models import Audience, Comment, CommentState, Decision, FindingRow, Overturning, Rule

WINDOW: Final = timedelta(days=90)
# A check that is wrong more often than this, on no fewer findings, is proposed for switching off.
TOO_OFTEN: Final = 0.20
FEWEST: Final = 20
_DECIDED = (CommentState.PUBLISHED, CommentState.REFUSED, CommentState.REMOVED)


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
    """Return the figures of a site's checks by name, of the comments decided within `WINDOW`.

    A comment counts by the decision that is in force; what waits, or waits again, does not count yet.
    """
    cited = case((Rule.number == FindingRow.rule, 1), else_=0)
    rows = session.execute(
        select(
            FindingRow.check_name,
            func.count().label("noticed"),
            func.sum(cited).label("cited"),
            func.count(Overturning.finding_id).label("overturned"),
        )
        .select_from(Decision)
        .join(
            Comment,
            (Comment.id == Decision.comment_id) & (Comment.version == Decision.comment_version),
        )
        .join(FindingRow, FindingRow.comment_id == Comment.id)
        .outerjoin(Overturning, Overturning.finding_id == FindingRow.id)
        .outerjoin(Rule, Rule.id == Decision.rule_id)
        .where(Comment.site_id == site_id, Decision.created_at > now - WINDOW)
        .where(Decision.to_state.in_(_DECIDED), FindingRow.audience != Audience.WRITER)
        .group_by(FindingRow.check_name)
    )
    return {row.check_name: Figures(row.noticed, int(row.cited), row.overturned) for row in rows}
