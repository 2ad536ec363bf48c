"""People as the desk sees them: found, with their record on the sites that staff may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound
from widget.models import Account, AuditEntry, Ban, Comment, CommentState, Decision, Identity
from widget.moderation.permissions import Permission, Staff
from widget.services import audit
from widget.services.locks import ROW
from widget.text import normalise

_MARKED = "person.identity"


@dataclass(frozen=True)
class Record:
    """What a writer's comments came to on certain sites: how many in each state, and how many bans."""

    states: Mapping[CommentState, int] = field(default_factory=dict)
    bans: int = 0

    def count(self, state: CommentState | str) -> int:
        """How many comments stand in that state."""
        return self.states.get(CommentState(state), 0)

    @property
    def is_first(self) -> bool:
        """Whether no comment of this writer was decided yet."""
        return not any(self.states.get(state) for state in CommentState if state is not CommentState.PENDING)


@dataclass(frozen=True)
class Person:
    """Everything a person's page shows."""

    account: Account
    record: Record
    comments: list[Comment]
    decisions: Mapping[int, Decision]
    bans: list[Ban]


def records(session: Session, account_ids: Iterable[int], site_ids: list[int]) -> dict[int, Record]:
    """Return the records of several writers at once, in two queries however many they are."""
    wanted = set(account_ids)
    states: dict[int, dict[CommentState, int]] = defaultdict(dict)
    for account_id, state, count in session.execute(
        select(Comment.account_id, Comment.state, func.count())
        .where(Comment.account_id.in_(wanted), Comment.site_id.in_(site_ids))
        .group_by(Comment.account_id, Comment.state)
    ):
        if account_id is not None:
            states[account_id][state] = count
    bans = dict(
        session.execute(
            select(Ban.account_id, func.count())
            .where(Ban.account_id.in_(wanted), or_(Ban.site_id.is_(None), Ban.site_id.in_(site_ids)))
            .group_by(Ban.account_id)
        ).all()
    )
    return {account_id: Record(states.get(account_id, {}), bans.get(account_id, 0)) for account_id in wanted}


def find(session: Session, site_ids: list[int], search: str, most: int) -> list[Account]:
    """Return the people who wrote on those sites and whose name, place or whole address matches."""
    wrote = select(Comment.id).where(Comment.account_id == Account.id, Comment.site_id.in_(site_ids)).exists()
    query = select(Account).where(wrote)
    if search:
        search = normalise.clean(search)
        query = query.where(
            or_(
                Account.name.icontains(search, autoescape=True),
                Account.place.icontains(search, autoescape=True),
                Account.email_key == search.casefold(),
            )
        )
    return list(session.scalars(query.order_by(Account.name, Account.id).limit(most)))


def is_known(session: Session, account_id: int, site_ids: list[int]) -> bool:
    """Whether an account ever wrote on one of those sites, so that their staff may know of it."""
    wrote = select(Comment.id).where(Comment.account_id == account_id, Comment.site_id.in_(site_ids))
    return session.scalars(wrote.limit(1)).one_or_none() is not None


def person(session: Session, staff: Staff, account_id: int, site_ids: list[int], most: int = 100) -> Person:
    """Return a person's page as staff of those sites may see it; raise NotFound when they wrote on none."""
    account = session.get(Account, account_id)
    comments = list(
        session.scalars(
            select(Comment)
            .where(Comment.account_id == account_id, Comment.site_id.in_(site_ids))
            # What waits for its writer's confirmation is read by nobody.
            .where(Comment.queued_at.is_not(None))
            .order_by(Comment.id.desc())
            .limit(most)
            .options(joinedload(Comment.thread))
        )
    )
    if account is None or (not comments and not staff.may(Permission.MANAGE_STAFF, None)):
        raise NotFound("account.unknown")
    decisions = session.scalars(
        select(Decision)
        .where(Decision.comment_id.in_([comment.id for comment in comments]))
        .order_by(Decision.id)
        .options(joinedload(Decision.rule))
    )
    bans = session.scalars(
        select(Ban)
        .where(Ban.account_id == account_id, or_(Ban.site_id.is_(None), Ban.site_id.in_(site_ids)))
        .order_by(Ban.id.desc())
        .options(joinedload(Ban.rule))
    )
    return Person(
        account=account,
        record=records(session, [account_id], site_ids)[account_id],
        comments=comments,
        decisions={decision.comment_id: decision for decision in decisions},
        bans=list(bans),
    )


def _raised_here(session: Session, account_id: int, staff: Staff, allowed: list[int]) -> bool:
    """Whether the present doubt was raised on these sites: nobody clears another newsroom's doubt."""
    site_id = session.scalars(
        select(AuditEntry.site_id)
        .where(AuditEntry.action == _MARKED, AuditEntry.subject == f"account:{account_id}")
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    return site_id in allowed if site_id is not None else staff.may(Permission.MARK_IDENTITY, None)


def mark_identity(
    session: Session, staff: Staff, account_id: int, identity: Identity, site_ids: list[int], now: datetime
) -> Account:
    """Say whether a person is trusted to be who the signature says (rule 1).

    Raises NotFound for somebody who never wrote on the staff's sites, Forbidden.
    """
    allowed = staff.sites_where(Permission.MARK_IDENTITY, site_ids)
    if not allowed:
        raise Forbidden("not-permitted")
    begin_writing(session)
    wrote = select(Comment.id).where(Comment.account_id == account_id, Comment.site_id.in_(allowed)).limit(1)
    account = session.get(Account, account_id, with_for_update=ROW, populate_existing=True)
    if account is None or session.scalars(wrote).one_or_none() is None:
        raise NotFound("account.unknown")
    if account.identity is Identity.DOUBT and not _raised_here(session, account_id, staff, allowed):
        raise Forbidden("not-permitted")
    before, account.identity = account.identity, identity
    audit.record(
        session,
        staff,
        _MARKED,
        subject=f"account:{account.id}",
        site_id=allowed[0] if len(allowed) == 1 else None,
        before={"identity": before.value},
        after={"identity": identity.value},
        now=now,
    )
    return account
