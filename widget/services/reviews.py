"""The automatic checks of a comment: run on what the database knows, and kept with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from widget import netiquette
from widget.errors import Refusal, Refusals
from widget.models import Audience, Comment, CommentState, FindingRow, Site
from widget.netiquette import Context, Draft, Earlier, Finding
from widget.netiquette.rules.identical import WINDOW

# Rule 10 looks at what stands or was judged; what its writer took back does not count.
_COUNTED = (CommentState.PENDING, CommentState.PUBLISHED, CommentState.REFUSED)
_MOST_EARLIER = 500


@dataclass(frozen=True)
class Writing:
    """Who writes where; `thread_id` is None under an article that has no thread yet."""

    account_id: int
    site: Site
    thread_id: int | None
    # A comment being edited is not a repetition of itself.
    editing: int | None = None


def review(session: Session, writing: Writing, text: str, language: str, now: datetime) -> list[Finding]:
    """Return all findings on a text; raise Refusals for what a form can see by itself."""
    context = Context(now, writing.site.comment_length, earlier(session, writing, now))
    findings = netiquette.review(Draft(text, language), context)
    refusals = [Refusal(found.code, "text", **found.params) for found in findings if found.refuses]
    if refusals:
        raise Refusals(refusals)
    return findings


def refuse_identical(session: Session, writing: Writing, digest: str, now: datetime) -> None:
    """Close the gap between the check and the transaction: two requests at once with the same text."""
    if any(known.same_thread and known.digest == digest for known in earlier(session, writing, now)):
        raise Refusals([Refusal("identical.here", "text")])


def earlier(session: Session, writing: Writing, now: datetime) -> tuple[Earlier, ...]:
    """Return what rule 10 compares with: the writer's own comments on that site in the last 30 days.

    What a person wrote elsewhere is no business of this site's staff.
    """
    rows = session.execute(
        select(Comment.id, Comment.digest, Comment.thread_id, Comment.created_at)
        .where(Comment.account_id == writing.account_id, Comment.site_id == writing.site.id)
        .where(Comment.created_at > now - WINDOW, Comment.state.in_(_COUNTED))
        .order_by(Comment.id.desc())
        .limit(_MOST_EARLIER)
    )
    return tuple(
        Earlier(row.id, row.digest, row.thread_id == writing.thread_id, row.created_at)
        for row in rows
        if row.id != writing.editing
    )


def keep(session: Session, comment_id: int, findings: list[Finding]) -> None:
    """Store the findings with the comment, in place of those on an earlier text."""
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
            )
        )
