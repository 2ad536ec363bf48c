"""Mail on its way out: written in the transaction that causes it, delivered by the worker."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.models import Account, OutboxMail
from widget.services.locks import ROW
from widget.text import normalise

# Attempts come 1, 2, 4 … minutes apart, at most six hours; after the last, three days on, the mail is given up.
# A mail server that is away from Friday evening to Monday morning loses nothing.
MOST_ATTEMPTS = 21
_LONGEST_PAUSE = timedelta(hours=6)
_CLAIM = timedelta(minutes=5)

# Mail that anybody can cause to be sent to any address, and how many of each kind one address gets in how long:
# no mailbox is flooded, through however many clients (docs/decisions/0015-confirming-takes-the-password.md).
CAPPED = frozenset({"confirm", "reset", "reset_unknown", "address"})
CAPS = ((timedelta(hours=1), 5), (timedelta(days=1), 10))
# What anybody can send a newsroom stands at the desk as well, however much of it there is: mail beyond this is a flood.
NEWSROOM_CAPS = ((timedelta(hours=1), 20), (timedelta(days=1), 60))
_CAPS_OF = {**dict.fromkeys(CAPPED, CAPS), "correction": NEWSROOM_CAPS}

# What stands in place of an error where a mail was called back; nothing else that was cancelled has it.
CALLED_BACK = "undone"

_GIVEN_UP = "mail %s (%s) was given up after %s attempts; `flask mail retry` puts it back"
# Mail to somebody in another part than that of a reader: no account's closing ends it.
_OTHERS_BUSINESS = frozenset({"invitation", "correction"})

# Mail that is nothing but a link which is good for the account's present address alone.
_LINKS = frozenset({"confirm", "reset"})

_log = logging.getLogger(__name__)

Deliver = Callable[[OutboxMail], None]


def enqueue(
    session: Session,
    template: str,
    *,
    to: str | None,
    language: str,
    params: Mapping[str, Any],
    now: datetime,
    site_id: int | None = None,
    decision_id: int | None = None,
    grace: timedelta = timedelta(0),
) -> None:
    """Put a mail into the outbox; nothing happens when the person has no address any more.

    Nor does it when the address has had its share of a kind that anybody can ask for (`CAPS`, `NEWSROOM_CAPS`).
    """
    if to is None:
        return
    key = normalise.address_key(to)
    if _has_had_its_share(session, template, key, now):
        _log.warning("a mail (%s) was not sent: its recipient has had enough of them", template)
        return
    session.add(
        OutboxMail(
            template=template,
            language=language,
            recipient=to,
            recipient_key=key,
            params=dict(params),
            site_id=site_id,
            decision_id=decision_id,
            not_before=now + grace,
            created_at=now,
        )
    )


def _has_had_its_share(session: Session, template: str, key: str, now: datetime) -> bool:
    for span, most in _CAPS_OF.get(template, ()):
        lately = (
            select(func.count())
            .select_from(OutboxMail)
            .where(OutboxMail.recipient_key == key, OutboxMail.template == template)
            .where(OutboxMail.created_at > now - span)
        )
        if (session.scalar(lately) or 0) >= most:
            return True
    return False


def cancel_for_decision(session: Session, decision: int | Select[int], now: datetime) -> None:
    """Cancel what has not left yet about a decision that was undone, or about several, as a query finds them.

    What was given up must not be put back either.
    """
    about = OutboxMail.decision_id
    session.execute(
        update(OutboxMail)
        .where(about == decision if isinstance(decision, int) else about.in_(decision))
        .where(OutboxMail.sent_at.is_(None))
        .values(cancelled_at=now, last_error=CALLED_BACK)
    )


def told(session: Session, decision_ids: Sequence[int], now: datetime) -> set[int]:
    """Return which of some decisions a mail was sent about, or is being sent at this moment.

    What left longer ago than mail is kept is not known any more.
    """
    query = (
        select(OutboxMail.decision_id)
        .where(OutboxMail.decision_id.in_(decision_ids))
        .where(or_(OutboxMail.sent_at.is_not(None), OutboxMail.claimed_until > now))
    )
    return {number for number in session.scalars(query) if number is not None}


def call_back(session: Session, template: str, to: str, about: Mapping[str, Any], now: datetime) -> bool:
    """Cancel what has not left yet of a kind of mail to an address; return whether its recipient stays untold.

    `about` is what its parameters must say. One that is being sent at this moment may arrive all the same.
    """
    waiting = session.scalars(
        select(OutboxMail)
        .where(OutboxMail.recipient_key == normalise.address_key(to), OutboxMail.template == template)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.cancelled_at.is_(None))
        .with_for_update(**ROW)
    )
    found = [mail for mail in waiting if about.items() <= mail.params.items()]
    for mail in found:
        mail.cancelled_at, mail.last_error = now, CALLED_BACK
    return bool(found) and all(mail.claimed_until is None or mail.claimed_until <= now for mail in found)


def end_links(session: Session, account: Account, now: datetime) -> None:
    """Cancel what has not left yet of links to the address that an account is about to give up.

    They would lead nowhere then (`credentials.fingerprint`). What was given up must not be put back either.
    """
    session.execute(
        update(OutboxMail)
        .where(OutboxMail.recipient_key == account.email_key, OutboxMail.template.in_(_LINKS))
        .where(OutboxMail.params["account_id"].as_integer() == account.id, OutboxMail.sent_at.is_(None))
        .values(cancelled_at=now, last_error=CALLED_BACK)
    )


def forget(session: Session, account: Account, now: datetime) -> None:
    """Delete what the outbox holds of an account that is closed, in the caller's write transaction.

    Whoever confirmed an address owns it, and all mail to it goes. Otherwise mail is only emptied and does not leave:
    it goes on counting, or whoever registers with a foreign address could begin its share anew. So is what left for
    addresses that were theirs before; what is still to leave for one warns its owner of a change, and does leave.
    """
    of_theirs = OutboxMail.params["account_id"].as_integer() == account.id
    elsewhere = (OutboxMail.template == "address") | OutboxMail.sent_at.is_not(None)
    rows = select(OutboxMail).where(
        or_(OutboxMail.recipient_key == account.email_key, of_theirs & elsewhere),
        OutboxMail.template.not_in(_OTHERS_BUSINESS),
    )
    for mail in session.scalars(rows):
        if account.email_confirmed_at is not None and mail.recipient_key == account.email_key:
            session.delete(mail)
        elif mail.params.get("account_id") == account.id:
            mail.params = {}
            if mail.sent_at is None and mail.cancelled_at is None:
                mail.cancelled_at, mail.last_error = now, CALLED_BACK
    session.flush()


def deliver_next(session: Session, deliver: Deliver, now: datetime) -> bool:
    """Deliver the mail that is due longest; return whether there was one.

    It is claimed in a transaction of its own, so that no lock is held while the mail server is
    spoken to, and a second worker takes another. A worker that dies leaves the claim to lapse: the
    mail is then sent again, so delivery is at least once.
    """
    begin_writing(session)
    due = session.scalars(
        select(OutboxMail)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.cancelled_at.is_(None), OutboxMail.not_before <= now)
        .where(or_(OutboxMail.claimed_until.is_(None), OutboxMail.claimed_until <= now))
        .order_by(OutboxMail.not_before, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True, **ROW)
    ).one_or_none()
    if due is None:
        session.rollback()
        return False
    due.claimed_until = now + _CLAIM
    due.attempts += 1
    mail_id = due.id
    session.commit()

    error = _attempt(deliver, due)

    begin_writing(session)
    mail = session.get(OutboxMail, mail_id, with_for_update=ROW)
    if mail is None:
        # Its recipient closed the account while the mail server was being spoken to.
        session.rollback()
        return True
    mail.claimed_until = None
    if error is None:
        mail.sent_at, mail.cancelled_at, mail.last_error = now, None, None
    elif mail.cancelled_at is None:
        _postpone(mail, error, now)
    session.commit()
    return True


def _postpone(mail: OutboxMail, error: str, now: datetime) -> None:
    """Let a mail that failed be tried later, or give it up after the last attempt."""
    mail.last_error = error
    mail.not_before = now + min(timedelta(minutes=2 ** (mail.attempts - 1)), _LONGEST_PAUSE)
    if mail.attempts >= MOST_ATTEMPTS:
        mail.cancelled_at = now
        _log.error(_GIVEN_UP, mail.id, mail.template, mail.attempts)


def _attempt(deliver: Deliver, mail: OutboxMail) -> str | None:
    """Deliver, and return the kind of error or None; the text of an error may hold an address."""
    try:
        deliver(mail)
    except Exception as error:
        _log.exception("mail %s (%s) could not be delivered", mail.id, mail.template)
        return type(error).__name__
    return None
