"""Accounts: registering reveals nobody, a mailed link proves an address, a password opens one account."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.support.newsroom import NOW, PASSWORD, Newsroom, hash_of_password
from widget.errors import NotFound, Refusal, Refusals
from widget.models import Acceptance, Account, CommentState, OutboxMail, SignIn, SignInKind, Site
from widget.moderation.permissions import Staff
from widget.services import accounts, passwords, sign_ins
from widget.services.accounts import Registration
from widget.services.tokens import CONFIRM, RESET, Tokens

FORM = Registration("Ada Lind", "Hamar", "ada@post.example", PASSWORD, accepts=True, language="en")


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

    passwords.matches(None, "so that the hash of nobody is made before anything is counted")
    monkeypatch.setattr(passwords, "_hasher", Watching())
    return seen


def mails(newsroom: Newsroom) -> list[tuple[str, str]]:
    """Return template and recipient of every mail in the outbox."""
    rows = newsroom.session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [(mail.template, mail.recipient) for mail in rows]


# ── Registering ─────────────────────────────────────────────────────────────────────────────────────


def test_registering_makes_an_unconfirmed_account_and_a_mail(newsroom: Newsroom, site_id: int) -> None:
    site = newsroom.session.get_one(Site, site_id)
    form = replace(FORM, name="  Ada\tLind ", email=" Ada@Post.Example ")
    account_id = accounts.register(newsroom.session, site, form, NOW).id
    newsroom.session.commit()
    account = newsroom.session.get_one(Account, account_id)
    assert (account.name, account.place, account.email_confirmed_at) == ("Ada Lind", "Hamar", None)
    assert (account.email, account.email_key) == ("Ada@post.example", "ada@post.example")
    assert account.password_hash is not None
    assert PASSWORD not in account.password_hash
    assert passwords.matches(account.password_hash, PASSWORD)
    assert mails(newsroom) == [("confirm", "Ada@post.example")]
    assert newsroom.session.scalar(select(func.count()).select_from(Acceptance)) == 1
    # What it writes waits, and is in nobody's queue.
    comment = newsroom.comment(newsroom.send(site_id, account_id))
    assert (comment.state, comment.queued_at) == (CommentState.PENDING, None)


def test_a_known_address_registers_like_an_unknown_one(newsroom: Newsroom, site_id: int) -> None:
    newsroom.reader(email="ada@post.example")
    site = newsroom.session.get_one(Site, site_id)
    known = accounts.register(newsroom.session, site, FORM, NOW)
    assert known.email_confirmed_at is None
    newsroom.session.commit()
    accounts.register(newsroom.session, site, replace(FORM, email="new@post.example"), NOW)
    newsroom.session.commit()
    assert mails(newsroom) == [("confirm", "ada@post.example"), ("confirm", "new@post.example")]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": " "}, [("name.missing", "name")]),
        ({"name": "1234"}, [("name.missing", "name")]),
        ({"name": "Ada\u202eLind"}, [("name.hidden", "name")]),
        ({"name": "A" * 201}, [("name.long", "name")]),
        ({"place": ""}, [("place.missing", "place")]),
        ({"place": "Ha\u200bmar"}, [("place.hidden", "place")]),
        ({"place": "H" * 201}, [("place.long", "place")]),
        ({"email": "ada"}, [("email.malformed", "email")]),
        ({"email": "ada@post.example\x00"}, [("email.malformed", "email")]),
        ({"email": "a" * 250 + "@post.example"}, [("email.malformed", "email")]),
        ({"email": "ada@post.example\nBcc: x@y.example"}, [("email.malformed", "email")]),
        ({"password": "short"}, [("password.short", "password")]),
        ({"accepts": False}, [("netiquette.not-accepted", "accepts")]),
        # Everything at once, so that a person mends the form in one go.
        (
            {"name": "", "place": "", "email": "", "password": "", "accepts": False},
            [
                ("name.missing", "name"),
                ("place.missing", "place"),
                ("email.malformed", "email"),
                ("password.short", "password"),
                ("netiquette.not-accepted", "accepts"),
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_registration(
    newsroom: Newsroom, site_id: int, changes: dict[str, object], wrong: list[tuple[str, str]]
) -> None:
    site = newsroom.session.get_one(Site, site_id)
    with pytest.raises(Refusals) as refused:
        accounts.register(newsroom.session, site, replace(FORM, **changes), NOW)  # type: ignore[arg-type]
    assert [(item.code, item.field) for item in refused.value.refusals] == wrong
    newsroom.session.rollback()
    assert newsroom.session.scalar(select(func.count()).select_from(Account)) == 0


# ── Confirming ──────────────────────────────────────────────────────────────────────────────────────


def test_confirming_moves_what_waited_into_the_queue(newsroom: Newsroom, site_id: int) -> None:
    newcomer = newsroom.newcomer()
    waiting, taken_back = newsroom.send(site_id, newcomer), newsroom.send(site_id, newcomer)
    from widget.services import comments

    comments.withdraw(newsroom.session, newcomer, taken_back, 1, NOW)
    newsroom.session.commit()
    assert [comment.id for comment in accounts.waiting(newsroom.session, newcomer)] == [waiting]
    at = NOW + timedelta(days=1)
    accounts.confirm(newsroom.session, newcomer, at)
    newsroom.session.commit()
    assert newsroom.comment(waiting).queued_at == at
    assert newsroom.comment(taken_back).queued_at is None
    assert accounts.waiting(newsroom.session, newcomer) == []
    # Pressed twice, nothing changes: the wait counts from the first time.
    accounts.confirm(newsroom.session, newcomer, at + timedelta(days=1))
    newsroom.session.commit()
    assert newsroom.session.get_one(Account, newcomer).email_confirmed_at == at
    assert newsroom.comment(waiting).queued_at == at


def test_an_address_is_confirmed_for_one_account_only(newsroom: Newsroom, site_id: int) -> None:
    newsroom.reader(email="ada@post.example")
    second = newsroom.newcomer(email="ADA@post.example")
    with pytest.raises(Refusal, match=r"account\.address-taken"):
        accounts.confirm(newsroom.session, second, NOW)
    newsroom.session.rollback()
    assert newsroom.session.get_one(Account, second).email_confirmed_at is None


def test_the_link_is_sent_again_only_while_it_is_needed(newsroom: Newsroom, site_id: int) -> None:
    newcomer, reader = newsroom.newcomer(email="bo@post.example"), newsroom.reader()
    for account_id in (newcomer, newcomer, reader):
        accounts.send_confirmation_again(newsroom.session, account_id, site_id, NOW)
        newsroom.session.commit()
    assert mails(newsroom) == [("confirm", "bo@post.example")] * 2


def test_handing_over_gives_the_comments_to_the_account_that_holds_the_address(
    newsroom: Newsroom, site_id: int
) -> None:
    owner = newsroom.reader("Ada Lind", email="ada@post.example")
    stray = newsroom.newcomer("Ada L.", email="ada@post.example", password_hash=None)
    waiting = newsroom.send(site_id, stray)
    with pytest.raises(Refusal, match=r"sign-in\.wrong"):
        accounts.hand_over(newsroom.session, stray, "not the password of Ada", NOW)
    newsroom.session.rollback()
    at = NOW + timedelta(hours=1)
    assert accounts.hand_over(newsroom.session, stray, PASSWORD, at).id == owner
    newsroom.session.commit()
    comment = newsroom.comment(waiting)
    assert (comment.account_id, comment.queued_at) == (owner, at)
    # It stays signed as it was sent.
    assert comment.name == "Ada L."
    closed = newsroom.session.get_one(Account, stray)
    assert (closed.closed_at, closed.email, closed.email_key) == (at, None, None)
    with pytest.raises(NotFound):
        accounts.hand_over(newsroom.session, stray, PASSWORD, NOW)


def test_a_confirmed_account_never_hands_itself_over(newsroom: Newsroom, site_id: int) -> None:
    """An old link to an account that was confirmed since must not close it."""
    owner = newsroom.reader(email="ada@post.example")
    with pytest.raises(NotFound):
        accounts.hand_over(newsroom.session, owner, PASSWORD, NOW)
    newsroom.session.rollback()
    assert newsroom.session.get_one(Account, owner).closed_at is None


def test_disowning_closes_the_account_and_withdraws_what_it_wrote_and_twice_does_no_harm(
    newsroom: Newsroom, site_id: int
) -> None:
    newcomer = newsroom.newcomer(email="bo@post.example")
    waiting = newsroom.send(site_id, newcomer)
    for _ in range(2):
        accounts.disown(newsroom.session, newcomer, NOW)
        newsroom.session.commit()
    assert newsroom.comment(waiting).state is CommentState.WITHDRAWN
    assert len(newsroom.decisions(waiting)) == 1
    account = newsroom.session.get_one(Account, newcomer)
    assert (account.closed_at, account.email, account.password_hash) == (NOW, None, None)
    with pytest.raises(NotFound):
        accounts.confirm(newsroom.session, newcomer, NOW)
    newsroom.session.rollback()
    accounts.disown(newsroom.session, 999_999, NOW)


def test_a_confirmed_account_is_not_disowned(newsroom: Newsroom, site_id: int) -> None:
    reader = newsroom.reader()
    waiting = newsroom.send(site_id, reader)
    accounts.disown(newsroom.session, reader, NOW)
    newsroom.session.commit()
    assert newsroom.session.get_one(Account, reader).closed_at is None
    assert newsroom.comment(waiting).state is CommentState.PENDING


# ── Signing in ──────────────────────────────────────────────────────────────────────────────────────


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
def test_signing_in_verifies_exactly_one_password_whatever_is_known(
    newsroom: Newsroom, site_id: int, verified: list[str], email: str, password: str, opens: bool
) -> None:
    ada = newsroom.reader(email="ada@post.example")
    # Several unconfirmed accounts with the address do not make it slower.
    for _ in range(3):
        newsroom.newcomer(email="ada@post.example")
    newsroom.reader(email="closed@post.example", closed_at=NOW)
    newsroom.reader(email="hashless@post.example", password_hash=None)
    account = accounts.authenticate(newsroom.session, email, password)
    assert (account.id if account else None) == (ada if opens else None)
    assert len(verified) == 1


def test_the_confirmed_account_comes_before_newer_unconfirmed_ones(newsroom: Newsroom, site_id: int) -> None:
    other = passwords.hashed("another pass phrase entirely")
    ada = newsroom.reader(email="ada@post.example")
    newsroom.newcomer(email="ada@post.example", password_hash=other)
    found = accounts.authenticate(newsroom.session, "ada@post.example", PASSWORD)
    assert found is not None
    assert found.id == ada
    assert accounts.authenticate(newsroom.session, "ada@post.example", "another pass phrase entirely") is None


def test_the_newest_unconfirmed_account_opens_until_one_is_confirmed(
    newsroom: Newsroom, site_id: int
) -> None:
    newsroom.newcomer(email="bo@post.example")
    newest = newsroom.newcomer(email="bo@post.example")
    found = accounts.authenticate(newsroom.session, "bo@post.example", PASSWORD)
    assert found is not None
    assert found.id == newest


def test_a_weaker_hash_is_renewed_at_sign_in(newsroom: Newsroom, site_id: int) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    old, new = newsroom.reader(password_hash=weak), newsroom.reader()
    for account_id in (old, new):
        accounts.refresh_hash(newsroom.session, account_id, PASSWORD)
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


# ── A new password ──────────────────────────────────────────────────────────────────────────────────


def test_asking_for_a_new_password_tells_nobody_who_is_known(newsroom: Newsroom, site_id: int) -> None:
    newsroom.reader(email="ada@post.example")
    newsroom.newcomer(email="bo@post.example")
    for email in ("ada@post.example", "bo@post.example", "nobody@post.example"):
        accounts.request_reset(newsroom.session, email, site_id, "fr", NOW)
        newsroom.session.commit()
    # An address without a confirmed account is told so by mail, and by nothing else.
    assert mails(newsroom) == [
        ("reset", "ada@post.example"),
        ("reset_unknown", "bo@post.example"),
        ("reset_unknown", "nobody@post.example"),
    ]
    languages = newsroom.session.scalars(select(OutboxMail.language).order_by(OutboxMail.id)).all()
    assert languages == ["en", "fr", "fr"]
    with pytest.raises(Refusal, match=r"email\.malformed"):
        accounts.request_reset(newsroom.session, "ada", site_id, "en", NOW)


def test_a_new_password_ends_every_sign_in_and_uses_up_the_link(newsroom: Newsroom, site_id: int) -> None:
    reader, tokens = newsroom.reader(), Tokens("k" * 32)
    sign_in, _ = sign_ins.start(newsroom.session, reader, SignInKind.READER, NOW)
    newsroom.session.commit()
    link = tokens.sign(RESET, reader, newsroom.session.get_one(Account, reader).password_hash)
    assert tokens.fits(RESET, link, newsroom.session.get_one(Account, reader).password_hash)
    accounts.reset_password(newsroom.session, reader, "nine lanterns beyond the mill", NOW)
    newsroom.session.commit()
    account = newsroom.session.get_one(Account, reader)
    assert passwords.matches(account.password_hash, "nine lanterns beyond the mill")
    assert not passwords.matches(account.password_hash, PASSWORD)
    assert sign_ins.resolve(newsroom.session, sign_in, SignInKind.READER, NOW) is None
    assert not tokens.fits(RESET, link, account.password_hash)
    with pytest.raises(Refusals, match=r"password\.short"):
        accounts.reset_password(newsroom.session, reader, "short", NOW)
    newsroom.session.rollback()
    with pytest.raises(NotFound):
        accounts.reset_password(newsroom.session, 999_999, "nine lanterns beyond the mill", NOW)


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
    ("purpose", "good_for"), [(CONFIRM, timedelta(days=14)), (RESET, timedelta(hours=2))]
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
