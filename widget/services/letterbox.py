"""What anybody may tell the newsroom: reports of comments, corrections of articles."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, not_, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal, Refusals
from widget.models import Comment, CommentState, Correction, Decision, Report, ReportOutcome, Site
from widget.moderation.permissions import Operator, Permission, Staff
from widget.services import accounts, audit, comments, netiquettes, outbox
from widget.services.articles import Article, checked
from widget.services.locks import ROW
from widget.text import normalise

LONGEST_NOTE = 2000
# The rule that a writer's own request for removal stands under: it says that the editors decide. Nobody can report
# a comment under it, since it is no duty of a writer's; so a row with it is such a request, and no other.
REMOVAL_ASKED: Final = 18
# So many open reports of one comment are listed, the oldest: whoever sends hundreds about one hides no other comment.
MOST_LISTED = 20


@dataclass(frozen=True)
class Letter:
    """What a person writes into either form; `email` is optional and never shown in public."""

    body: str
    email: str = ""


def report(session: Session, comment_id: int, rule: int | None, letter: Letter, now: datetime) -> Report:
    """Report a published comment under a rule.

    Raises NotFound for anything not published, Refusals (`rule.missing`, `rule.not-citable`, `report.unexplained`,
    `letter.long`, `email.malformed`).
    """
    site_id = comments.published(session, comment_id).site_id
    body, email, refusals = _read(letter)
    try:
        cited = netiquettes.cited(netiquettes.in_force(session, site_id), rule, "reported")
    except Refusal as refusal:
        raise Refusals([refusal, *refusals]) from None
    # Most rules explain a report by themselves; one that tells a writer nothing tells the editors nothing either.
    if cited.needs_note and not body:
        refusals.insert(0, Refusal("report.unexplained", "body"))
    if refusals:
        raise Refusals(refusals)
    number = cited.number
    begin_writing(session)
    row = Report(
        site_id=site_id, comment_id=comment_id, rule=number, note=body or None, email=email, created_at=now
    )
    session.add(row)
    session.flush()
    return row


def correct(session: Session, site: Site, article: Article, letter: Letter, now: datetime) -> Correction:
    """Tell the newsroom of an error in an article; it also goes to the site's corrections address.

    Raises Refusal for an article that is not the site's, Refusals (`letter.missing`, `letter.long`, `email.malformed`).
    """
    about = checked(site, article)
    body, email, refusals = _read(letter)
    if not body:
        refusals.insert(0, Refusal("letter.missing", "body"))
    if refusals:
        raise Refusals(refusals)
    begin_writing(session)
    row = Correction(
        site_id=site.id,
        article=about.article,
        url=about.url,
        title=about.title,
        body=body,
        email=email,
        created_at=now,
    )
    session.add(row)
    session.flush()
    outbox.enqueue(
        session,
        "correction",
        to=site.corrections_email,
        language=site.default_language,
        params={"correction_id": row.id},
        site_id=site.id,
        now=now,
    )
    return row


def ask_removal(session: Session, account_id: int, words: str, now: datetime) -> None:
    """Ask the editors of every site to remove what a writer who leaves has published, in the caller's transaction.

    One request a site, with the latest comment: a letterbox that a person with hundreds of comments filled would hide
    the reports of others. Staff find the rest on the person's page.
    """
    latest = (
        select(func.max(Comment.id))
        .where(Comment.account_id == account_id, Comment.state == CommentState.PUBLISHED)
        .group_by(Comment.site_id)
    )
    rows = select(Comment.id, Comment.site_id).where(Comment.id.in_(latest)).order_by(Comment.id)
    for comment_id, site_id in session.execute(rows).all():
        session.add(
            Report(
                site_id=site_id,
                comment_id=comment_id,
                rule=REMOVAL_ASKED,
                note=words or None,
                created_at=now,
            )
        )
    session.flush()


def open_reports(session: Session, site_ids: list[int], most: int, after: int = 0) -> list[Report]:
    """Return the reports nobody has handled, oldest first, with their comments; those that follow the id `after`.

    Of one comment no more than `MOST_LISTED`; a further one takes the place of one that is handled. What a writer asks
    for on leaving is always listed.
    """
    earlier = aliased(Report)
    before_it = (
        select(earlier.id)
        .where(earlier.comment_id == Report.comment_id, earlier.handled_at.is_(None))
        .where(earlier.id < Report.id, earlier.rule != REMOVAL_ASKED)
        .offset(MOST_LISTED - 1)
        .limit(1)
    )
    return list(
        session.scalars(
            select(Report)
            .where(Report.site_id.in_(site_ids), Report.handled_at.is_(None), Report.id > after)
            .where(or_(Report.rule == REMOVAL_ASKED, not_(before_it.exists())))
            .order_by(Report.id)
            .limit(most)
            .options(joinedload(Report.comment).joinedload(Comment.thread))
        )
    )


def beyond(session: Session, comment_ids: Collection[int]) -> dict[int, int]:
    """Return how many open reports of comments there are beyond those that are listed, of those that have any."""
    number = func.count()
    query = (
        select(Report.comment_id, number)
        .where(Report.comment_id.in_(comment_ids), Report.handled_at.is_(None))
        .where(Report.rule != REMOVAL_ASKED)
        .group_by(Report.comment_id)
        .having(number > MOST_LISTED)
    )
    return {comment_id: found - MOST_LISTED for comment_id, found in session.execute(query)}


def open_about(session: Session, staff: Staff, comment: Comment) -> list[Report]:
    """Return the oldest reports of a comment that nobody has handled, for those who may handle them."""
    if comment.state is not CommentState.PUBLISHED or not staff.may(
        Permission.HANDLE_LETTERBOX, comment.site_id
    ):
        return []
    about = select(Report).where(Report.comment_id == comment.id, Report.handled_at.is_(None))
    # Whatever strangers say about it, what its writer asks for stands above.
    order = (Report.rule != REMOVAL_ASKED, Report.id)
    return list(session.scalars(about.order_by(*order).limit(MOST_LISTED)))


def open_corrections(session: Session, site_ids: list[int], most: int, after: int = 0) -> list[Correction]:
    """Return the corrections nobody has handled, oldest first; those that follow the id `after`."""
    return list(
        session.scalars(
            select(Correction)
            .where(Correction.site_id.in_(site_ids), Correction.handled_at.is_(None), Correction.id > after)
            .order_by(Correction.id)
            .limit(most)
            .options(joinedload(Correction.site))
        )
    )


def keep(session: Session, staff: Staff, report_id: int, now: datetime) -> Report:
    """Mark a report handled, the comment staying; raise `letterbox.handled` when a colleague was first."""
    begin_writing(session)
    row = session.get(Report, report_id, with_for_update=ROW, populate_existing=True)
    _may_handle(staff, row)
    assert row is not None
    row.outcome = ReportOutcome.KEPT
    _handle(session, staff, row, "report.keep", f"report:{row.id}", now)
    return row


def settle_removed(session: Session, staff: Staff | Operator, comment_id: int, now: datetime) -> None:
    """Mark a comment's open reports handled because it was removed, in the caller's transaction."""
    session.execute(
        update(Report)
        .where(Report.comment_id == comment_id, Report.handled_at.is_(None))
        .values(
            handled_at=now,
            handled_by_id=staff.account_id,
            handled_by_name=staff.name,
            outcome=ReportOutcome.REMOVED,
        )
    )


def reopen_removed(session: Session, removal: Decision) -> None:
    """Open again the reports that a removal had settled, in the caller's transaction, since it is taken back."""
    session.execute(
        update(Report)
        .where(Report.comment_id == removal.comment_id, Report.outcome == ReportOutcome.REMOVED)
        # Both were written at the same moment; what an earlier removal settled stays settled.
        .where(Report.handled_at == removal.created_at)
        .values(handled_at=None, handled_by_id=None, handled_by_name=None, outcome=None)
    )


def handle_correction(session: Session, staff: Staff, correction_id: int, now: datetime) -> Correction:
    """Mark a correction handled; raise `letterbox.handled` when a colleague was first."""
    begin_writing(session)
    row = session.get(Correction, correction_id, with_for_update=ROW, populate_existing=True)
    _may_handle(staff, row)
    assert row is not None
    _handle(session, staff, row, "correction.handle", f"correction:{row.id}", now)
    return row


def _may_handle(staff: Staff, row: Report | Correction | None) -> None:
    if row is None or not staff.may(Permission.READ_QUEUE, row.site_id):
        raise NotFound("letterbox.unknown")
    if not staff.may(Permission.HANDLE_LETTERBOX, row.site_id):
        raise Forbidden("not-permitted")
    if row.handled_at is not None:
        raise Refusal("letterbox.handled", who=row.handled_by_name)


def _handle(
    session: Session, staff: Staff, row: Report | Correction, action: str, subject: str, now: datetime
) -> None:
    row.handled_at, row.handled_by_id, row.handled_by_name = now, staff.account_id, staff.name
    audit.record(session, staff, action, subject=subject, site_id=row.site_id, now=now)


def note(field: str, text: str) -> tuple[str, list[Refusal]]:
    """Return words as they are kept, and what is wrong with them (`letter.long`); then they are as they came."""
    body = normalise.clean_within(text, LONGEST_NOTE)
    if body is None:
        return text, [Refusal("letter.long", field, most=LONGEST_NOTE)]
    return body, []


def _read(letter: Letter) -> tuple[str, str | None, list[Refusal]]:
    """Return the words and the optional address, with whatever is wrong with them."""
    body, refusals = note("body", letter.body)
    email = None
    if letter.email.strip():
        try:
            email, _ = accounts.address(letter.email)
        except Refusal as refusal:
            refusals.append(refusal)
    return body, email, refusals
