"""Under which names others sign on a site, so that nobody imitates them; known for a minute.

It is the one thing around a comment that is the same for whoever writes next: five hundred names, read for every
comment that comes in, were the dearest of its queries.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, or_, select
from sqlalchemy.orm import Session

from widget.models import Account, Comment, CommentState, StaffRole
from widget.services.remembered import Remembered

# Names that a signature might imitate: those under the site's latest comments, unless they are older than this.
_MOST = 500
_SINCE = timedelta(days=90)
# How long what was read is good for, and of how many sites.
_FRESH = timedelta(minutes=1)
_MOST_REMEMBERED = 64

_LATEST = (
    select(Comment.name, Comment.account_id, Comment.published_at)
    .where(Comment.site_id == bindparam("site_id"), Comment.state == CommentState.PUBLISHED)
    .order_by(Comment.id.desc())
    .limit(_MOST)
    .subquery()
)
_NAMES: CompoundSelect[*tuple[Any, ...]] = (
    select(Account.name, Account.id)
    .join(StaffRole, StaffRole.account_id == Account.id)
    .where(or_(StaffRole.site_id.is_(None), StaffRole.site_id == bindparam("site_id")))
    .union(select(_LATEST.c.name, _LATEST.c.account_id).where(_LATEST.c.published_at > bindparam("since")))
)

_Named = Sequence[tuple[str, int | None]]
_kept: Remembered[tuple[datetime, _Named]] = Remembered(most=_MOST_REMEMBERED)


def of_others(session: Session, site_id: int, account_id: int | None, now: datetime) -> tuple[str, ...]:
    """Return the names that an account may not sign with on a site, in order: the staff's and those of other writers.

    Whose account is gone keeps no name to themselves.
    """
    own = (None, account_id)
    return tuple(sorted({name for name, owner in _known(session, site_id, now) if owner not in own}))


def _known(session: Session, site_id: int, now: datetime) -> _Named:
    known = _kept.get(session, site_id)
    if known is not None and known[0] <= now < known[0] + _FRESH:
        return known[1]
    rows = session.connection().execute(_NAMES, {"site_id": site_id, "since": now - _SINCE})
    named = [(row[0], row[1]) for row in rows]
    _kept.keep(session, site_id, (now, named))
    return named
