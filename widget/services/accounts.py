"""Accounts: registered, confirmed, handed over and disowned."""

from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import NotFound, Refusal, Refusals
from widget.models import Account, Comment, CommentState, Netiquette, Site
from widget.services import bans, directory, namesakes, netiquettes, outbox, passwords, sign_ins
from widget.services.locks import ROW
from widget.services.moves import withdraw, withdraw_all
from widget.text import normalise

LONGEST_LINE = 200
# What the protocol of mail delivers to (RFC 5321), and what its column holds.
_LONGEST_ADDRESS = 254


@dataclass(frozen=True)
class Registration:
    """What a person fills in to register; `accepts` is the number of the netiquette's version they accept."""

    name: str
    place: str
    email: str
    password: str
    accepts: int | None
    language: str


def line(field: str, text: str) -> str:
    """Return a name or a place as it is stored.

    Raises Refusal on the field: `<field>.missing`, `<field>.hidden`, `<field>.long`, `<field>.link`.
    """
    if normalise.is_oversized(text, LONGEST_LINE):
        raise Refusal(f"{field}.long", field, most=LONGEST_LINE)
    try:
        value = normalise.line(text)
    except normalise.HiddenCharacters:
        raise Refusal(f"{field}.hidden", field) from None
    if not normalise.has_letters(value):
        raise Refusal(f"{field}.missing", field)
    if normalise.has_web_address(value):
        raise Refusal(f"{field}.link", field)
    if len(value) > LONGEST_LINE:
        raise Refusal(f"{field}.long", field, most=LONGEST_LINE)
    return value


def address(text: str) -> tuple[str, str]:
    """Return an e-mail address as it is written to and as it is compared; raise `email.missing`, `email.malformed`."""
    text = text.strip()
    if not text:
        raise Refusal("email.missing", "email")
    # Before the library sees it, which takes quadratic time to sort a long run of marks.
    if len(text) > _LONGEST_ADDRESS:
        raise Refusal("email.malformed", "email")
    try:
        valid = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Refusal("email.malformed", "email") from None
    return valid.normalized, normalise.address_key(valid.normalized)


def register(session: Session, site: Site, form: Registration, now: datetime) -> Account:
    """Make an unconfirmed account, whatever the address, and send the link that confirms it.

    Nothing here tells whether the address is known. Raises Refusals with every field that is wrong.
    """
    rules = netiquettes.in_force(session, site.id)
    name, place, email, email_key = _checked(site, rules, form)
    site_id, netiquette_id = site.id, rules.id
    password_hash = passwords.hashed(form.password)
    begin_writing(session)
    account = Account(
        name=name,
        place=place,
        email=email,
        email_key=email_key,
        password_hash=password_hash,
        language=form.language,
        created_at=now,
    )
    session.add(account)
    session.flush()
    namesakes.remember(session, account)
    directory.remember(session, account)
    netiquettes.accept(session, account.id, netiquette_id, now)
    _send_confirmation(session, account, site_id, now)
    return account


def _checked(site: Site, rules: Netiquette, form: Registration) -> tuple[str, str, str, str]:
    refusals: list[Refusal] = []
    values: dict[str, str] = {}
    for field, check in (
        ("name", lambda: (line("name", form.name),)),
        ("place", lambda: (line("place", form.place),)),
        ("email", lambda: address(form.email)),
    ):
        try:
            values.update(zip((field, f"{field}_key"), check(), strict=False))
        except Refusal as refusal:
            refusals.append(refusal)
    # What did not pass may be of any length, and comes again before there is an account.
    weak = passwords.problem(form.password, [*values.values(), site.name])
    if weak:
        refusals.append(weak)
    if form.accepts != rules.number:
        refusals.append(Refusal("netiquette.not-accepted", "accepts"))
    if refusals:
        raise Refusals(refusals)
    return values["name"], values["place"], values["email"], values["email_key"]


def send_confirmation_again(session: Session, account_id: int, site_id: int, now: datetime) -> None:
    """Send the confirming link once more; nothing happens for a confirmed account."""
    begin_writing(session)
    account = session.get_one(Account, account_id)
    if account.email_confirmed_at is None:
        _send_confirmation(session, account, site_id, now)


def _send_confirmation(session: Session, account: Account, site_id: int, now: datetime) -> None:
    outbox.enqueue(
        session,
        "confirm",
        to=account.email,
        language=account.language,
        params={"account_id": account.id, "name": account.name},
        site_id=site_id,
        now=now,
    )


def holder(session: Session, email_key: str | None) -> Account | None:
    """Return the confirmed account of an address, if there is one."""
    return session.scalars(
        select(Account).where(
            Account.email_key == email_key,
            Account.email_confirmed_at.is_not(None),
            Account.closed_at.is_(None),
        )
    ).one_or_none()


def reached_by(session: Session, email_key: str) -> Account | None:
    """Return the account that mail to an address is about: the confirmed one, else the newest of the others."""
    newest = (
        select(Account)
        .where(Account.email_key == email_key, Account.closed_at.is_(None))
        .order_by(Account.id.desc())
        .limit(1)
    )
    return holder(session, email_key) or session.scalars(newest).one_or_none()


def waiting(session: Session, account_id: int) -> list[Comment]:
    """Return the comments that wait for the address to be confirmed."""
    return list(
        session.scalars(
            select(Comment)
            .where(Comment.account_id == account_id, Comment.state == CommentState.PENDING)
            .where(Comment.queued_at.is_(None))
            .order_by(Comment.id)
        )
    )


def confirm(session: Session, account_id: int, now: datetime) -> Account:
    """Confirm the address; what waited enters the queue now.

    Raises NotFound for a closed account, Refusal `account.address-taken` when another account holds the
    address: then `hand_over` gives that account the comments.
    """
    begin_writing(session)
    return confirm_here(session, open_account(session, account_id, lock=True), now)


def confirm_here(session: Session, account: Account, now: datetime) -> Account:
    """Confirm as `confirm` does, in the caller's write transaction."""
    if account.email_confirmed_at is None:
        if holder(session, account.email_key) is not None:
            raise Refusal("account.address-taken")
        account.email_confirmed_at = now
        try:
            session.flush()
        except IntegrityError:
            # Another account confirmed the same address in this very moment; the index saw it first.
            raise Refusal("account.address-taken") from None
    _queue(session, account.id, account.id, now)
    return account


def confirm_by_password(session: Session, account_id: int, password: str, now: datetime) -> Account:
    """Confirm the address from a browser that is not signed in, and end every sign-in of the account.

    The mailed link proves the address, the password that whoever presses is whoever registered: without it
    somebody who registers with another person's address would have it confirmed by that person. Raises
    what `confirm` raises, and Refusal `confirm.wrong-password`.
    """
    known = open_account(session, account_id).password_hash
    if not passwords.matches(known, password):
        raise Refusal("confirm.wrong-password", "password")
    begin_writing(session)
    account = open_account(session, account_id, lock=True)
    if account.password_hash != known:
        # The password was replaced while the old one was being verified.
        raise Refusal("confirm.wrong-password", "password")
    sign_ins.revoke_all(session, account_id, now)
    return confirm_here(session, account, now)


def hand_over(session: Session, account_id: int, password: str, now: datetime) -> Account:
    """Give an unconfirmed account's comments to the account that holds the address, and close the former.

    The mailed link proves the address and the password the account. Raises NotFound for an account that
    is closed or confirmed itself, Refusal `sign-in.wrong`.
    """
    owner = holder(session, _unconfirmed(session, account_id).email_key)
    right = passwords.matches(owner.password_hash if owner else None, password)
    if owner is None or not right:
        raise Refusal("sign-in.wrong", "password")
    owner_id = owner.id
    begin_writing(session)
    # In the order of ids, as every other lock on accounts; a ban of the owner is in force or comes after.
    owner = session.get_one(Account, owner_id, with_for_update=ROW)
    account = _unconfirmed(session, account_id, lock=True)
    _withdraw_where_banned(session, owner, account, now)
    _queue(session, account_id, owner_id, now)
    close_here(session, account, now)
    return session.get_one(Account, owner_id)


def _withdraw_where_banned(session: Session, owner: Account, account: Account, now: datetime) -> None:
    """Withdraw what was written around a ban: nobody writes by registering anew."""
    for comment in waiting(session, account.id):
        if bans.active(session, owner.id, comment.site_id, now) is not None:
            withdraw(session, comment, account.id, now)


def disown(session: Session, account_id: int, now: datetime) -> None:
    """Close an unconfirmed account whose address says that it never registered; withdraw what it wrote.

    Harmless when repeated, and when the address was confirmed before: then nothing happens.
    """
    begin_writing(session)
    account = session.get(Account, account_id, with_for_update=ROW)
    if account is None or account.email_confirmed_at is not None or account.closed_at is not None:
        return
    withdraw_all(session, account, now)
    close_here(session, account, now)


def open_account(session: Session, account_id: int, *, lock: bool = False) -> Account:
    """Return an account, locked if so asked; raise NotFound for one that is closed or never was."""
    account = session.get(Account, account_id, with_for_update=ROW if lock else None)
    if account is None or account.closed_at is not None:
        raise NotFound("account.unknown")
    return account


def _unconfirmed(session: Session, account_id: int, *, lock: bool = False) -> Account:
    account = open_account(session, account_id, lock=lock)
    if account.email_confirmed_at is not None:
        raise NotFound("account.unknown")
    return account


def _queue(session: Session, from_id: int, to_id: int, now: datetime) -> None:
    session.execute(
        update(Comment)
        .where(Comment.account_id == from_id, Comment.queued_at.is_(None))
        .where(Comment.state == CommentState.PENDING)
        .values(queued_at=now)
    )
    if from_id == to_id:
        return
    for comment in session.scalars(select(Comment).where(Comment.account_id == from_id)):
        # The key was unique among the former account's comments only.
        comment.account_id, comment.idempotency_key = to_id, f"handed-over-{comment.id}"


def close_here(session: Session, account: Account, now: datetime) -> None:
    """Take address and password out of an account and end its sign-ins, in the caller's write transaction."""
    account.closed_at = now
    account.email = account.email_key = account.password_hash = None
    sign_ins.revoke_all(session, account.id, now)
