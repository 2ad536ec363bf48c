"""Signing in takes as long whoever is known; sign-ins end; a new password is set by a link that works once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.support.newsroom import NOW, PASSWORD, Newsroom, hash_of_password
from widget.errors import NotFound, Refusal, Refusals
from widget.models import Account, OutboxMail, SignIn, SignInKind
from widget.moderation.permissions import Staff
from widget.services import accounts, credentials, passwords, sign_ins
from widget.services.accounts import Registration
from widget.services.tokens import CONFIRM, INVITE, RESET, SECOND_STEP, Tokens

FORM = Registration("Ada Lind", "Hamar", "ada@post.example", PASSWORD, accepts=1, language="en")


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that passwords were compared with, noted at the edge of the hashing library."""
    seen: list[str] = []
    hasher = passwords._hasher

    class Watching:
        def verify(self, password_hash: str, password: str) -> bool:
            seen.append(password_hash)
            return hasher.verify(password_hash, password)

        def __getattr__(self, name: str) -> object:
            return getattr(hasher, name)

    monkeypatch.setattr(passwords, "_hasher", Watching())
    return seen


def mails(newsroom: Newsroom) -> list[tuple[str, str]]:
    """Return template and recipient of every mail in the outbox."""
    rows = newsroom.session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [(mail.template, mail.recipient) for mail in rows]


# ── Signing in ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("email", "password", "opens"),
    [
        ("ada@post.example", PASSWORD, True),
        (" ADA@Post.example ", PASSWORD, True),
        ("ada@post.example", PASSWORD + " ", False),
        ("ada@post.example", "", False),
        ("nobody@post.example", PASSWORD, False),
        ("not an address", PASSWORD, False),
        ("", PASSWORD, False),
        ("closed@post.example", PASSWORD, False),
        ("hashless@post.example", "nobody signs in with this", False),
    ],
)
def test_signing_in_verifies_three_passwords_whatever_is_known(
    newsroom: Newsroom, site_id: int, verified: list[str], email: str, password: str, opens: bool
) -> None:
    ada = newsroom.reader(email="ada@post.example")
    # Several unconfirmed accounts with the address do not make it slower.
    for _ in range(3):
        newsroom.newcomer(email="ada@post.example")
    newsroom.reader(email="closed@post.example", closed_at=NOW)
    newsroom.reader(email="hashless@post.example", password_hash=None)
    account = credentials.authenticate(newsroom.session, email, password)
    assert (account.id if account else None) == (ada if opens else None)
    assert len(verified) == 3


def test_the_confirmed_account_comes_before_newer_unconfirmed_ones(newsroom: Newsroom, site_id: int) -> None:
    other = passwords.hashed("another pass phrase entirely")
    ada = newsroom.reader(email="ada@post.example")
    anew = newsroom.newcomer(email="ada@post.example", password_hash=other)
    found = credentials.authenticate(newsroom.session, "ada@post.example", PASSWORD)
    assert found is not None
    assert found.id == ada
    # Whoever registered the address anew still opens that account: a refusal would tell of the other.
    second = credentials.authenticate(newsroom.session, "ada@post.example", "another pass phrase entirely")
    assert second is not None
    assert second.id == anew


def test_the_newest_unconfirmed_account_opens_until_one_is_confirmed(
    newsroom: Newsroom, site_id: int
) -> None:
    newsroom.newcomer(email="bo@post.example")
    newest = newsroom.newcomer(email="bo@post.example")
    found = credentials.authenticate(newsroom.session, "bo@post.example", PASSWORD)
    assert found is not None
    assert found.id == newest


def test_a_weaker_hash_is_renewed_at_sign_in(newsroom: Newsroom, site_id: int) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    old, new = newsroom.reader(password_hash=weak), newsroom.reader()
    for account_id in (old, new):
        credentials.refresh_hash(newsroom.session, account_id, PASSWORD)
        newsroom.session.commit()
    renewed = newsroom.session.get_one(Account, old).password_hash
    assert renewed is not None
    assert renewed != weak
    assert not passwords.outdated(renewed)
    assert passwords.matches(renewed, PASSWORD)
    assert newsroom.session.get_one(Account, new).password_hash == hash_of_password()


def test_sign_ins_hold_until_they_expire_or_are_revoked(newsroom: Newsroom, site_id: int) -> None:
    session, reader = newsroom.session, newsroom.reader()
    tokens = []
    for _ in range(2):
        token, sign_in = sign_ins.start(session, reader, SignInKind.READER, NOW)
        tokens.append((token, sign_in.id))
    session.commit()
    (first, first_id), (second, _) = tokens

    def holds(token: str, kind: SignInKind = SignInKind.READER, at: timedelta = timedelta(0)) -> bool:
        session.rollback()
        return sign_ins.resolve(session, token, kind, NOW + at) is not None

    assert holds(first)
    assert holds(second)
    # The database knows only the hash, and a reader's sign-in has no powers at the desk.
    assert session.scalars(select(SignIn.token_hash)).all().count(first) == 0
    assert not holds(first, SignInKind.DESK)
    assert not holds(first + "x")
    assert holds(first, at=timedelta(days=180) - timedelta(seconds=1))
    assert not holds(first, at=timedelta(days=180))
    sign_ins.revoke(session, first_id, NOW)
    session.commit()
    assert not holds(first)
    assert holds(second)
    sign_ins.revoke_all(session, reader, NOW)
    session.commit()
    assert not holds(second)


def test_a_desk_sign_in_ends_after_a_week(newsroom: Newsroom, moderator: Staff) -> None:
    token, _ = sign_ins.start(newsroom.session, moderator.account_id, SignInKind.DESK, NOW)
    newsroom.session.commit()
    week = timedelta(days=7)
    assert sign_ins.resolve(newsroom.session, token, SignInKind.DESK, NOW + week - timedelta(seconds=1))
    assert sign_ins.resolve(newsroom.session, token, SignInKind.DESK, NOW + week) is None


def test_the_sign_in_of_a_closed_account_holds_no_longer(newsroom: Newsroom, site_id: int) -> None:
    newcomer = newsroom.newcomer()
    token, _ = sign_ins.start(newsroom.session, newcomer, SignInKind.READER, NOW)
    newsroom.session.commit()
    accounts.disown(newsroom.session, newcomer, NOW)
    newsroom.session.commit()
    assert sign_ins.resolve(newsroom.session, token, SignInKind.READER, NOW) is None


def test_ended_sign_ins_are_forgotten_and_decisions_keep_the_name(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.published(editor, reader_id)
    sign_ins.forget_expired(newsroom.session, NOW + timedelta(days=36))
    newsroom.session.commit()
    assert newsroom.session.scalar(select(func.count()).select_from(SignIn)) == 1
    sign_ins.forget_expired(newsroom.session, NOW + timedelta(days=38))
    newsroom.session.commit()
    assert newsroom.session.scalar(select(func.count()).select_from(SignIn)) == 0
    (decision,) = newsroom.decisions(comment_id)
    assert (decision.sign_in_id, decision.name) == (None, editor.name)


# ── A new password ────────────────────────────────────────────────────────────────────────────────────


def test_asking_for_a_new_password_tells_nobody_who_is_known(newsroom: Newsroom, site_id: int) -> None:
    newsroom.reader(email="ada@post.example")
    newsroom.newcomer(email="ada@post.example", language="fr")
    newsroom.newcomer("Bo the First", email="bo@post.example")
    newest = newsroom.newcomer(email="bo@post.example")
    for email in ("ada@post.example", "bo@post.example", "nobody@post.example"):
        credentials.request_reset(newsroom.session, email, site_id, "fr", NOW)
        newsroom.session.commit()
    # An address without an account is told so by mail, and by nothing else; where none is confirmed, the
    # newest registration gets the link, since confirming it takes the password.
    assert mails(newsroom) == [
        ("reset", "ada@post.example"),
        ("reset", "bo@post.example"),
        ("reset_unknown", "nobody@post.example"),
    ]
    sent = newsroom.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    assert [mail.language for mail in sent] == ["en", "en", "fr"]
    assert sent[1].params["account_id"] == newest
    with pytest.raises(Refusal, match=r"email\.malformed"):
        credentials.request_reset(newsroom.session, "ada", site_id, "en", NOW)


@pytest.mark.parametrize(
    ("known", "alike"),
    [("ilse@post.example", "ilſe@post.example"), ("groß@post.example", "gross@post.example")],
)
def test_mail_to_a_look_alike_address_opens_no_account(
    newsroom: Newsroom, site_id: int, known: str, alike: str
) -> None:
    """`ſ` and `ß` fold to `s` and `ss`, but their mailboxes are other people's."""
    newsroom.reader(email=known)
    credentials.request_reset(newsroom.session, alike, site_id, "en", NOW)
    newsroom.session.commit()
    assert credentials.authenticate(newsroom.session, alike, PASSWORD) is None
    assert mails(newsroom) == [("reset_unknown", alike)]


def test_the_link_goes_to_the_address_on_file_however_it_is_typed(newsroom: Newsroom, site_id: int) -> None:
    newsroom.reader(email="Ada@post.example")
    credentials.request_reset(newsroom.session, "ADA@POST.example", site_id, "en", NOW)
    newsroom.session.commit()
    assert mails(newsroom) == [("reset", "Ada@post.example")]


def test_a_name_that_nobody_confirmed_is_in_no_mail(newsroom: Newsroom, site_id: int) -> None:
    """Anybody can register somebody else's address under a name that reads like a message."""
    newcomer = newsroom.newcomer("Your account is locked", email="bo@post.example")
    credentials.request_reset(newsroom.session, "bo@post.example", site_id, "en", NOW)
    newsroom.session.commit()
    mail = newsroom.session.scalars(select(OutboxMail)).one()
    assert mail.params == {"account_id": newcomer}


def test_a_new_password_ends_every_sign_in_and_uses_up_the_link(newsroom: Newsroom, site_id: int) -> None:
    reader, tokens = newsroom.reader(), Tokens("k" * 32)
    sign_in, _ = sign_ins.start(newsroom.session, reader, SignInKind.READER, NOW)
    newsroom.session.commit()
    known = newsroom.session.get_one(Account, reader)
    bound_to = credentials.fingerprint(known, known.email_key)
    link = tokens.sign(RESET, reader, bound_to)
    credentials.reset_password(newsroom.session, reader, bound_to, "nine lanterns beyond the mill", NOW)
    newsroom.session.commit()
    account = newsroom.session.get_one(Account, reader)
    assert passwords.matches(account.password_hash, "nine lanterns beyond the mill")
    assert not passwords.matches(account.password_hash, PASSWORD)
    assert sign_ins.resolve(newsroom.session, sign_in, SignInKind.READER, NOW) is None
    bound_anew = credentials.fingerprint(account, account.email_key)
    assert not tokens.fits(RESET, link, bound_anew)
    with pytest.raises(Refusals, match=r"password\.short"):
        credentials.reset_password(newsroom.session, reader, bound_anew, "short", NOW)
    newsroom.session.rollback()
    # Nobody has this number, and the link was read before the password changed in the same moment.
    for whose, bound in ((999_999, bound_anew), (reader, bound_to)):
        with pytest.raises(NotFound):
            credentials.reset_password(newsroom.session, whose, bound, "nine lanterns under the mill", NOW)
        newsroom.session.rollback()


def test_links_are_bound_to_their_purpose_their_account_and_their_key() -> None:
    ours, foreign = Tokens("k" * 32), Tokens("f" * 32)
    link = ours.sign(CONFIRM, 7, "hash")
    assert ours.account_id(CONFIRM, link) == 7
    assert ours.fits(CONFIRM, link, "hash")
    assert not ours.fits(CONFIRM, link, "another hash")
    assert not ours.fits(CONFIRM, link, None)
    for purpose, token in (
        (RESET, link),
        (CONFIRM, link[:-1]),
        (CONFIRM, ""),
        (CONFIRM, "7"),
        (CONFIRM, "a.b.c"),
    ):
        assert ours.account_id(purpose, token) is None
        assert not ours.fits(purpose, token, "hash")
    assert foreign.account_id(CONFIRM, link) is None
    # Rotating the key keeps earlier links good, and signs with the new one.
    rotated = Tokens("n" * 32, ["k" * 32])
    assert rotated.account_id(CONFIRM, link) == 7
    assert Tokens("n" * 32).account_id(CONFIRM, rotated.sign(CONFIRM, 8, None)) == 8


@pytest.mark.parametrize(
    ("purpose", "good_for"),
    [
        (CONFIRM, timedelta(days=14)),
        (RESET, timedelta(hours=2)),
        (INVITE, timedelta(days=7)),
        (SECOND_STEP, timedelta(minutes=10)),
    ],
)
def test_links_grow_old(purpose: str, good_for: timedelta) -> None:
    import time_machine

    tokens = Tokens("k" * 32)
    with time_machine.travel(NOW, tick=False) as clock:
        link = tokens.sign(purpose, 7, None)
        clock.shift(good_for)
        assert tokens.account_id(purpose, link) == 7
        clock.shift(timedelta(seconds=1))
        assert tokens.account_id(purpose, link) is None
