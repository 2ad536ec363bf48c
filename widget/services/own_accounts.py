"""One's own account: what its holder changes, each time with the password, and how it is closed.

Whoever finds a browser signed in can read here, and change nothing. An account with a role at the desk is changed at
the desk, behind the second factor, or by an administrator.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import Refusal, Refusals
from widget.models import Account, AuditEntry, Comment, Identity, IdentityRow, StaffRole
from widget.moderation.permissions import Oneself
from widget.services import (
    accounts,
    audit,
    credentials,
    directory,
    letterbox,
    moves,
    namesakes,
    outbox,
    passwords,
)

# A name is who somebody is here: it is corrected, not changed with every article (decision 0027).
NAME_RESTS = timedelta(days=30)


@dataclass(frozen=True)
class Signature:
    """How somebody's comments are to be signed from now on."""

    name: str
    place: str


@dataclass(frozen=True)
class Farewell:
    """How somebody goes: the password, and whether the editors are asked to remove what was published, and why."""

    password: str
    asks_removal: bool = False
    words: str = ""


def works_at_desk(session: Session, account_id: int) -> bool:
    """Whether an account has a role on any site."""
    return session.scalar(select(StaffRole.id).where(StaffRole.account_id == account_id).limit(1)) is not None


def verified(session: Session, account_id: int, password: str) -> tuple[str | None, list[Refusal]]:
    """Return the hash on file, and what is wrong with a password that was given for it, if anything."""
    known = accounts.open_account(session, account_id).password_hash
    if not password:
        return known, [Refusal("password.missing", "old")]
    return known, [] if passwords.matches(known, password) else [Refusal("password.wrong", "old")]


def begin(session: Session, account_id: int, known: str | None) -> Account:
    """Begin writing and return the account, locked; raise Refusal unless the password still is the one verified."""
    begin_writing(session)
    account = accounts.open_account(session, account_id, lock=True)
    if account.password_hash != known:
        raise Refusal("password.wrong", "old")
    return account


def change_password(
    session: Session, account_id: int, sign_in_id: int, old: str, new: str, now: datetime
) -> None:
    """Replace a reader's password, end every other sign-in and tell the person.

    Raises Refusals (`password.wrong` on `old`, `password.*` on `password`), Refusal `account.staff`.
    """
    of_reader(session, account_id)
    account = credentials.replace_password(session, account_id, old, new, now, but=sign_in_id)
    tell(session, account, "password", now)


def sign_as(session: Session, account_id: int, password: str, signature: Signature, now: datetime) -> bool:
    """Change how somebody's next comments are signed; return whether the name is another one now.

    What was sent keeps its signature. A name changes once in `NAME_RESTS`, and where staff had confirmed who the
    person is, they have to look again. Raises Refusals (those of a name and a place, `password.missing`,
    `password.wrong`), Refusal (`account.staff`, `name.rests`).
    """
    values, refusals = {}, []
    for field, text in (("name", signature.name), ("place", signature.place)):
        try:
            values[field] = accounts.line(field, text)
        except Refusal as refusal:
            refusals.append(refusal)
    known, wrong = verified(session, account_id, password)
    if refusals or wrong:
        raise Refusals([*refusals, *wrong])
    account = begin(session, account_id, known)
    before, account.place = account.name, values["place"]
    if values["name"] != before:
        _rename(session, account, values["name"], now)
    directory.forget(session, account.id)
    directory.remember(session, account)
    return account.name != before


def _rename(session: Session, account: Account, name: str, now: datetime) -> None:
    of_reader(session, account.id)
    before, renamed_at = account.name, last_renamed(session, account.id)
    if renamed_at is not None and renamed_at > now - NAME_RESTS:
        raise Refusal("name.rests", "name", at=renamed_at + NAME_RESTS)
    account.name = name
    namesakes.forget(session, account.id)
    namesakes.remember(session, account)
    session.execute(
        update(IdentityRow)
        .where(IdentityRow.account_id == account.id, IdentityRow.standing == Identity.CONFIRMED)
        .values(standing=Identity.UNCHECKED, marked_at=now, marked_by_id=None, marked_by_name=None)
    )
    wrote_on = select(Comment.site_id).where(Comment.account_id == account.id).distinct()
    # Staff read what happened on their own sites; where somebody wrote nowhere, the entry still says when.
    sites: list[int | None] = [*sorted(session.scalars(wrote_on))]
    for site_id in sites or [None]:
        audit.record(
            session,
            Oneself(account.id),
            "person.rename",
            subject=f"account:{account.id}",
            site_id=site_id,
            before={"name": before},
            after={"name": name},
            now=now,
        )
    tell(session, account, "name", now)


def last_renamed(session: Session, account_id: int) -> datetime | None:
    """Return when somebody last changed the own name, which the audit trail knows."""
    entries = select(func.max(AuditEntry.at)).where(AuditEntry.subject == f"account:{account_id}")
    return session.scalar(entries.where(AuditEntry.action == "person.rename"))


def close(session: Session, account_id: int, farewell: Farewell, now: datetime) -> None:
    """Close an account for whoever knows its password.

    What waits is withdrawn, sign-ins end, address, password and mail are deleted; what is published stays as it is
    signed. Whether it is removed the editors decide where they are asked to (rule 18). Raises Refusals
    (`password.missing`, `password.wrong`, `letter.long`), Refusal `account.staff`.
    """
    words, refusals = letterbox.note("words", farewell.words)
    known, wrong = verified(session, account_id, farewell.password)
    if refusals or wrong:
        raise Refusals([*wrong, *refusals])
    account = begin(session, account_id, known)
    of_reader(session, account.id)
    if farewell.asks_removal:
        letterbox.ask_removal(session, account.id, words, now)
    close_here(session, account, now)


def close_here(session: Session, account: Account, now: datetime) -> None:
    """Close an account, in the caller's write transaction, and say so in one last mail."""
    moves.withdraw_all(session, account, now)
    outbox.forget(session, account, now)
    tell(session, account, "closed", now)
    accounts.close_here(session, account, now)


def tell(session: Session, account: Account, what: str, now: datetime) -> None:
    """Tell somebody at the address on file what has changed; an address that nobody confirmed may be another's."""
    # The last mail of an account outlives it for a month: it does without the name.
    name = {} if what == "closed" else {"name": account.name}
    outbox.enqueue(
        session,
        "account",
        to=account.email if account.email_confirmed_at else None,
        language=account.language,
        params={"account_id": account.id, "what": what, **name},
        now=now,
    )


def of_reader(session: Session, account_id: int) -> None:
    """Raise Refusal `account.staff` for an account with a role: without the second factor nothing of it changes."""
    if works_at_desk(session, account_id):
        raise Refusal("account.staff")
