"""Credentials: verified at sign-in, renewed, and replaced by a mailed link."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import NotFound, Refusal, Refusals
from widget.models import Account
from widget.moderation.permissions import Staff
from widget.services import accounts, audit, outbox, passwords, sign_ins, threads

_ACCOUNTS_TRIED = 3


def authenticate(session: Session, email: str, password: str) -> Account | None:
    """Return the account that an address and a password open, or None.

    An address may have one confirmed account and several unconfirmed ones: the confirmed, the newest and
    the oldest of the others are tried. Exactly three passwords are verified whatever is known, and neither
    answer nor time tells who is registered.
    """
    try:
        _, key = accounts.address(email)
    except Refusal:
        key = ""
    known = session.scalars(
        select(Account).where(Account.email_key == key, Account.closed_at.is_(None)).order_by(Account.id)
    ).all()
    confirmed = [account for account in known if account.email_confirmed_at]
    others = [account for account in known if not account.email_confirmed_at]
    tried: list[Account | None] = [*confirmed[:1], *others[-1:], *others[:-1][:1]]
    tried += [None] * (_ACCOUNTS_TRIED - len(tried))
    opened = [
        account
        for account in tried
        if passwords.matches(account.password_hash if account else None, password)
    ]
    return opened[0] if opened else None


def fingerprint(account: Account, email_key: str | None) -> str:
    """Return what a mailed link is bound to: a new password ends it, and so does another address than it went to."""
    return f"{account.password_hash}|{email_key}"


def refresh_hash(session: Session, account_id: int, password: str) -> None:
    """Store the password's hash anew where it was made with weaker parameters than today's.

    Call it before anything else is written: hashing takes its time, and no transaction waits for it.
    """
    current = session.get_one(Account, account_id).password_hash
    if current is not None and passwords.outdated(current):
        session.rollback()
        stronger = passwords.hashed(password)
        begin_writing(session)
        session.execute(
            update(Account)
            .where(Account.id == account_id, Account.password_hash == current)
            .values(password_hash=stronger)
        )


def request_reset(session: Session, email: str, site_id: int | None, language: str, now: datetime) -> None:
    """Send a link for a new password; an unknown address gets a mail that says it is unknown.

    An address that is not confirmed yet is known too: whoever forgot the password before confirming needs
    it for that. Its mail does not repeat the name, which anybody may have chosen. The link goes to the address on
    file, never to one as typed. All take the same way, so that neither answer nor time tells who is registered.
    Raises Refusal `email.missing`, `email.malformed`.
    """
    written, key = accounts.address(email)
    begin_writing(session)
    account = accounts.reached_by(session, key)
    params: dict[str, Any] = {"account_id": account.id} if account else {}
    if account and account.email_confirmed_at:
        params["name"] = account.name
    outbox.enqueue(
        session,
        "reset" if account else "reset_unknown",
        to=account.email if account else written,
        language=account.language if account else language,
        params=params,
        site_id=site_id,
        now=now,
    )


def change_password(session: Session, staff: Staff, old: str, new: str, now: datetime) -> Account:
    """Replace the password of a member of staff who knows it, and end every other sign-in.

    Raises Refusals: `password.wrong` on `old`, `password.*` on `password`.
    """
    account = replace_password(session, staff.account_id, old, new, now, but=staff.sign_in_id)
    audit.record(session, staff, "password.change", subject=f"account:{account.id}", site_id=None, now=now)
    outbox.enqueue(
        session,
        "security",
        to=account.email,
        language=account.language,
        params={"account_id": account.id, "name": account.name, "what": "password"},
        now=now,
    )
    return account


def replace_password(
    session: Session, account_id: int, old: str, new: str, now: datetime, *, but: int | None
) -> Account:
    """Begin writing, replace the password of whoever knows it, and end every sign-in `but` the one that asks.

    Raises Refusals: `password.wrong` on `old`, `password.*` on `password`.
    """
    account = accounts.open_account(session, account_id)
    known = account.password_hash
    own_words = [account.name, account.place, account.email or ""]
    refusals = [] if passwords.matches(known, old) else [Refusal("password.wrong", "old")]
    weak = passwords.problem(new, own_words)
    if weak:
        refusals.append(weak)
    if refusals:
        raise Refusals(refusals)
    password_hash = passwords.hashed(new)
    begin_writing(session)
    account = accounts.open_account(session, account_id, lock=True)
    if account.password_hash != known:
        # Another browser, or a mailed link, changed it in this very moment.
        raise Refusals([Refusal("password.wrong", "old")])
    account.password_hash = password_hash
    sign_ins.revoke_all(session, account.id, now, but=but)
    return account


def reset_password(session: Session, account_id: int, bound_to: str, password: str, now: datetime) -> Account:
    """Set a new password, end every sign-in and tell the address so; raise Refusals (`password.*`).

    `bound_to` is the fingerprint that the link was read with: raises NotFound where password or address have changed
    in the same moment. The name is told to an address alone that was confirmed: anybody may have chosen it.
    """
    account = accounts.open_account(session, account_id)
    weak = passwords.problem(password, [account.name, account.place, account.email or ""])
    if weak:
        raise Refusals([weak])
    password_hash = passwords.hashed(password)
    begin_writing(session)
    account = accounts.open_account(session, account_id, lock=True)
    if fingerprint(account, account.email_key) != bound_to:
        raise NotFound("account.unknown")
    account.password_hash = password_hash
    sign_ins.revoke_all(session, account_id, now)
    thread = threads.last_written_under(session, account_id)
    params: dict[str, Any] = {"account_id": account.id, "what": "link" if account.staff_roles else "reader"}
    if account.email_confirmed_at:
        params["name"] = account.name
    outbox.enqueue(
        session,
        "security",
        to=account.email,
        language=account.language,
        params=params,
        site_id=thread.site_id if thread else None,
        now=now,
    )
    return account
