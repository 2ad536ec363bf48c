"""Identity: whether a site's staff trust that a person is who the signature says, asked and answered (rule 1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import Account, Identity, IdentityRow
from widget.moderation.permissions import Permission, Staff
from widget.services import audit, outbox, people
from widget.services.locks import ROW
from widget.text import normalise

LONGEST_WORDS = 2000
# Sooner nobody is asked the same again: mail takes its time, and so do people.
_PATIENCE = timedelta(days=1)


@dataclass(frozen=True)
class Marking:
    """Whose identity is meant, and on which site: what one newsroom doubts is no other's business."""

    account_id: int
    site_id: int


def is_in_doubt(session: Session, account_id: int | None, site_id: int) -> bool:
    """Whether a site's staff doubt who somebody is, which bars publication there."""
    if account_id is None:
        return False
    row = session.get(IdentityRow, (account_id, site_id), populate_existing=True)
    return row is not None and row.standing is Identity.DOUBT


def doubt(session: Session, account_id: int, site_id: int) -> IdentityRow | None:
    """Return what a site holds of somebody whose identity it doubts, with what was asked and answered, or None."""
    row = session.get(IdentityRow, (account_id, site_id))
    return row if row is not None and row.standing is Identity.DOUBT else None


def doubtful(session: Session, pairs: Iterable[tuple[int | None, int]]) -> set[tuple[int, int]]:
    """Return which of the given pairs of account and site stand in doubt, in one query."""
    wanted = {(account_id, site_id) for account_id, site_id in pairs if account_id is not None}
    if not wanted:
        return set()
    rows = session.execute(
        select(IdentityRow.account_id, IdentityRow.site_id)
        .where(tuple_(IdentityRow.account_id, IdentityRow.site_id).in_(wanted))
        .where(IdentityRow.standing == Identity.DOUBT)
    )
    return {(row.account_id, row.site_id) for row in rows}


def held(
    session: Session, account_ids: Iterable[int], site_ids: list[int]
) -> Mapping[int, Mapping[int, IdentityRow]]:
    """Return what those sites hold of several people, by account and site, in one query."""
    found: dict[int, dict[int, IdentityRow]] = defaultdict(dict)
    rows = session.scalars(
        select(IdentityRow)
        .where(IdentityRow.account_id.in_(set(account_ids)), IdentityRow.site_id.in_(site_ids))
        .order_by(IdentityRow.site_id)
    )
    for row in rows:
        found[row.account_id][row.site_id] = row
    return found


def doubted(session: Session, site_ids: list[int], most: int) -> list[IdentityRow]:
    """Return whoever is in doubt on those sites: those who answered first, then those marked longest ago."""
    return list(
        session.scalars(
            select(IdentityRow)
            .where(IdentityRow.site_id.in_(site_ids), IdentityRow.standing == Identity.DOUBT)
            .order_by(
                IdentityRow.answered_at.is_(None),
                IdentityRow.answered_at,
                IdentityRow.marked_at,
                IdentityRow.account_id,
            )
            .limit(most)
            .options(joinedload(IdentityRow.account), joinedload(IdentityRow.site))
        )
    )


def mark(session: Session, staff: Staff, about: Marking, state: Identity, now: datetime) -> Account:
    """Say whether a person is trusted, on one site, to be who the signature says.

    Raises NotFound for somebody who never wrote there, Forbidden.
    """
    account, row = _locked(session, staff, about)
    before = row.standing
    _set(row, staff, state, now)
    _record(session, staff, about, "person.identity", before, state, now)
    return account


def ask(session: Session, staff: Staff, about: Marking, question: str, now: datetime) -> Account:
    """Ask a person by mail to confirm who they are; until that is settled the identity is in doubt.

    Raises what `mark` raises, and Refusal: `identity.no-question`, `identity.long`, `identity.no-address` (none that
    was confirmed), `identity.asked-already` (within a day, and not answered).
    """
    question = _words(question, "question")
    account, row = _locked(session, staff, about)
    if account.email is None or account.email_confirmed_at is None:
        raise Refusal("identity.no-address", "question")
    if row.asked_at is not None and row.answered_at is None and row.asked_at > now - _PATIENCE:
        raise Refusal("identity.asked-already", "question", at=row.asked_at)
    before = row.standing
    _set(row, staff, Identity.DOUBT, now)
    row.question, row.asked_at, row.answer, row.answered_at = question, now, None, None
    _record(session, staff, about, "person.ask", before, Identity.DOUBT, now)
    outbox.enqueue(
        session,
        "identity",
        to=account.email,
        language=account.language,
        params={"account_id": account.id, "name": account.name},
        site_id=about.site_id,
        now=now,
    )
    return account


def answer(session: Session, about: Marking, asked_at: datetime, words: str, now: datetime) -> None:
    """Keep what a person answers to the question of that moment; staff then settle the doubt.

    Raises NotFound when that question is not the last one, Refusal: `identity.answered`, `identity.no-answer`,
    `identity.long`.
    """
    words = _words(words, "answer")
    begin_writing(session)
    row = session.get(
        IdentityRow, (about.account_id, about.site_id), with_for_update=ROW, populate_existing=True
    )
    if row is None or row.asked_at != asked_at:
        raise NotFound("account.unknown")
    if row.answered_at is not None:
        raise Refusal("identity.answered")
    row.answer, row.answered_at = words, now


def question(session: Session, about: Marking) -> IdentityRow | None:
    """Return what a person was asked last on a site, with what was answered, or None."""
    row = session.get(IdentityRow, (about.account_id, about.site_id))
    return row if row is not None and row.asked_at is not None else None


def fingerprint(row: IdentityRow) -> str:
    """Return what a mailed link is bound to: this site's question of this moment, and no other."""
    assert row.asked_at is not None
    return f"{row.site_id}|{row.asked_at.isoformat()}"


def _words(text: str, field: str) -> str:
    words = normalise.clean_within(text, LONGEST_WORDS)
    if words is None:
        raise Refusal("identity.long", field, most=LONGEST_WORDS)
    if not words:
        if field == "question":
            raise Refusal("identity.no-question", field)
        raise Refusal("identity.no-answer", field)
    return words


def _locked(session: Session, staff: Staff, about: Marking) -> tuple[Account, IdentityRow]:
    """Return the account and what the site holds of it, both kept from others until this transaction ends."""
    begin_writing(session)
    # The account's lock also keeps two colleagues from making the first row at once.
    account = session.get(Account, about.account_id, with_for_update=ROW, populate_existing=True)
    known = account is not None and people.is_known(session, about.account_id, [about.site_id])
    if account is None or not known or not staff.may(Permission.READ_PEOPLE, about.site_id):
        raise NotFound("account.unknown")
    if not staff.may(Permission.MARK_IDENTITY, about.site_id):
        raise Forbidden("not-permitted")
    row = session.get(
        IdentityRow, (about.account_id, about.site_id), with_for_update=ROW, populate_existing=True
    )
    if row is None:
        row = IdentityRow(account_id=about.account_id, site_id=about.site_id, standing=Identity.UNCHECKED)
        session.add(row)
    return account, row


def _set(row: IdentityRow, staff: Staff, state: Identity, now: datetime) -> None:
    row.standing = state
    row.marked_at, row.marked_by_id, row.marked_by_name = now, staff.account_id, staff.name


def _record(
    session: Session,
    staff: Staff,
    about: Marking,
    action: str,
    before: Identity,
    after: Identity,
    now: datetime,
) -> None:
    audit.record(
        session,
        staff,
        action,
        subject=f"account:{about.account_id}",
        site_id=about.site_id,
        before={"identity": before.value},
        after={"identity": after.value},
        now=now,
    )
