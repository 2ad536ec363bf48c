"""Accounts: registering reveals nobody, and a mailed link proves an address."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.support.newsroom import NOW, PASSWORD, Newsroom
from widget.errors import NotFound, Refusal, Refusals
from widget.models import Acceptance, Account, CommentState, OutboxMail, SignInKind, Site
from widget.services import accounts, passwords, sign_ins
from widget.services.accounts import Registration

FORM = Registration("Ada Lind", "Hamar", "ada@post.example", PASSWORD, accepts=1, language="en")


def mails(newsroom: Newsroom) -> list[tuple[str, str]]:
    """Return template and recipient of every mail in the outbox."""
    rows = newsroom.session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [(mail.template, mail.recipient) for mail in rows]


# ── Registering ───────────────────────────────────────────────────────────────────────────────────────


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
        ({"name": "Locked! See https://x.example/a"}, [("name.link", "name")]),
        ({"place": "WWW.x.example"}, [("place.link", "place")]),
        ({"place": ""}, [("place.missing", "place")]),
        ({"place": "Ha\u200bmar"}, [("place.hidden", "place")]),
        ({"place": "H" * 201}, [("place.long", "place")]),
        ({"email": "ada"}, [("email.malformed", "email")]),
        ({"email": " "}, [("email.missing", "email")]),
        ({"email": "ada@post.example\x00"}, [("email.malformed", "email")]),
        ({"email": "a" * 250 + "@post.example"}, [("email.malformed", "email")]),
        ({"email": "ada@post.example\nBcc: x@y.example"}, [("email.malformed", "email")]),
        ({"password": "short"}, [("password.short", "password")]),
        ({"accepts": None}, [("netiquette.not-accepted", "accepts")]),
        # Everything at once, so that a person mends the form in one go.
        (
            {"name": "", "place": "", "email": "", "password": "", "accepts": None},
            [
                ("name.missing", "name"),
                ("place.missing", "place"),
                ("email.missing", "email"),
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


def test_one_address_gets_five_links_an_hour_and_ten_a_day(newsroom: Newsroom, site_id: int) -> None:
    """However many clients ask, in whatever spelling; whoever asks is told the same."""
    site = newsroom.session.get_one(Site, site_id)

    def sent(at: datetime, email: str = "ada@post.example") -> bool:
        before = len(mails(newsroom))
        accounts.register(newsroom.session, site, replace(FORM, email=email), at)
        newsroom.session.commit()
        return len(mails(newsroom)) > before

    spellings = ["ada@post.example", "ADA@post.example", "Ada@Post.Example"] * 2
    assert [sent(NOW, email) for email in spellings] == [True] * 5 + [False]
    assert sent(NOW, "other@post.example"), "another address has its own share"
    later = NOW + timedelta(hours=2)
    assert [sent(later) for _ in range(6)] == [True] * 5 + [False]
    assert not sent(NOW + timedelta(hours=5)), "ten are enough for a day"
    assert sent(NOW + timedelta(hours=25))


# ── Confirming ────────────────────────────────────────────────────────────────────────────────────────


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


def test_confirming_from_elsewhere_takes_the_password_and_ends_every_sign_in(
    newsroom: Newsroom, site_id: int
) -> None:
    newcomer = newsroom.newcomer()
    waiting = newsroom.send(site_id, newcomer)
    token, _ = sign_ins.start(newsroom.session, newcomer, SignInKind.READER, NOW)
    newsroom.session.commit()
    for wrong in ("", "not the password of Bo"):
        with pytest.raises(Refusal, match=r"confirm\.wrong-password"):
            accounts.confirm_by_password(newsroom.session, newcomer, wrong, NOW)
        newsroom.session.rollback()
    assert newsroom.comment(waiting).queued_at is None
    assert sign_ins.resolve(newsroom.session, token, SignInKind.READER, NOW) is not None
    accounts.confirm_by_password(newsroom.session, newcomer, PASSWORD, NOW)
    newsroom.session.commit()
    assert newsroom.comment(waiting).queued_at == NOW
    assert newsroom.session.get_one(Account, newcomer).email_confirmed_at == NOW
    assert sign_ins.resolve(newsroom.session, token, SignInKind.READER, NOW) is None
    stray = newsroom.newcomer(email=newsroom.session.get_one(Account, newcomer).email)
    with pytest.raises(Refusal, match=r"account\.address-taken"):
        accounts.confirm_by_password(newsroom.session, stray, PASSWORD, NOW)


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
