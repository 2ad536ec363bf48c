"""A new e-mail address: asked for with the password, confirmed from the new mailbox, told to the old one.

What was asked for is the mail itself: the outbox knows the address that the link leads back to, and no link holds one.
"""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from widget.errors import NotFound, Refusal, Refusals
from widget.models import Account, OutboxMail
from widget.services import accounts, outbox, own_accounts, sign_ins

_TEMPLATE = "address"


def request(session: Session, account_id: int, password: str, email: str, now: datetime) -> None:
    """Send a link to a new address, and word of it to the old one; nothing changes before the link is opened.

    Whether another account has the address nobody is told but whoever reads its mail. Raises Refusals
    (`email.malformed`, `email.same`, `password.missing`, `password.wrong`), Refusal `account.staff`.
    """
    refusals, written, key = [], "", ""
    try:
        written, key = accounts.address(email)
        if key == accounts.open_account(session, account_id).email_key:
            refusals.append(Refusal("email.same", "email"))
    except NotFound:
        raise
    except Refusal as refusal:
        refusals.append(refusal)
    known, wrong = own_accounts.verified(session, account_id, password)
    if refusals or wrong:
        raise Refusals([*refusals, *wrong])
    account = own_accounts.begin(session, account_id, known)
    own_accounts.of_reader(session, account.id)
    params = {"account_id": account.id}
    outbox.enqueue(session, _TEMPLATE, to=written, language=account.language, params=params, now=now)
    own_accounts.tell(session, account, "address-asked", now)


def asked(session: Session, mail_id: int) -> tuple[OutboxMail, Account] | None:
    """Return what was asked for by the mail of that id, with the account, while both are there."""
    mail = session.get(OutboxMail, mail_id)
    if mail is None or mail.template != _TEMPLATE or "account_id" not in mail.params:
        return None
    account = session.get(Account, mail.params["account_id"])
    return None if account is None or account.closed_at is not None else (mail, account)


def fingerprint(mail: OutboxMail, account: Account) -> str:
    """Return what a mailed link is bound to: a new password ends it, and so does any change of the address."""
    return f"{account.password_hash}|{account.email_key}|{mail.recipient}"


def is_taken(session: Session, mail: OutboxMail, account: Account) -> bool:
    """Whether another account holds the address that was asked for."""
    holder = accounts.holder(session, mail.recipient_key)
    return holder is not None and holder.id != account.id


def change(
    session: Session,
    mail_id: int,
    now: datetime,
    *,
    password: str | None = None,
    sign_in_id: int | None = None,
) -> Account:
    """Change the address to that of the mail, and end every sign-in but `sign_in_id`; tell the old address.

    The link proves the new address; the password, or a sign-in to the very account, that whoever presses is
    who asked: else somebody could have their own account confirmed by the owner of another's address
    (decision 0015). Raises NotFound, Refusal (`password.missing`, `password.wrong`, `address.taken`, `account.staff`).
    """
    found = asked(session, mail_id)
    if found is None:
        raise NotFound("account.unknown")
    bound, known = fingerprint(*found), found[1].password_hash
    if sign_in_id is None:
        _, wrong = own_accounts.verified(session, found[1].id, password or "")
        if wrong:
            raise wrong[0]
    account = own_accounts.begin(session, found[1].id, known)
    own_accounts.of_reader(session, account.id)
    mail, _ = asked(session, mail_id) or (None, None)
    if mail is None or fingerprint(mail, account) != bound:
        raise NotFound("account.unknown")
    if is_taken(session, mail, account):
        raise Refusal("address.taken")
    own_accounts.tell(session, account, "address", now)
    outbox.end_links(session, account, now)
    _move(session, account, mail, now)
    sign_ins.revoke_all(session, account.id, now, but=sign_in_id)
    return account


def _move(session: Session, account: Account, mail: OutboxMail, now: datetime) -> None:
    account.email, account.email_key = mail.recipient, mail.recipient_key
    account.email_confirmed_at = account.email_confirmed_at or now
    try:
        session.flush()
    except IntegrityError:
        # Another account confirmed the same address in this very moment; the index saw it first.
        raise Refusal("address.taken") from None
    # Who had not confirmed the earlier address has confirmed this one: what waited enters the queue.
    accounts.confirm_here(session, account, now)
