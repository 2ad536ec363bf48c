"""Appeals: a banned person replies to the ban once, and an editor who did not impose it decides."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import Account, Appeal, AppealOutcome, Ban
from widget.moderation.permissions import Permission, Staff
from widget.services import audit, bans, outbox
from widget.services.locks import ROW
from widget.text import normalise

LONGEST_WORDS = 2000


@dataclass(frozen=True)
class Ruling:
    """What an editor makes of an appeal; `term` counts from now and belongs to a shortened ban alone."""

    appeal_id: int
    outcome: str
    answer: str = ""
    term: str = ""


def of(session: Session, ban_id: int) -> Appeal | None:
    """Return what was said to a ban, if anything."""
    return session.scalars(select(Appeal).where(Appeal.ban_id == ban_id)).one_or_none()


def of_bans(session: Session, ban_ids: Collection[int]) -> dict[int, Appeal]:
    """Return what was said to each of several bans, by the ban's id."""
    if not ban_ids:
        return {}
    return {row.ban_id: row for row in session.scalars(select(Appeal).where(Appeal.ban_id.in_(ban_ids)))}


def send(session: Session, account_id: int, site_id: int, words: str, now: datetime) -> Appeal:
    """Keep a person's one reply to the ban that keeps them from writing on a site.

    Raises Refusal: `appeal.missing`, `appeal.long`, `ban.over`, `appeal.sent-already`.
    """
    body = normalise.clean_within(words, LONGEST_WORDS)
    if body is None:
        raise Refusal("appeal.long", "appeal", most=LONGEST_WORDS)
    if not body:
        raise Refusal("appeal.missing", "appeal")
    begin_writing(session)
    ban = bans.active(session, account_id, site_id, now)
    if ban is None:
        raise Refusal("ban.over")
    if of(session, ban.id) is not None:
        raise Refusal("appeal.sent-already")
    appeal = Appeal(ban_id=ban.id, site_id=site_id, body=body, created_at=now)
    session.add(appeal)
    try:
        session.flush()
    except IntegrityError:
        # Two clicks at once: the other's transaction was first, and one reply is all there is.
        raise Refusal("appeal.sent-already") from None
    return appeal


def waiting(session: Session, staff: Staff, site_ids: list[int], most: int, after: int = 0) -> list[Appeal]:
    """Return the appeals that nobody has handled, of the sites where the colleague may, oldest first, after the id `after`."""
    query = _open(staff, site_ids).where(Appeal.id > after).order_by(Appeal.id).limit(most)
    ban = joinedload(Appeal.ban)
    return list(session.scalars(query.options(ban.joinedload(Ban.account), ban.joinedload(Ban.rule))))


def count(session: Session, staff: Staff, site_ids: list[int], most: int) -> int:
    """Return how many appeals wait for an editor, counted no further than `most`."""
    limited = _open(staff, site_ids).with_only_columns(Appeal.id).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(limited)) or 0


def _open(staff: Staff, site_ids: list[int]) -> Select[Appeal]:
    allowed = staff.sites_where(Permission.HANDLE_APPEALS, site_ids)
    here: ColumnElement[bool] = Ban.site_id.in_(allowed)
    if staff.may(Permission.HANDLE_APPEALS, None):
        # A ban from all sites is for those who may judge on all.
        here = or_(here, Ban.site_id.is_(None))
    return select(Appeal).join(Ban, Ban.id == Appeal.ban_id).where(Appeal.handled_at.is_(None), here)


def handle(session: Session, staff: Staff, ruling: Ruling, now: datetime) -> Appeal:
    """Decide about an appeal, and tell the person by mail.

    Raises NotFound, Forbidden (`not-permitted`, `appeal.own`), Refusal: `letterbox.handled` when a colleague was
    first, `appeal.outcome`, `appeal.answer` (a ban that is kept needs a word why), `appeal.term` (no shorter than it
    is), `appeal.over` (the ban has ended by itself: there is nothing left to lift), `appeal.long`.
    """
    answer = normalise.clean_within(ruling.answer, LONGEST_WORDS)
    if answer is None:
        raise Refusal("appeal.long", "answer", most=LONGEST_WORDS)
    if ruling.outcome not in set(AppealOutcome):
        raise Refusal("appeal.outcome", "outcome")
    outcome = AppealOutcome(ruling.outcome)
    appeal, ban = _locked(session, staff, ruling.appeal_id)
    if outcome is AppealOutcome.KEPT and not answer:
        raise Refusal("appeal.answer", "answer")
    if outcome is not AppealOutcome.KEPT and not ban.holds(now):
        raise Refusal("appeal.over")
    before = ban.until
    if outcome is AppealOutcome.SHORTENED:
        ban.until = _shorter(ban, ruling.term, now)
    if outcome is AppealOutcome.LIFTED:
        ban.lifted_at, ban.lifted_by_id, ban.lifted_by_name = now, staff.account_id, staff.name
    audit.record(
        session,
        staff,
        f"appeal.{outcome.value}",
        subject=f"account:{ban.account_id}",
        site_id=ban.site_id,
        before={"until": before.isoformat() if before else None},
        after={"until": ban.until.isoformat() if ban.until else None, "appeal": appeal.id},
        now=now,
    )
    _settle(session, staff, appeal, outcome, answer, now)
    return appeal


def lift(session: Session, staff: Staff, ban_id: int, now: datetime) -> Ban:
    """End a ban early, and with it an appeal that still waits, and tell the person; raises what `bans.lift` raises."""
    ban = bans.lift(session, staff, ban_id, now)
    appeal = of(session, ban.id)
    if appeal is not None and appeal.handled_at is None:
        # The mail that answers it says that one can write again.
        _settle(session, staff, appeal, AppealOutcome.LIFTED, "", now)
    else:
        bans.tell_lifted(session, ban, now)
    return ban


def _settle(
    session: Session, staff: Staff, appeal: Appeal, outcome: AppealOutcome, answer: str, now: datetime
) -> None:
    """Close an appeal in the caller's transaction, and tell the person who wrote it."""
    appeal.outcome, appeal.answer = outcome, answer or None
    appeal.handled_at, appeal.handled_by_id, appeal.handled_by_name = now, staff.account_id, staff.name
    account = session.get_one(Account, appeal.ban.account_id)
    outbox.enqueue(
        session,
        "appeal",
        to=account.email if account.email_confirmed_at else None,
        language=account.language,
        params={"appeal_id": appeal.id, "ban_id": appeal.ban_id, "name": account.name},
        site_id=appeal.site_id,
        now=now,
    )


def may_handle(staff: Staff, appeal: Appeal) -> bool:
    """Whether a colleague may decide about an appeal: not about one against their own ban, unless the site allows it."""
    own = appeal.ban.created_by_id == staff.account_id
    return staff.may(Permission.HANDLE_APPEALS, appeal.ban.site_id) and (not own or appeal.site.own_decisions)


def _locked(session: Session, staff: Staff, appeal_id: int) -> tuple[Appeal, Ban]:
    begin_writing(session)
    known = session.get(Appeal, appeal_id)
    if known is None:
        raise NotFound("appeal.unknown")
    # The ban first, as where it is lifted, which settles the appeal in turn.
    ban = session.get_one(Ban, known.ban_id, with_for_update=ROW, populate_existing=True)
    appeal = session.get_one(Appeal, appeal_id, with_for_update=ROW, populate_existing=True)
    if not staff.may(Permission.READ_PEOPLE, ban.site_id):
        raise NotFound("appeal.unknown")
    if not staff.may(Permission.HANDLE_APPEALS, ban.site_id):
        raise Forbidden("not-permitted")
    if not may_handle(staff, appeal):
        raise Forbidden("appeal.own")
    if appeal.handled_at is not None:
        raise Refusal("letterbox.handled", who=appeal.handled_by_name)
    return appeal, ban


def _shorter(ban: Ban, term: str, now: datetime) -> datetime:
    """Return when the shortened ban ends: one of the terms from now, if that is sooner than it would end."""
    length = bans.TERMS.get(term)
    if length is None or (ban.until is not None and now + length >= ban.until):
        raise Refusal("appeal.term", "term")
    return now + length
