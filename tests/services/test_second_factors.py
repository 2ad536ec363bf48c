"""Second factors: each code works once, near its time; recovery codes once; changing anything takes proof."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.newsroom import NOW, PASSWORD, Newsroom
from tests.support.races import at_once
from widget.db import begin_writing
from widget.errors import NotFound, Refusal, TooOften
from widget.models import AuditEntry, OutboxMail, RecoveryCode, SecondFactor, SignIn, SignInKind
from widget.moderation.permissions import Operator, Staff
from widget.services import code_guesses, second_factors, sign_ins
from widget.services.sealing import Seal
from widget.services.second_factors import Proof

SEAL = Seal("k" * 32)
SECRET = bytes(range(20))
TYPED = "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT"
HALF_A_MINUTE = timedelta(seconds=30)


def code(steps: int = 0) -> str:
    """Return what a real authenticator shows, so many half minutes from now."""
    return pyotp.TOTP(TYPED).at(NOW + steps * HALF_A_MINUTE)


@pytest.fixture
def recovery(newsroom: Newsroom, moderator: Staff) -> list[str]:
    """The moderator's recovery codes, from setting up a second factor a minute ago."""
    earlier = NOW - 2 * HALF_A_MINUTE
    codes = second_factors.enrol(newsroom.session, SEAL, moderator, SECRET, code(-2), None, earlier)
    newsroom.session.commit()
    return codes


@pytest.fixture
def enter(newsroom: Newsroom, moderator: Staff, recovery: list[str]) -> Callable[..., str]:
    """Try a code for the moderator; return the refusal's code, or nothing."""

    def attempt(typed: str, account_id: int = moderator.account_id, seal: Seal = SEAL) -> str:
        newsroom.session.rollback()
        begin_writing(newsroom.session)
        try:
            second_factors.accept(newsroom.session, seal, account_id, typed, NOW)
        except Refusal as refusal:
            newsroom.session.rollback()
            return refusal.code
        newsroom.session.commit()
        return ""

    return attempt


def count(newsroom: Newsroom, kind: type) -> int:
    """Return how many rows of a kind there are."""
    newsroom.session.rollback()
    return newsroom.session.scalars(select(func.count()).select_from(kind)).one()


# ── Codes ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("steps", "answer"), [(-2, "code.wrong"), (-1, ""), (0, ""), (1, ""), (2, "code.wrong")]
)
def test_a_code_works_half_a_minute_early_or_late(enter: Callable[..., str], steps: int, answer: str) -> None:
    assert enter(code(steps)) == answer


@pytest.mark.parametrize("typed", ["", "000000", "abcdef", "12345", "1234567", "١٢٣٤٥٦"])
def test_what_is_no_code(enter: Callable[..., str], typed: str) -> None:
    assert enter(typed) == "code.wrong"


def test_spaces_in_a_code_do_not_matter(enter: Callable[..., str]) -> None:
    assert enter(f" {code()[:3]} {code()[3:]} ") == ""


def test_no_code_works_twice_nor_an_earlier_one_after_it(enter: Callable[..., str]) -> None:
    assert enter(code()) == ""
    assert enter(code()) == "code.used"
    assert enter(code(-1)) == "code.used"
    assert enter(code(1)) == ""


def test_the_code_that_set_it_up_does_not_sign_in(newsroom: Newsroom, editor: Staff) -> None:
    second_factors.enrol(newsroom.session, SEAL, editor, SECRET, code(), None, NOW)
    newsroom.session.commit()
    begin_writing(newsroom.session)
    with pytest.raises(Refusal, match=r"code\.used"):
        second_factors.accept(newsroom.session, SEAL, editor.account_id, code(), NOW)


def test_a_code_opens_one_account_only(enter: Callable[..., str], editor: Staff, recovery: list[str]) -> None:
    assert enter(code(), editor.account_id) == "code.wrong"
    assert enter(recovery[0], editor.account_id) == "code.no-recovery"


def test_fifty_wrong_codes_a_day_end_the_guessing_until_a_day_is_over(
    newsroom: Newsroom, moderator: Staff, enter: Callable[..., str], recovery: list[str]
) -> None:
    """As every process finds it in the database, for `enter` rolls back whatever was not committed."""

    def guess(now: datetime, typed: str = "000000") -> None:
        newsroom.session.rollback()
        begin_writing(newsroom.session)
        second_factors.accept(newsroom.session, SEAL, moderator.account_id, typed, now)

    for _ in range(code_guesses.MOST):
        assert enter("000000") == "code.wrong"
    for typed in ("000000", code(120)):
        with pytest.raises(TooOften) as refused:
            guess(NOW + timedelta(hours=1), typed)
        assert refused.value.seconds == 23 * 3600
    with pytest.raises(Refusal, match=r"code\.wrong"):
        guess(NOW + timedelta(days=1))
    newsroom.session.rollback()
    factor = newsroom.session.get_one(SecondFactor, moderator.account_id)
    assert (factor.failed_codes, factor.failed_since) == (1, NOW + timedelta(days=1))


def test_a_right_code_of_either_kind_begins_the_count_anew(
    newsroom: Newsroom, moderator: Staff, enter: Callable[..., str], recovery: list[str]
) -> None:
    def wrong() -> int:
        newsroom.session.rollback()
        return newsroom.session.get_one(SecondFactor, moderator.account_id).failed_codes

    assert [enter("000000"), enter("000000"), wrong()] == ["code.wrong", "code.wrong", 2]
    assert (enter(code()), wrong()) == ("", 0)
    # A code that was right before is no guess, and a recovery code cannot be guessed.
    assert [enter(code()), enter("zzzz-zzzz-zzzz-zzzz"), wrong()] == ["code.used", "code.no-recovery", 0]
    for _ in range(code_guesses.MOST):
        enter("000000")
    assert (enter(recovery[0]), wrong()) == ("", 0)
    assert enter(code(1)) == ""


def test_who_changes_the_factor_guesses_no_more_than_at_the_door(
    newsroom: Newsroom, moderator: Staff, recovery: list[str]
) -> None:
    newsroom.session.get_one(SecondFactor, moderator.account_id).failed_codes = code_guesses.MOST - 1
    newsroom.session.get_one(SecondFactor, moderator.account_id).failed_since = NOW
    newsroom.session.commit()
    with pytest.raises(Refusal, match=r"code\.wrong"):
        second_factors.renew_codes(newsroom.session, SEAL, moderator, Proof(PASSWORD, "000000"), NOW)
    newsroom.session.rollback()
    with pytest.raises(TooOften):
        second_factors.remove(newsroom.session, SEAL, moderator, Proof(PASSWORD, code()), NOW)


def test_after_the_keys_changed_codes_work_and_are_sealed_anew(
    newsroom: Newsroom, enter: Callable[..., str], moderator: Staff
) -> None:
    rotated = Seal("n" * 32, ["k" * 32])
    assert enter(code(), seal=rotated) == ""
    factor = second_factors.of(newsroom.session, moderator.account_id)
    assert factor is not None
    assert not rotated.is_outdated(moderator.account_id, factor.sealed)
    assert enter(code(1), seal=Seal("n" * 32)) == ""


def test_without_the_key_only_recovery_codes_work(enter: Callable[..., str], recovery: list[str]) -> None:
    stranger = Seal("x" * 32)
    assert enter(code(), seal=stranger) == "code.wrong"
    assert enter(recovery[0], seal=stranger) == ""


@pytest.mark.parametrize("kind", ["code", "recovery"])
def test_of_two_sign_ins_with_one_code_the_database_lets_one_through(
    app: Flask, newsroom: Newsroom, moderator: Staff, recovery: list[str], kind: str
) -> None:
    typed = code() if kind == "code" else recovery[0]

    def sign_in(session: Session) -> None:
        begin_writing(session)
        second_factors.accept(session, SEAL, moderator.account_id, typed, NOW)

    newsroom.session.rollback()
    outcomes = at_once(app, *[sign_in] * 4)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", *["Refusal"] * 3]


# ── Recovery codes ────────────────────────────────────────────────────────────────────────────────────


def test_recovery_codes_work_once_each_however_they_are_typed(
    newsroom: Newsroom, enter: Callable[..., str], moderator: Staff, recovery: list[str]
) -> None:
    assert len(set(recovery)) == 10
    forms = (recovery[0], recovery[1].upper(), recovery[2].replace("-", ""), recovery[3].replace("-", " "))
    for typed in forms:
        assert enter(typed) == ""
        assert enter(typed) == "code.no-recovery"
    assert enter("x" * 5000) == "code.no-recovery"
    misread = recovery[4].replace("0", "O").replace("1", "l")
    assert enter(misread) == ""
    assert second_factors.codes_left(newsroom.session, moderator.account_id) == 5


def test_the_database_holds_neither_secret_nor_codes(newsroom: Newsroom, recovery: list[str]) -> None:
    kept = [row.code_hash for row in newsroom.session.scalars(select(RecoveryCode))]
    kept += [row.sealed for row in newsroom.session.scalars(select(SecondFactor))]
    kept += [str(row.payload) for row in newsroom.session.scalars(select(AuditEntry))]
    kept += [str(row.params) for row in newsroom.session.scalars(select(OutboxMail))]
    for secret in (*recovery, *(one.replace("-", "") for one in recovery), TYPED, SECRET.hex()):
        assert not any(secret in text for text in kept)


def test_its_owner_learns_that_a_recovery_code_was_used(
    newsroom: Newsroom, enter: Callable[..., str], recovery: list[str]
) -> None:
    enter(recovery[0])
    newest = newsroom.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert newest is not None
    assert (newest.template, newest.params["what"], newest.params["left"]) == ("security", "recovery", 9)


# ── Setting up, replacing, doing without ──────────────────────────────────────────────────────────────


def test_what_is_offered_stays_the_same_until_it_is_set_up(newsroom: Newsroom, moderator: Staff) -> None:
    session, account_id = newsroom.session, moderator.account_id
    offer = second_factors.offer(session, SEAL, account_id, "token")
    assert second_factors.offer(session, SEAL, account_id, "token") == offer
    assert second_factors.offer(session, SEAL, account_id, "other").secret != offer.secret
    assert offer.address.startswith("otpauth://totp/Byline:")
    assert f"secret={offer.typed}" in offer.address
    typed = pyotp.TOTP(offer.typed).at(NOW)
    second_factors.enrol(session, SEAL, moderator, offer.secret, typed, None, NOW)
    session.commit()
    assert second_factors.offer(session, SEAL, account_id, "token").secret != offer.secret


def test_setting_up_takes_a_code_and_ends_what_was_signed_in_without(
    newsroom: Newsroom, moderator: Staff
) -> None:
    session = newsroom.session
    token, _ = sign_ins.start(session, moderator.account_id, SignInKind.DESK, NOW)
    session.commit()
    with pytest.raises(Refusal, match=r"code\.wrong"):
        second_factors.enrol(session, SEAL, moderator, SECRET, code(5), None, NOW)
    session.rollback()
    assert sign_ins.resolve(session, token, SignInKind.DESK, NOW) is not None
    second_factors.enrol(session, SEAL, moderator, SECRET, code(), None, NOW)
    session.commit()
    assert sign_ins.resolve(session, token, SignInKind.DESK, NOW) is None
    own = session.get_one(SignIn, moderator.sign_in_id)
    assert own.revoked_at is None
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_name) == ("second-factor.enrol", moderator.name)


@pytest.mark.parametrize(
    ("proof", "refused"),
    [
        (None, "code.wrong"),
        (Proof("another password entirely", "right"), "password.wrong"),
        (Proof(PASSWORD, "000000"), "code.wrong"),
        (Proof(PASSWORD, "right"), ""),
        (Proof(PASSWORD, "recovery"), ""),
    ],
)
def test_replacing_takes_password_and_a_code_of_the_present_one(
    newsroom: Newsroom, moderator: Staff, recovery: list[str], proof: Proof | None, refused: str
) -> None:
    other = bytes(20)
    if proof is not None:
        proof = Proof(proof.password, {"right": code(), "recovery": recovery[0]}.get(proof.code, proof.code))
    fresh = second_factors.code_at(other, second_factors.step_at(NOW))

    def replace() -> None:
        second_factors.enrol(newsroom.session, SEAL, moderator, other, fresh, proof, NOW)
        newsroom.session.commit()

    if refused:
        with pytest.raises(Refusal, match=refused):
            replace()
    else:
        replace()
    newsroom.session.rollback()
    factor = second_factors.of(newsroom.session, moderator.account_id)
    assert factor is not None
    assert (SEAL.open(moderator.account_id, factor.sealed) == other) is (not refused)


def test_new_recovery_codes_replace_the_old(
    newsroom: Newsroom, enter: Callable[..., str], moderator: Staff, recovery: list[str]
) -> None:
    with pytest.raises(Refusal, match=r"password\.wrong"):
        second_factors.renew_codes(newsroom.session, SEAL, moderator, Proof("wrong", code()), NOW)
    newsroom.session.rollback()
    anew = second_factors.renew_codes(newsroom.session, SEAL, moderator, Proof(PASSWORD, code()), NOW)
    newsroom.session.commit()
    assert enter(recovery[0]) == "code.no-recovery"
    assert enter(anew[0]) == ""
    assert count(newsroom, RecoveryCode) == 10


def test_doing_without_takes_proof_and_leaves_nothing(
    newsroom: Newsroom, moderator: Staff, recovery: list[str]
) -> None:
    with pytest.raises(Refusal, match=r"code\.wrong"):
        second_factors.remove(newsroom.session, SEAL, moderator, Proof(PASSWORD, "000000"), NOW)
    newsroom.session.rollback()
    second_factors.remove(newsroom.session, SEAL, moderator, Proof(PASSWORD, code()), NOW)
    newsroom.session.commit()
    assert (count(newsroom, SecondFactor), count(newsroom, RecoveryCode)) == (0, 0)


def test_the_operator_resets_it_for_somebody_locked_out(
    newsroom: Newsroom, moderator: Staff, recovery: list[str]
) -> None:
    session = newsroom.session
    token, _ = sign_ins.start(session, moderator.account_id, SignInKind.DESK, NOW)
    session.commit()
    begin_writing(session)
    second_factors.reset(session, Operator(), moderator.account_id, NOW)
    session.commit()
    assert sign_ins.resolve(session, token, SignInKind.DESK, NOW) is None
    assert (count(newsroom, SecondFactor), count(newsroom, RecoveryCode)) == (0, 0)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_name) == ("staff.reset-second-factor", "Operator")
    begin_writing(session)
    with pytest.raises(NotFound, match=r"factor\.unknown"):
        second_factors.reset(session, Operator(), moderator.account_id, NOW)
