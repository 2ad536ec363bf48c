"""Bans: imposed by rule and term, lifted, and looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import Account, Ban, Comment, CommentState, Thread
from widget.moderation.actions import ACTIONS
from widget.moderation.permissions import Permission, Staff
from widget.services import audit, letterbox, netiquettes, outbox, people
from widget.services.locks import ROW
from widget.services.moves import Actor, Reason, move

# What the desk offers; moderators ban for up to seven days (docs/words.md, "People").
TERMS: dict[str, timedelta | None] = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "forever": None,
}
_BRIEF = timedelta(days=7)


@dataclass(frozen=True)
class BanOrder:
    """A ban as staff order it; `everywhere` extends it beyond the site.

    `refuse_waiting` extends it to what waits where it holds, `remove_published` to what is published there.
    """

    account_id: int
    site_id: int
    term: str
    rule: int | None
    note: str = ""
    private_note: str = ""
    everywhere: bool = False
    refuse_waiting: bool = True
    remove_published: bool = False


# Asked whenever somebody writes, and so put together once.
_ACTIVE = (
    select(Ban)
    .where(Ban.account_id == bindparam("account_id"), Ban.lifted_at.is_(None))
    .where(or_(Ban.site_id.is_(None), Ban.site_id == bindparam("site_id")))
    .where(or_(Ban.until.is_(None), Ban.until > bindparam("now")))
    .order_by(Ban.until.is_not(None), Ban.until.desc())
    .limit(1)
    .options(joinedload(Ban.rule))
)


def active(session: Session, account_id: int, site_id: int, now: datetime) -> Ban | None:
    """Return the ban that keeps an account from commenting on a site, the one that ends last."""
    asked = {"account_id": account_id, "site_id": site_id, "now": now}
    return session.scalars(_ACTIVE, asked).one_or_none()


def impose(session: Session, staff: Staff, order: BanOrder, now: datetime) -> Ban:
    """Ban an account, refuse and remove what it has there if so ordered, and tell the person in one mail.

    Raises NotFound for somebody who never wrote on that site, Forbidden (`ban.too-long`, `ban.everywhere`),
    Refusal (`ban.term`, `ban.own`, `ban.already`, and those of citing a rule).
    """
    if order.term not in TERMS:
        raise Refusal("ban.term", "term")
    begin_writing(session)
    # The row lock puts a ban and a comment being sent in order: whichever commits first is seen by the other.
    account = session.get(Account, order.account_id, with_for_update=ROW, populate_existing=True)
    known = account is not None and people.is_known(session, account.id, [order.site_id])
    if account is None or not known or not staff.may(Permission.READ_PEOPLE, order.site_id):
        raise NotFound("account.unknown")
    _permitted(staff, order, TERMS[order.term])
    rule = netiquettes.cited(netiquettes.in_force(session, order.site_id), order.rule, order.note)
    existing = active(session, account.id, order.site_id, now)
    if existing is not None:
        raise Refusal("ban.already", until=existing.until)
    ban = _made(staff, order, rule.id, now)
    session.add(ban)
    session.flush()
    refused, removed = _take_down(session, staff, ban, order, Reason(rule, order.note), now)
    audit.record(
        session,
        staff,
        "ban.impose",
        subject=f"account:{account.id}",
        site_id=order.site_id,
        after={
            "term": order.term,
            "everywhere": order.everywhere,
            "rule": rule.number,
            "refused": refused,
            "removed": removed,
        },
        now=now,
    )
    _tell(session, account, ban, order.site_id, {"refused": refused, "removed": removed}, now)
    return ban


def _made(staff: Staff, order: BanOrder, rule_id: int, now: datetime) -> Ban:
    term = TERMS[order.term]
    return Ban(
        account_id=order.account_id,
        site_id=None if order.everywhere else order.site_id,
        rule_id=rule_id,
        until=None if term is None else now + term,
        note=order.note or None,
        private_note=order.private_note or None,
        created_at=now,
        created_by_id=staff.account_id,
        created_by_name=staff.name,
    )


def _tell(
    session: Session, account: Account, ban: Ban, site_id: int, numbers: Mapping[str, int], now: datetime
) -> None:
    outbox.enqueue(
        session,
        "banned",
        # An address that was never confirmed may be somebody else's.
        to=account.email if account.email_confirmed_at else None,
        language=account.language,
        params={"ban_id": ban.id, "name": account.name, **numbers},
        site_id=site_id,
        now=now,
    )


def lift(session: Session, staff: Staff, ban_id: int, now: datetime) -> Ban:
    """End a ban early; a moderator lifts their own, an editor anybody's. Whoever calls tells the person.

    Raises NotFound, Forbidden (`not-permitted`), Refusal (`ban.over`).
    """
    begin_writing(session)
    ban = session.get(Ban, ban_id, with_for_update=ROW, populate_existing=True)
    if ban is None or not staff.may(Permission.READ_PEOPLE, ban.site_id):
        raise NotFound("ban.unknown")
    own = ban.created_by_id == staff.account_id
    if not own and not staff.may(Permission.LIFT_BANS, ban.site_id):
        raise Forbidden("not-permitted")
    if not ban.holds(now):
        raise Refusal("ban.over")
    ban.lifted_at, ban.lifted_by_id, ban.lifted_by_name = now, staff.account_id, staff.name
    audit.record(
        session,
        staff,
        "ban.lift",
        subject=f"account:{ban.account_id}",
        site_id=ban.site_id,
        before={"until": ban.until.isoformat() if ban.until else None},
        now=now,
    )
    return ban


def tell_lifted(session: Session, ban: Ban, now: datetime) -> None:
    """Tell a person by mail that they can write again, where they know of the ban, and no other one holds.

    Where the mail about the ban has not left yet it is cancelled instead: nothing happened that they would know of.
    """
    account = session.get_one(Account, ban.account_id)
    # A ban from all sites was told of in the name of the site whose rule it cites.
    site_id = ban.rule.netiquette.site_id
    if account.email is None or account.email_confirmed_at is None:
        return
    if outbox.call_back(session, "banned", account.email, {"ban_id": ban.id}, now):
        return
    if active(session, account.id, site_id, now) is not None:
        return
    outbox.enqueue(
        session,
        "lifted",
        to=account.email,
        language=account.language,
        params={"ban_id": ban.id, "name": account.name},
        site_id=site_id,
        now=now,
    )


def _permitted(staff: Staff, order: BanOrder, term: timedelta | None) -> None:
    if order.account_id == staff.account_id:
        raise Refusal("ban.own")
    brief = term is not None and term <= _BRIEF
    if not staff.may(Permission.BAN_BRIEFLY if brief else Permission.BAN_AT_LENGTH, order.site_id):
        raise Forbidden("ban.too-long")
    if order.everywhere and not staff.may(Permission.BAN_EVERYWHERE, None):
        raise Forbidden("ban.everywhere")


def _take_down(
    session: Session, staff: Staff, ban: Ban, order: BanOrder, reason: Reason, now: datetime
) -> tuple[int, int]:
    """Refuse what the banned account has waiting where it is banned, and remove what it has published there.

    Each comment has a decision of its own that cites the rule; the ban's own mail tells of all of them. Return how
    many were refused and how many removed.
    """
    actions = [ACTIONS["refuse"]] if order.refuse_waiting else []
    if order.remove_published:
        actions.append(ACTIONS["remove"])
    done = {"refuse": 0, "remove": 0}
    by_origin = {action.origin: action for action in actions}
    actor = Actor(staff.account_id, staff.name, staff.sign_in_id)
    for comment in _held(session, ban, set(by_origin)):
        action = by_origin[comment.state]
        move(session, comment, action.target, action.name, actor, now, reason=reason)
        if action.name == "remove":
            letterbox.settle_removed(session, staff, comment.id, now)
        done[action.name] += 1
    return done["refuse"], done["remove"]


def _held(session: Session, ban: Ban, states: set[CommentState]) -> Sequence[Comment]:
    """Return the banned account's comments in those states where it is banned, locked together with their threads.

    Comments before threads, as a decision locks them, and each in the order of ids: two bans at once never wait for
    each other.
    """
    if not states:
        return ()
    query = select(Comment).where(Comment.account_id == ban.account_id, Comment.state.in_(states))
    if ban.site_id is not None:
        query = query.where(Comment.site_id == ban.site_id)
    found = session.scalars(query.order_by(Comment.id).with_for_update(**ROW)).all()
    public = {comment.thread_id for comment in found if comment.state is CommentState.PUBLISHED}
    session.scalars(
        select(Thread).where(Thread.id.in_(public)).order_by(Thread.id).with_for_update(**ROW)
    ).all()
    return found
