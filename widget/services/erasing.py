"""What an operator does about a person who asks for it: closing the account, or erasing all that says who they are."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import NotFound, Refusal
from widget.models import (
    Account,
    AuditEntry,
    Comment,
    CommentState,
    Correction,
    Report,
    Rule,
    Thread,
)
from widget.moderation.actions import ACTIONS
from widget.moderation.permissions import Operator
from widget.services import accounts, audit, copies, letterbox, netiquettes, outbox, own_accounts, retention
from widget.services.locks import ROW
from widget.services.moves import Actor, Reason, move

# Everything is moderated, and any comment may be refused: the rule that a removal which blames nobody rests on.
_RULE = 14
_NOTE = "Erased at the person's request."


def close(session: Session, account_id: int, now: datetime) -> None:
    """Close an account as its holder would; raise NotFound for one that is closed, Refusal `account.staff`."""
    begin_writing(session)
    account = accounts.open_account(session, account_id, lock=True)
    own_accounts.of_reader(session, account_id)
    own_accounts.close_here(session, account, now)
    _record(session, "person.close", account_id, 0, now)


def erase(session: Session, account_id: int, now: datetime) -> int:
    """Erase a person: the account, and name, place and text of all comments; return how many comments.

    What is published is removed, what waits withdrawn. Decisions and the audit trail stay, without the account and
    without the trail's values. Raises NotFound, Refusal `account.staff`.
    """
    begin_writing(session)
    account = session.get(Account, account_id, with_for_update=ROW)
    if account is None:
        raise NotFound("account.unknown")
    own_accounts.of_reader(session, account_id)
    comments = _take_down(session, account_id, now)
    _empty(session, comments, now)
    addresses = copies.own_addresses(account)
    for kind in (Report, Correction):
        session.execute(update(kind).where(kind.email.in_(addresses)).values(email=None))
    outbox.forget(session, account, now)
    trail = select(AuditEntry).where(AuditEntry.subject == f"account:{account_id}")
    for entry in session.scalars(trail):
        entry.payload = None
    session.flush()
    session.execute(delete(Account).where(Account.id == account_id))
    session.expire_all()
    _record(session, "person.erase", account_id, len(comments), now)
    return len(comments)


def _take_down(session: Session, account_id: int, now: datetime) -> list[int]:
    """Remove what is published and withdraw what waits; return the ids of all comments.

    Comments before threads, as a decision locks them, and each in the order of ids.
    """
    query = select(Comment).where(Comment.account_id == account_id).order_by(Comment.id)
    found = session.scalars(query.with_for_update(**ROW)).all()
    public = {comment.thread_id for comment in found if comment.state is CommentState.PUBLISHED}
    locked = select(Thread).where(Thread.id.in_(public)).order_by(Thread.id)
    session.scalars(locked.with_for_update(**ROW)).all()
    operator, rules = Operator(), dict[int, Rule]()
    # No decision is to hold the name that goes.
    actor = Actor(None, operator.name)
    for comment in found:
        if comment.state is CommentState.PENDING:
            move(session, comment, CommentState.WITHDRAWN, ACTIONS["withdraw"].name, actor, now)
        elif comment.state is CommentState.PUBLISHED:
            if comment.site_id not in rules:
                rules[comment.site_id] = _rule(session, comment.site_id)
            reason = Reason(rules[comment.site_id], _NOTE)
            move(session, comment, CommentState.REMOVED, ACTIONS["remove"].name, actor, now, reason=reason)
            letterbox.settle_removed(session, operator, comment.id, now)
    return [comment.id for comment in found]


def _rule(session: Session, site_id: int) -> Rule:
    """Return the rule to cite: the fourteenth, or the first that can be cited where a site has retired it."""
    rules = netiquettes.in_force(session, site_id)
    try:
        return netiquettes.cited(rules, _RULE, _NOTE)
    except Refusal:
        return next(rule for rule in rules.rules if rule.citable and not rule.retired)


def _empty(session: Session, comments: list[int], now: datetime) -> None:
    retention.erase(session, comments, now)
    session.execute(
        update(Comment)
        .where(Comment.id.in_(comments))
        .values(name=retention.ERASED, place=retention.ERASED)
        .execution_options(synchronize_session=False)
    )
    asked = update(Report).where(Report.comment_id.in_(comments), Report.rule == letterbox.REMOVAL_ASKED)
    session.execute(asked.values(note=None))


def _record(session: Session, action: str, account_id: int, comments: int, now: datetime) -> None:
    audit.record(
        session,
        Operator(),
        action,
        subject=f"account:{account_id}",
        site_id=None,
        after={"comments": comments} if comments else None,
        now=now,
    )
