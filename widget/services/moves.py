"""The one place that changes a comment's state, and writes down who did."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from widget.errors import Stale
from widget.models import Account, Comment, CommentState, Decision, Rule, Thread
from widget.moderation.actions import ACTIONS, UNDO
from widget.services import netiquettes, opinions, outbox, settled_days
from widget.services.locks import ROW


@dataclass(frozen=True)
class Actor:
    """Who moves a comment: the writer, staff in a certain sign-in, or an operator, who has no account."""

    account_id: int | None
    name: str
    sign_in_id: int | None = None


@dataclass(frozen=True)
class Reason:
    """What a move rests on: the rule cited, the words to the writer, those among staff."""

    rule: Rule | None = None
    note: str | None = None
    private_note: str | None = None


_NONE = Reason()


def move(
    session: Session,
    comment: Comment,
    target: CommentState,
    action: str,
    actor: Actor,
    now: datetime,
    *,
    reason: Reason = _NONE,
    reverses_id: int | None = None,
) -> Decision:
    """Move a comment, in the caller's write transaction, from the state and version it was read in.

    The update names both, and the decision's version is unique: were either other than what the
    caller read, nothing would be written. Raises Stale with who decided what.
    """
    origin, version = comment.state, comment.version
    _reopen(session, comment, now)
    changed = session.execute(
        update(Comment)
        .where(Comment.id == comment.id, Comment.state == origin, Comment.version == version)
        .values(state=target, version=version + 1, **_publication(session, comment, target, now))
        # The row as it is held in memory follows, and need not be read again.
        .execution_options(synchronize_session="evaluate")
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise stale(session, comment.id)
    decision = _decided(
        session, comment, (origin, target), version + 1, action, actor, reason, reverses_id, now
    )
    session.add(decision)
    session.flush()
    opinions.settle(session, comment.id, now)
    _supersede(session, comment.id, version, now)
    return decision


def _reopen(session: Session, comment: Comment, now: datetime) -> None:
    """Let the figures know that the decision in force until now is not any more: it may be an earlier day's."""
    if comment.version == 1:
        return
    made_at = session.scalars(
        select(Decision.created_at).where(
            Decision.comment_id == comment.id, Decision.comment_version == comment.version
        )
    ).one_or_none()
    settled_days.reopen(session, comment.site_id, [made_at], now)


def _supersede(session: Session, comment_id: int, version: int, now: datetime) -> None:
    """Cancel the mail that says that a decision was taken back, if it has not left: now something else holds."""
    # Sent, decided, taken back: before the third version there is none.
    if version > 2:
        taken_back = select(Decision.id).where(Decision.comment_id == comment_id, Decision.action == UNDO)
        outbox.cancel_for_decision(session, taken_back, now)


def _decided(
    session: Session,
    comment: Comment,
    states: tuple[CommentState, CommentState],
    version: int,
    action: str,
    actor: Actor,
    reason: Reason,
    reverses_id: int | None,
    now: datetime,
) -> Decision:
    """Return the row that says who moved a comment from which state to which, and why."""
    origin, target = states
    return Decision(
        comment=comment,
        comment_version=version,
        action=action,
        from_state=origin,
        to_state=target,
        netiquette_id=netiquettes.newest(session, comment.site_id).id,
        rule_id=reason.rule.id if reason.rule else None,
        note=reason.note or None,
        private_note=reason.private_note or None,
        reverses_id=reverses_id,
        created_at=now,
        **vars(actor),
    )


def stale(session: Session, comment_id: int) -> Stale:
    """Return the refusal that says how the comment stands now, and who brought it there, and when."""
    session.expire_all()
    comment = session.get_one(Comment, comment_id)
    last = session.scalars(
        select(Decision).where(Decision.comment_id == comment_id).order_by(Decision.id.desc()).limit(1)
    ).one_or_none()
    if last is None or last.comment_version != comment.version:
        return Stale("comment.edited", comment=comment_id)
    if last.action == "withdraw":
        return Stale("comment.withdrawn", comment=comment_id, at=last.created_at)
    return Stale("comment.decided", comment=comment_id, who=last.name, action=last.action, at=last.created_at)


def withdraw(session: Session, comment: Comment, account_id: int, now: datetime) -> None:
    """Withdraw a comment as its own writer, whose name stands on the comment alone: there it can be erased."""
    action = ACTIONS["withdraw"]
    move(session, comment, action.target, action.name, Actor(account_id, ""), now)


def withdraw_all(session: Session, account: Account, now: datetime) -> None:
    """Withdraw everything of an account that still waits, in the caller's write transaction."""
    pending = session.scalars(
        select(Comment)
        .where(Comment.account_id == account.id, Comment.state == CommentState.PENDING)
        .with_for_update(**ROW)
    ).all()
    for comment in pending:
        withdraw(session, comment, account.id, now)


def _publication(
    session: Session, comment: Comment, target: CommentState, now: datetime
) -> dict[str, int | datetime]:
    """Return what publishing adds to the comment, and let the thread's public version follow."""
    was_public = comment.state in {CommentState.PUBLISHED, CommentState.REMOVED}
    if target is not CommentState.PUBLISHED and not was_public:
        return {}
    thread = session.get_one(Thread, comment.thread_id, with_for_update=ROW, populate_existing=True)
    thread.version += 1
    thread.published += (target is CommentState.PUBLISHED) - (comment.state is CommentState.PUBLISHED)
    if target is not CommentState.PUBLISHED:
        return {}
    thread.first_published_at = thread.first_published_at or now
    values: dict[str, int | datetime] = {"published_at": comment.published_at or now}
    if comment.root_id is None and comment.position is None:
        thread.positions += 1
        values["position"] = thread.positions
    return values
