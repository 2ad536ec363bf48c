"""The automatic checks of a comment: run on what the database knows, and kept with it."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from widget import metrics, netiquette
from widget.errors import Refusal, Refusals
from widget.models import Audience, Comment, FindingRow, Overturning, Site
from widget.netiquette import Context, Draft, Finding
from widget.services import surroundings
from widget.services.surroundings import Writing

_TO_WRITER = frozenset({"writer", "both"})


def review(
    session: Session,
    writing: Writing,
    text: str,
    language: str,
    now: datetime,
    *,
    name: str = "",
    place: str = "",
) -> list[Finding]:
    """Return all findings on a text; raise Refusals for what a form can see by itself."""
    context = surroundings.around(session, writing, now)
    findings = _timed(Draft(text, language, name, place), context)
    refusals = [Refusal(found.code, "text", **found.params) for found in findings if found.refuses]
    if refusals:
        raise Refusals(refusals)
    return findings


def hints(
    session: Session,
    writing: Writing,
    text: str,
    language: str,
    now: datetime,
    *,
    name: str = "",
    place: str = "",
) -> list[Finding]:
    """Return what a writer may be told about a draft: no finding for the editors alone, none that refuses.

    Reads only, and raises nothing for what a form would refuse. What waits unread is not compared with, so
    that a hint never tells of it.
    """
    context = surroundings.around_hints(session, writing, now)
    findings = _timed(Draft(text, language, name, place), context)
    return [found for found in findings if found.audience in _TO_WRITER and not found.refuses]


def try_out(
    session: Session, site: Site, text: str, language: str, now: datetime, *, name: str = ""
) -> list[Finding]:
    """Return what the site's checks notice in a text that nobody sends; raises nothing and keeps nothing."""
    context = surroundings.around(session, Writing(None, site, None), now)
    return netiquette.review(Draft(text, language, name), context)


def _timed(draft: Draft, context: Context) -> list[Finding]:
    with metrics.CHECKS.time():
        return netiquette.review(draft, context)


def refuse_identical(session: Session, writing: Writing, digest: str, now: datetime) -> None:
    """Close the gap between the check and the transaction: two requests at once with the same text."""
    earlier = surroundings.earlier(session, writing, now)
    if any(known.same_thread and known.digest == digest for known in earlier):
        raise Refusals([Refusal("identical.here", "text")])


def keep(session: Session, comment_id: int, findings: list[Finding]) -> None:
    """Store the findings with the comment, in place of those on an earlier text, and how many editors see."""
    session.execute(delete(FindingRow).where(FindingRow.comment_id == comment_id))
    for found in findings:
        start, end = found.span or (None, None)
        session.add(
            FindingRow(
                comment_id=comment_id,
                rule=found.rule,
                code=found.code,
                span_start=start,
                span_end=end,
                params=dict(found.params),
                audience=Audience(found.audience),
                check_version=found.version,
                check_name=found.check,
            )
        )
    session.flush()
    count(session, comment_id)


def count(session: Session, comment_id: int) -> None:
    """Count anew how many findings on a comment editors see that stand, in the caller's write transaction."""
    standing = (
        select(func.count(FindingRow.id))
        .outerjoin(Overturning, Overturning.finding_id == FindingRow.id)
        .where(FindingRow.comment_id == comment_id, FindingRow.audience != Audience.WRITER)
        .where(Overturning.finding_id.is_(None))
    )
    noticed = session.scalars(standing).one()
    session.execute(update(Comment).where(Comment.id == comment_id).values(noticed=noticed))
