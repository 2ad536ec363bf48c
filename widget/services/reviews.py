"""The automatic checks of a comment: run on what the database knows, and kept with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from widget import metrics, netiquette
from widget.errors import Refusal, Refusals
from widget.models import Audience, Comment, FindingRow, Overturning, Site
from widget.netiquette import Context, Draft, Finding
from widget.services import surroundings
from widget.services.surroundings import Writing

# Put to the connection: the rows are no objects of the session's, which takes three times as long over them.
_COMMENT, _FINDINGS = insert(Comment), insert(FindingRow)


@dataclass(frozen=True)
class Review:
    """What the checks noticed on a text: all of it, and what its writer may be told, where that was asked for."""

    findings: list[Finding]
    hints: list[Finding]


def review(
    session: Session,
    writing: Writing,
    text: str,
    language: str,
    now: datetime,
    *,
    name: str = "",
    place: str = "",
    tells: bool = False,
) -> Review:
    """Return all findings on a text; raise Refusals for what a form can see by itself.

    `tells` asks for the hints, too: the same as `hints` would give, from what was gathered once.
    """
    context, draft = surroundings.around(session, writing, now), Draft(text, language, name, place)
    with metrics.CHECKS.time():
        findings = netiquette.review(draft, context)
    refusals = [Refusal(found.code, "text", **found.params) for found in findings if found.refuses]
    if refusals:
        raise Refusals(refusals)
    # Whoever knows less finds no more: where nothing at all could be told, nothing can be now.
    if not tells or not any(_can_be_told(found) for found in findings):
        return Review(findings, [])
    # How a comment will be signed was asked about when its writer registered.
    return Review(findings, _told(Draft(text, language), context.to_tell()))


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
    return _told(Draft(text, language, name, place), context)


def try_out(
    session: Session, site: Site, text: str, language: str, now: datetime, *, name: str = ""
) -> list[Finding]:
    """Return what the site's checks notice in a text that nobody sends; raises nothing and keeps nothing."""
    context = surroundings.around(session, Writing(None, site, None), now)
    return netiquette.review(Draft(text, language, name), context)


def _told(draft: Draft, context: Context) -> list[Finding]:
    with metrics.CHECKS.time():
        findings = netiquette.review(draft, context)
    return [found for found in findings if _can_be_told(found)]


def _can_be_told(found: Finding) -> bool:
    return found.audience != "editor" and not found.refuses


def enter(session: Session, row: Mapping[str, Any], findings: list[Finding]) -> int:
    """Store a new comment by its columns, the findings with it and how many of them editors see; return its id."""
    noticed = sum(found.audience != "writer" for found in findings)
    entered = session.connection().execute(_COMMENT, {**row, "noticed": noticed})
    assert entered.inserted_primary_key is not None
    comment_id: int = entered.inserted_primary_key[0]
    _store(session, comment_id, findings)
    return comment_id


def replace(session: Session, comment: Comment, findings: list[Finding]) -> None:
    """Store the findings in place of those on a comment's earlier text, and how many of them editors see."""
    session.execute(delete(FindingRow).where(FindingRow.comment_id == comment.id))
    comment.noticed = sum(found.audience != "writer" for found in findings)
    _store(session, comment.id, findings)


def _store(session: Session, comment_id: int, findings: list[Finding]) -> None:
    rows = [
        {
            "comment_id": comment_id,
            "rule": found.rule,
            "code": found.code,
            "span_start": found.span[0] if found.span else None,
            "span_end": found.span[1] if found.span else None,
            "params": dict(found.params),
            "audience": Audience(found.audience),
            "check_version": found.version,
            "check_name": found.check,
        }
        for found in findings
    ]
    if rows:
        session.connection().execute(_FINDINGS, rows)


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
