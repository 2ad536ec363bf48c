"""The periodic work: what lapses by itself and is then forgotten."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from widget.db import begin_writing, refresh_statistics
from widget.models import Account, Correction, OutboxMail, Report
from widget.services import (
    accounts,
    audit,
    invitations,
    leases,
    retention,
    settled_days,
    sign_ins,
    trail,
)

_log = logging.getLogger(__name__)
_MAIL_KEPT = timedelta(days=30)
# A registration that nobody confirmed within this time is closed, as if it had been disowned.
_UNCONFIRMED_KEPT = timedelta(days=30)
# How long staff may still write back to somebody whose report or correction they have handled.
_ADDRESS_KEPT = timedelta(days=90)
_MOST_AT_ONCE = 200


def run(session: Session, now: datetime, stopping: Callable[[], bool] = lambda: False) -> None:
    """Forget what has lapsed, and commit.

    Leases, sign-ins and invitations that ended, and mail that left or was given up thirty days ago, addresses on reports and
    corrections handled ninety days ago; registrations unconfirmed for thirty days are closed. What a site keeps only
    for a time it set goes when that is over. Days that are over are counted for the figures.
    Once a day the audit trail is verified (the log and the desk say how that went), and SQLite learns how large
    everything is.

    Several workers may do this at the same time: nothing is done twice, save that each may verify the trail. Between the
    long parts, and within that one, `stopping` is asked; the next run does what was left out.
    """
    begin_writing(session)
    sign_ins.forget_expired(session, now)
    invitations.forget_ended(session, now)
    leases.forget_lapsed(session, now)
    before = now - _MAIL_KEPT
    session.execute(
        delete(OutboxMail).where(or_(OutboxMail.sent_at < before, OutboxMail.cancelled_at < before))
    )
    for kind in (Report, Correction):
        session.execute(
            update(kind)
            .where(kind.handled_at < now - _ADDRESS_KEPT, kind.email.is_not(None))
            .values(email=None)
        )
    session.commit()
    for account_id in session.scalars(_unconfirmed_since(now - _UNCONFIRMED_KEPT)).all():
        accounts.disown(session, account_id, now)
        session.commit()
    texts, letters = retention.run(session, now)
    if texts or letters:
        _log.info("%s texts were erased and %s letters deleted, as their sites have set", texts, letters)
    if not stopping():
        settled_days.settle(session, now)
    if not stopping():
        _verify(session, now, stopping)


def _verify(session: Session, now: datetime, stopping: Callable[[], bool]) -> None:
    whole = audit.verify_nightly(session, now, stopping)
    if whole is not None and not stopping():
        refresh_statistics(session)
    if whole is True:
        # Kept on another machine, the log holds the chain fast against whoever could make all of it anew.
        _log.info("the audit trail is whole up to entry %s with the hash %s", *trail.newest(session))
        session.rollback()
    elif whole is False:
        _log.error("the audit trail is broken; `flask audit verify` says where")


def _unconfirmed_since(before: datetime) -> Select[int]:
    return (
        select(Account.id)
        .where(Account.email_confirmed_at.is_(None), Account.closed_at.is_(None), Account.created_at < before)
        .order_by(Account.id)
        .limit(_MOST_AT_ONCE)
    )
