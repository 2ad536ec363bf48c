"""What a site tells the public about its moderation, month by month, with nobody recognisable in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from widget.errors import NotFound
from widget.models import Appeal, AppealOutcome, Ban, Comment, Site
from widget.moderation import disclosure
from widget.moderation.disclosure import Breakdown
from widget.services import figures, settled_days, sites
from widget.services.durations import durations
from widget.services.figures import Cited
from widget.services.span import Span


@dataclass(frozen=True)
class Ruled:
    """Replies to bans that were decided, and the outcomes of five and more; None is "fewer than five".

    `others` are the rest of the outcomes together, 0 where none is hidden.
    """

    total: int | None
    outcomes: Mapping[AppealOutcome, int]
    others: int | None


@dataclass(frozen=True)
class Month:
    """One month of a site; every count is None where it is below five, and so may be nought.

    `rules` are the rules that the refusals cited, those of five and more; `median` is in seconds. `appeals` are the
    replies to bans that came in, `ruled` those that were decided, by what became of them.
    """

    first: date
    received: int | None
    published: int | None
    refused: Breakdown
    rules: list[Cited]
    median: int | None
    bans: int | None
    appeals: int | None
    ruled: Ruled


def site(session: Session, key: str) -> Site:
    """Return a site that publishes its figures; raise NotFound for any other."""
    found = sites.by_key(session, key)
    if not found.transparency:
        raise NotFound("site.unknown")
    return found


def months(session: Session, site_id: int, now: datetime) -> list[date]:
    """Return the first days of the months that are over since the site's first comment, newest first.

    The running month is none of them: watching its figures move would tell of single decisions.
    """
    earliest = session.scalar(
        select(Comment.queued_at)
        .where(Comment.site_id == site_id, Comment.queued_at.is_not(None))
        .order_by(Comment.queued_at)
        .limit(1)
    )
    if earliest is None:
        return []
    first, found = earliest.astimezone(UTC).date().replace(day=1), []
    month = _before(now.astimezone(UTC).date())
    while month >= first:
        found.append(month)
        month = _before(month)
    return found


def month(session: Session, site_id: int, first: date, now: datetime) -> Month:
    """Return one month's figures; raise NotFound for one that is not over, or before the first comment."""
    if first not in months(session, site_id, now):
        raise NotFound("site.unknown")
    span = Span(first, _last_of(first))
    work = settled_days.work_of(session, [site_id], span.first, span.last)
    received = sum(day.received.total() for day in work)
    bans = session.scalar(
        select(func.count())
        .select_from(Ban)
        .where(Ban.site_id == site_id, Ban.created_at >= span.start, Ban.created_at < span.end)
    )
    lengths = durations(day.waits for day in work)
    cited = figures.cited(session, work)
    refused = disclosure.breakdown(dict(enumerate(rule.count for rule in cited)))
    return Month(
        first=first,
        received=disclosure.shown(received),
        published=disclosure.shown(lengths.count - sum(rule.count for rule in cited)),
        refused=refused,
        rules=[rule for place, rule in enumerate(cited) if place in refused.parts],
        median=lengths.median if disclosure.shown(lengths.count) is not None else None,
        bans=disclosure.shown(bans or 0),
        appeals=disclosure.shown(_appeals(session, site_id, span)),
        ruled=_ruled(session, site_id, span),
    )


def _appeals(session: Session, site_id: int, span: Span) -> int:
    """Count the replies that came in, to bans from this very site: one from all sites is no site's own."""
    within = (Appeal.created_at >= span.start, Appeal.created_at < span.end)
    query = select(func.count()).select_from(Appeal).join(Ban, Ban.id == Appeal.ban_id)
    return session.scalar(query.where(Ban.site_id == site_id, *within)) or 0


def _ruled(session: Session, site_id: int, span: Span) -> Ruled:
    """Count the outcomes by the day of the ruling, so that nobody's can be told from the others."""
    query = (
        select(Appeal.outcome, func.count())
        .join(Ban, Ban.id == Appeal.ban_id)
        .where(Ban.site_id == site_id, Appeal.handled_at >= span.start, Appeal.handled_at < span.end)
        .group_by(Appeal.outcome)
    )
    counts = {row[0]: row[1] for row in session.execute(query)}
    known = list(AppealOutcome)
    found = disclosure.breakdown({place: counts.get(outcome, 0) for place, outcome in enumerate(known)})
    return Ruled(found.total, {known[place]: count for place, count in found.parts.items()}, found.others)


def _before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _last_of(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
