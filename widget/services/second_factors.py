"""Second factors of staff: enrolled, asked for at sign-in, renewed, and taken away.

The codes are those of RFC 6238: six digits, thirty seconds, as every authenticator app makes them.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import NotFound, Refusal
from widget.models import Account, RecoveryCode, SecondFactor
from widget.moderation.permissions import Operator, Staff
from widget.services import accounts, audit, code_guesses, outbox, passwords, sign_ins
from widget.services.sealing import Seal, Unreadable

STEP = 30
_DIGITS = 6
# RFC 6238, section 5.2: one step before and one after, for clocks that differ and people who type.
_WINDOW = (-1, 0, 1)
RECOVERY_CODES = 10
# Digits and letters that nobody takes for one another, as Crockford chose them: 16 of them hold 80 bits.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None})
_CODE_LENGTH = 16
_ISSUER = "Byline"


@dataclass(frozen=True)
class Proof:
    """What somebody shows who changes the second factor: the password, and a code of either kind."""

    password: str
    code: str


@dataclass(frozen=True)
class Offer:
    """A secret that is shown to be enrolled: as it is typed, and as the address that a QR code holds."""

    secret: bytes
    typed: str
    address: str


def of(session: Session, account_id: int) -> SecondFactor | None:
    """Return an account's second factor, if it has one."""
    return session.get(SecondFactor, account_id)


def codes_left(session: Session, account_id: int) -> int:
    """Return how many recovery codes have not been used yet."""
    query = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return session.scalars(query).one()


def offer(session: Session, seal: Seal, account_id: int, token: str) -> Offer:
    """Return the secret that a sign-in is offered, the same one each time until it is enrolled.

    It is made of the sign-in's token and of what is enrolled by now, so that showing it stores nothing.
    """
    account, enrolled = session.get_one(Account, account_id), of(session, account_id)
    secret = seal.derived("second-factor", account_id, token, enrolled.sealed if enrolled else "")
    typed = base64.b32encode(secret).decode()
    address = pyotp.TOTP(typed).provisioning_uri(name=account.email or account.name, issuer_name=_ISSUER)
    return Offer(secret, typed, address)


def shown(seal: Seal, factor: SecondFactor) -> str | None:
    """Return an enrolled secret as it is typed, for the demo, whose secrets are public; None if unreadable."""
    try:
        return base64.b32encode(seal.open(factor.account_id, factor.sealed)).decode()
    except Unreadable:
        return None


def read(typed: str) -> bytes:
    """Return the secret that is typed like that."""
    return base64.b32decode(typed)


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a time step."""
    return pyotp.TOTP(base64.b32encode(secret).decode()).generate_otp(step)


def step_at(now: datetime) -> int:
    """Return the time step that a moment is in."""
    return int(now.timestamp()) // STEP


def enrol(
    session: Session, seal: Seal, staff: Staff, secret: bytes, code: str, proof: Proof | None, now: datetime
) -> list[str]:
    """Enrol a secret that this code was made of; return the recovery codes, which nothing shows again.

    Who has a second factor already replaces it, which takes proof. Every other sign-in ends: it came about
    without this factor. Raises Refusal `code.wrong`, `password.wrong`, `code.used`.
    """
    step = _step_of(secret, code, now)
    if step is None:
        raise Refusal("code.wrong", "code")
    _check_password(session, staff.account_id, proof)
    begin_writing(session)
    account = accounts.open_account(session, staff.account_id, lock=True)
    factor = of(session, account.id)
    if factor is not None:
        if proof is None:
            raise Refusal("code.wrong", "proof")
        accept(session, seal, account.id, proof.code, now, field="proof")
        session.delete(factor)
        session.flush()
    sealed = seal.close(account.id, secret)
    session.add(SecondFactor(account_id=account.id, sealed=sealed, last_step=step, confirmed_at=now))
    codes = _new_codes(session, account.id)
    sign_ins.revoke_all(session, account.id, now, but=staff.sign_in_id)
    _record(session, staff, account, "second-factor.enrol", now, tell="enrolled")
    return codes


def renew_codes(session: Session, seal: Seal, staff: Staff, proof: Proof, now: datetime) -> list[str]:
    """Replace the recovery codes, used and unused; raise as `_prove` does."""
    account = _prove(session, seal, staff, proof, now)
    codes = _new_codes(session, account.id)
    _record(session, staff, account, "second-factor.codes", now, tell="codes")
    return codes


def remove(session: Session, seal: Seal, staff: Staff, proof: Proof, now: datetime) -> None:
    """Do without a second factor from now on, where the server lets staff; raise as `_prove` does."""
    account = _prove(session, seal, staff, proof, now)
    _forget(session, account.id)
    _record(session, staff, account, "second-factor.remove", now, tell="removed")


def reset(session: Session, by: Staff | Operator, account_id: int, now: datetime) -> Account:
    """Take away the second factor of somebody who lost it, in the caller's write transaction.

    Every sign-in ends, and they enrol anew at the next one. Raises NotFound `factor.unknown`.
    """
    account = accounts.open_account(session, account_id, lock=True)
    if of(session, account_id) is None:
        raise NotFound("factor.unknown")
    _forget(session, account_id)
    sign_ins.revoke_all(session, account_id, now)
    _record(session, by, account, "staff.reset-second-factor", now, tell="reset")
    return account


def accept(
    session: Session, seal: Seal, account_id: int, code: str, now: datetime, *, field: str = "code"
) -> None:
    """Use up a code of the authenticator or a recovery code, in the caller's write transaction.

    Of two requests with one code, the database lets one through. A wrong one is counted and committed, so call it
    before anything else is written, with the account locked. Raises Refusal `code.wrong`, or `code.used` for a code
    that was right but has been accepted before, `code.no-recovery` for one too long to be an authenticator's; TooOften
    where too many were wrong, which keeps no recovery code out.
    """
    typed = "".join(code.split())
    if len(typed) != _DIGITS:
        return _accept_recovery(session, account_id, typed, now, field)
    factor = of(session, account_id)
    if factor is None:
        raise Refusal("code.wrong", field)
    code_guesses.refuse_beyond(factor, now)
    try:
        step = _step_of(seal.open(account_id, factor.sealed), typed, now)
    except Unreadable:
        # Its key is gone; a recovery code, which needs none, lets its owner in to enrol anew.
        raise Refusal("code.wrong", field) from None
    if step is None:
        code_guesses.count(session, factor, now)
        raise Refusal("code.wrong", field)
    anew = seal.close(account_id, seal.open(account_id, factor.sealed))
    sealed = anew if seal.is_outdated(account_id, factor.sealed) else factor.sealed
    used = session.scalars(
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
        .values(last_step=step, sealed=sealed, failed_codes=0, failed_since=None)
        .returning(SecondFactor.account_id)
    ).one_or_none()
    if used is None:
        raise Refusal("code.used", field)


def _accept_recovery(session: Session, account_id: int, typed: str, now: datetime, field: str) -> None:
    used = session.scalars(
        update(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.code_hash == _hashed(typed))
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
    ).one_or_none()
    if used is None and len(typed) < _CODE_LENGTH // 2:
        raise Refusal("code.wrong", field)
    if used is None:
        raise Refusal("code.no-recovery", field)
    # Whoever guessed keeps the owner out no longer.
    code_guesses.forget(session, account_id)
    account = session.get_one(Account, account_id)
    _tell(session, account, "recovery", now, left=codes_left(session, account_id))


def _step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """Return the newest time step near now that a code belongs to; every one of them is compared."""
    typed, current = "".join(code.split()).encode(), step_at(now)
    steps = [current + near for near in _WINDOW]
    fits = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), typed)]
    return max(fits, default=None)


def _prove(session: Session, seal: Seal, staff: Staff, proof: Proof, now: datetime) -> Account:
    """Begin writing once password and code are right; raise Refusal `password.wrong`, `code.wrong`, `code.used`."""
    _check_password(session, staff.account_id, proof)
    begin_writing(session)
    account = accounts.open_account(session, staff.account_id, lock=True)
    accept(session, seal, account.id, proof.code, now, field="proof")
    return account


def _check_password(session: Session, account_id: int, proof: Proof | None) -> None:
    known = session.get_one(Account, account_id).password_hash
    if proof is not None and not passwords.matches(known, proof.password):
        raise Refusal("password.wrong", "password")


def _new_codes(session: Session, account_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account_id, code_hash=_hashed(code)) for code in codes)
    session.flush()
    return ["-".join(code[at : at + 4] for at in range(0, _CODE_LENGTH, 4)) for code in codes]


def _hashed(code: str) -> str:
    """Return the hash that a recovery code is kept as.

    80 bits of chance cannot be tried out, so one round of SHA-256 will do; argon2 is for what people choose.
    """
    return hashlib.sha256(code.casefold().translate(_READ_AS).encode()).hexdigest()


def _forget(session: Session, account_id: int) -> None:
    for kind in (SecondFactor, RecoveryCode):
        session.execute(delete(kind).where(kind.account_id == account_id))


def _record(
    session: Session, by: Staff | Operator, account: Account, action: str, now: datetime, *, tell: str
) -> None:
    audit.record(session, by, action, subject=f"account:{account.id}", site_id=None, now=now)
    _tell(session, account, tell, now)


def _tell(session: Session, account: Account, what: str, now: datetime, **more: int) -> None:
    """Tell the owner by mail, so that nobody changes how one signs in unnoticed."""
    params = {"account_id": account.id, "name": account.name, "what": what, **more}
    outbox.enqueue(session, "security", to=account.email, language=account.language, params=params, now=now)
