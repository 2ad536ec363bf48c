"""People as the desk sees them: found, with their record on the sites that staff may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from widget.errors import NotFound
from widget.models import Account, Ban, Comment, CommentState, Decision, Report, SignIn, SignInKind
from widget.moderation.permissions import Permission, Staff
from widget.services import directory
from widget.text import normalise
from widget.text.search import wanted

PAGE = 25
# How far back the share of refused comments looks.
LATELY = timedelta(days=90)
_DECIDED = (CommentState.PUBLISHED, CommentState.REFUSED, CommentState.REMOVED)


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
class Signature:
    """A name and place as comments were signed with them, from when to when, and how many."""

    name: str
    place: str
    since: datetime
    until: datetime
    comments: int


@dataclass(frozen=True)
class Lately:
    """What was decided of somebody's latest comments: how many of them were refused."""

    decided: int
    refused: int

    @property
    def share(self) -> int:
        """The refused among the decided, in whole per cent."""
        return round(100 * self.refused / self.decided) if self.decided else 0


@dataclass(frozen=True)
class Person:
    """Everything a person's page shows of the comments; `following` is where the next page of them begins."""

    account: Account
    record: Record
    comments: list[Comment]
    following: int | None
    decisions: Mapping[int, list[Decision]]
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
    """Return the people who wrote on those sites and whose name and place hold the words, or whose whole address it is.

    Where more than `directory.MOST` people fit, these are some of them.
    """
    wrote = select(Comment.id).where(Comment.account_id == Account.id, Comment.site_id.in_(site_ids)).exists()
    query = select(Account)
    asked = wanted(search)
    if "@" in search:
        query = query.where(Account.email_key == normalise.address_key(normalise.clean(search)), wrote)
    elif asked:
        query = query.where(Account.id.in_(directory.people(asked, site_ids)))
    elif search:
        return []
    else:
        query = query.where(wrote)
    return list(session.scalars(query.order_by(Account.name, Account.id).limit(most)))


def is_known(session: Session, account_id: int, site_ids: list[int]) -> bool:
    """Whether an account ever wrote on one of those sites, so that their staff may know of it."""
    wrote = select(Comment.id).where(Comment.account_id == account_id, Comment.site_id.in_(site_ids))
    return session.scalars(wrote.limit(1)).one_or_none() is not None


def person(
    session: Session,
    staff: Staff,
    account_id: int,
    site_ids: list[int],
    before: int | None = None,
    most: int = PAGE,
) -> Person:
    """Return a person's page as staff of those sites may see it; raise NotFound when they wrote on none.

    Comments come newest first; `before` is the id of a comment after which the page goes on.
    """
    account = session.get(Account, account_id)
    query = (
        select(Comment)
        .where(Comment.account_id == account_id, Comment.site_id.in_(site_ids))
        # What waits for its writer's confirmation is read by nobody.
        .where(Comment.queued_at.is_not(None))
    )
    if before is not None:
        query = query.where(Comment.id < before)
    rows = list(
        session.scalars(query.order_by(Comment.id.desc()).limit(most + 1).options(joinedload(Comment.thread)))
    )
    known = bool(rows) or is_known(session, account_id, site_ids)
    if account is None or (not known and not staff.may(Permission.MANAGE_STAFF, None)):
        raise NotFound("account.unknown")
    comments = rows[:most]
    decisions: dict[int, list[Decision]] = defaultdict(list)
    for decision in session.scalars(
        select(Decision)
        .where(Decision.comment_id.in_([comment.id for comment in comments]))
        .order_by(Decision.id)
        .options(joinedload(Decision.rule))
    ):
        decisions[decision.comment_id].append(decision)
    return Person(
        account=account,
        record=records(session, [account_id], site_ids)[account_id],
        comments=comments,
        following=comments[-1].id if len(rows) > most else None,
        decisions=decisions,
        bans=_bans(session, account_id, site_ids),
    )


def _bans(session: Session, account_id: int, site_ids: list[int]) -> list[Ban]:
    return list(
        session.scalars(
            select(Ban)
            .where(Ban.account_id == account_id, or_(Ban.site_id.is_(None), Ban.site_id.in_(site_ids)))
            .order_by(Ban.id.desc())
            .options(joinedload(Ban.rule))
        )
    )


def sites_of(session: Session, account_id: int, among: list[int]) -> set[int]:
    """Return on which of those sites a person has written."""
    wrote = select(Comment.site_id).where(Comment.account_id == account_id, Comment.site_id.in_(among))
    return set(session.scalars(wrote.distinct()))


def signatures(session: Session, account_id: int, site_ids: list[int], most: int = 20) -> list[Signature]:
    """Return the names and places a person signed with on those sites, as they were sent, latest first."""
    until = func.max(Comment.created_at)
    rows = session.execute(
        select(Comment.name, Comment.place, func.min(Comment.created_at), until, func.count())
        .where(Comment.account_id == account_id, Comment.site_id.in_(site_ids))
        .where(Comment.queued_at.is_not(None))
        .group_by(Comment.name, Comment.place)
        .order_by(until.desc())
        .limit(most)
    )
    return [Signature(*row) for row in rows]


def lately(session: Session, account_id: int, site_ids: list[int], now: datetime) -> Lately:
    """Return what became of a person's comments of the last 90 days, as far as they were decided."""
    counts = dict(
        session.execute(
            select(Comment.state, func.count())
            .where(Comment.account_id == account_id, Comment.site_id.in_(site_ids))
            .where(Comment.created_at > now - LATELY, Comment.state.in_(_DECIDED))
            .group_by(Comment.state)
        ).all()
    )
    return Lately(sum(counts.values()), counts.get(CommentState.REFUSED, 0))


def reports_by(session: Session, account: Account, site_ids: list[int], most: int = 50) -> list[Report]:
    """Return the reports that carry this person's confirmed address; all others are anonymous."""
    if account.email is None or account.email_confirmed_at is None:
        return []
    return list(
        session.scalars(
            select(Report)
            .where(Report.email.in_({account.email, account.email_key}), Report.site_id.in_(site_ids))
            .order_by(Report.id.desc())
            .limit(most)
            .options(joinedload(Report.comment))
        )
    )


def sign_ins(session: Session, account_id: int, most: int = 10) -> list[SignIn]:
    """Return a person's latest sign-ins as a reader; where somebody works is no business of other newsrooms."""
    query = select(SignIn).where(SignIn.account_id == account_id, SignIn.kind == SignInKind.READER)
    return list(session.scalars(query.order_by(SignIn.id.desc()).limit(most)))
