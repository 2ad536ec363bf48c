"""Decisions: one key, one transaction; a stale one is refused and names who decided."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import Account, Comment, CommentState, Decision, Site
from widget.moderation.actions import ACTIONS, UNDO, UNDONE_TO
from widget.moderation.permissions import Permission, Staff
from widget.services import audit, identities, letterbox, moves, netiquettes, outbox, second_readings
from widget.services.locks import ROW
from widget.services.moves import Actor, Reason

_AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class Order:
    """A decision as staff order it: the action, the version they had before their eyes, and why."""

    comment_id: int
    action: str
    expected_version: int
    rule: int | None = None
    note: str = ""
    private_note: str = ""


def decide(session: Session, staff: Staff, order: Order, grace: timedelta, now: datetime) -> Decision:
    """Move a comment as ordered, tell its writer after the grace time, and leave an audit entry.

    Raises NotFound, Forbidden (`not-permitted`, `decision.own`), Stale (`comment.decided`, `comment.edited`,
    `comment.withdrawn`), Refusal (those of citing a rule; `publish.unconfirmed`, `publish.identity`, `publish.parent`).
    """
    begin_writing(session)
    return decide_here(session, staff, order, grace, now)


def decide_here(session: Session, staff: Staff, order: Order, grace: timedelta, now: datetime) -> Decision:
    """Decide as `decide` does, in the caller's write transaction."""
    action = ACTIONS.get(order.action)
    if action is None or action.by_writer:
        raise Refusal("action.unknown")
    comment = locked(session, staff, order.comment_id)
    if comment.state is not action.origin or comment.version != order.expected_version:
        raise moves.stale(session, comment.id)
    reason = Reason(None, order.note, order.private_note)
    if action.cites:
        rule = netiquettes.cited(netiquettes.in_force(session, comment.site_id), order.rule, order.note)
        reason = Reason(rule, order.note, order.private_note)
    if action.target is CommentState.PUBLISHED:
        _publishable(session, comment)
    actor = Actor(staff.account_id, staff.name, staff.sign_in_id)
    decision = moves.move(session, comment, action.target, action.name, actor, now, reason=reason)
    if action.target is CommentState.REMOVED:
        letterbox.settle_removed(session, staff, comment.id, now)
    _tell(session, comment, decision, action.tells, grace, now)
    _audit(session, staff, comment, decision, now)
    second_readings.draw(session, decision, comment.site_id, now)
    return decision


def undo(
    session: Session, staff: Staff, decision_id: int, now: datetime, *, grace: timedelta = _AT_ONCE
) -> Decision:
    """Take back a decision of this very sign-in while nothing came after it.

    The mail about it is cancelled if it has not left; else the writer is told, after the grace time. Raises NotFound,
    Forbidden (`undo.not-yours`), Refusal (`undo.not-possible`, `undo.has-replies`, `publish.identity`,
    `publish.parent`), Stale.
    """
    begin_writing(session)
    return undo_here(session, staff, decision_id, now, grace=grace)


def undo_here(
    session: Session, staff: Staff, decision_id: int, now: datetime, *, grace: timedelta = _AT_ONCE
) -> Decision:
    """Take back as `undo` does, in the caller's write transaction."""
    taken = session.get(Decision, decision_id)
    if taken is None:
        raise NotFound("decision.unknown")
    comment = locked(session, staff, taken.comment_id)
    if taken.sign_in_id is None or taken.sign_in_id != staff.sign_in_id:
        raise Forbidden("undo.not-yours")
    if taken.action not in UNDONE_TO:
        raise Refusal("undo.not-possible")
    if taken.comment_version != comment.version:
        raise moves.stale(session, comment.id)
    if taken.action == "publish" and _has_public_replies(session, comment):
        raise Refusal("undo.has-replies")
    if UNDONE_TO[taken.action] is CommentState.PUBLISHED:
        _publishable_again(session, comment)
    actor = Actor(staff.account_id, staff.name, staff.sign_in_id)
    decision = moves.move(session, comment, UNDONE_TO[taken.action], UNDO, actor, now, reverses_id=taken.id)
    if taken.to_state is CommentState.REMOVED:
        letterbox.reopen_removed(session, taken)
    outbox.cancel_for_decision(session, taken.id, now)
    if outbox.told(session, [taken.id], now):
        _tell(session, comment, decision, "undone", grace, now)
    second_readings.forget(session, taken.id, now)
    _audit(session, staff, comment, decision, now)
    return decision


def latest_undoable(session: Session, staff: Staff) -> Decision | None:
    """Return the newest decision of this sign-in that still can be undone."""
    recent = session.scalars(
        select(Decision)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Decision.sign_in_id == staff.sign_in_id, Decision.action.in_(UNDONE_TO))
        .where(Comment.version == Decision.comment_version)
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return recent.one_or_none()


def history(session: Session, comment_id: int) -> list[Decision]:
    """Return every move of a comment, oldest first."""
    return list(
        session.scalars(select(Decision).where(Decision.comment_id == comment_id).order_by(Decision.id))
    )


def locked(session: Session, staff: Staff, comment_id: int) -> Comment:
    """Return a comment, locked, for somebody who may decide it, in the caller's write transaction.

    Raises NotFound (`comment.unknown`) on a site that is none of theirs, Forbidden (`not-permitted`, `decision.own`).
    """
    comment = session.get(Comment, comment_id, with_for_update=ROW, populate_existing=True)
    if comment is None or not staff.may(Permission.READ_QUEUE, comment.site_id):
        raise NotFound("comment.unknown")
    if not staff.may(Permission.DECIDE, comment.site_id):
        raise Forbidden("not-permitted")
    if comment.account_id == staff.account_id and not session.get_one(Site, comment.site_id).own_decisions:
        raise Forbidden("decision.own")
    return comment


def _publishable(session: Session, comment: Comment) -> None:
    """Raise Refusal for what cannot be published yet: rule 1, and a reply before its parent."""
    if comment.queued_at is None:
        raise Refusal("publish.unconfirmed")
    _trusted(session, comment)
    if comment.parent_id is None:
        return
    # The lock keeps the parent from being taken back while its reply is published.
    parent = session.get_one(Comment, comment.parent_id, with_for_update=ROW, populate_existing=True)
    if parent.state is not CommentState.PUBLISHED:
        raise Refusal("publish.parent", name=parent.name, state=parent.state.value)


def _publishable_again(session: Session, comment: Comment) -> None:
    """Raise Refusal where a removal cannot be undone: in doubt meanwhile, or the parent was taken back."""
    _trusted(session, comment)
    if comment.parent_id is None:
        return
    parent = session.get_one(Comment, comment.parent_id, with_for_update=ROW, populate_existing=True)
    # Under a removed parent it stands as before: the parent keeps its place as a tombstone.
    if parent.state not in {CommentState.PUBLISHED, CommentState.REMOVED}:
        raise Refusal("publish.parent", name=parent.name, state=parent.state.value)


def _trusted(session: Session, comment: Comment) -> None:
    """Raise Refusal where this site's staff doubt who the writer is (rule 1)."""
    if identities.is_in_doubt(session, comment.account_id, comment.site_id):
        raise Refusal("publish.identity", name=comment.name)


def _has_public_replies(session: Session, comment: Comment) -> bool:
    """Whether anything published answers a comment, directly or below a reply that was removed."""
    replies = session.execute(
        select(Comment.id, Comment.parent_id, Comment.state)
        .where(Comment.root_id == (comment.root_id or comment.id))
        .order_by(Comment.id)
    )
    # A reply comes after what it answers, so one pass meets every branch from its beginning.
    below = {comment.id}
    for reply_id, parent_id, state in replies:
        if parent_id in below:
            if state is CommentState.PUBLISHED:
                return True
            below.add(reply_id)
    return False


def _tell(
    session: Session,
    comment: Comment,
    decision: Decision,
    template: str | None,
    grace: timedelta,
    now: datetime,
) -> None:
    account = session.get(Account, comment.account_id) if comment.account_id else None
    if account is None or template is None or account.email_confirmed_at is None:
        return
    outbox.enqueue(
        session,
        template,
        to=account.email,
        language=account.language,
        params={"comment_id": comment.id, "decision_id": decision.id, "name": account.name},
        site_id=comment.site_id,
        decision_id=decision.id,
        grace=grace,
        now=now,
    )


def _audit(session: Session, staff: Staff, comment: Comment, decision: Decision, now: datetime) -> None:
    audit.record(
        session,
        staff,
        f"comment.{decision.action}",
        subject=f"comment:{comment.id}",
        site_id=comment.site_id,
        before={"state": decision.from_state.value},
        after={"state": decision.to_state.value, "rule": decision.rule_id, "decision": decision.id},
        now=now,
    )
