"""A new e-mail address: proved by its mailbox, taken with the password, and never a way to learn who is registered."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.newsroom import NOW, PASSWORD, Newsroom
from widget.db import begin_writing
from widget.errors import NotFound, Refusal, Refusals
from widget.models import Account, OutboxMail, SignIn, SignInKind
from widget.moderation.permissions import Staff
from widget.services import (
    accounts,
    addresses,
    credentials,
    outbox,
    own_accounts,
    sign_ins,
    undelivered,
)
from widget.services.own_accounts import Farewell

FRESH = "ada.lind@mail.example"


def ask(newsroom: Newsroom, account_id: int, email: str = FRESH) -> int:
    """Ask for an address with the right password; return the id of the mail that went to it."""
    newsroom.session.rollback()
    addresses.request(newsroom.session, account_id, PASSWORD, email, NOW)
    newsroom.session.commit()
    query = select(OutboxMail.id).where(OutboxMail.template == "address").order_by(OutboxMail.id.desc())
    return newsroom.session.scalars(query.limit(1)).one()


def take(newsroom: Newsroom, mail_id: int, password: str | None = PASSWORD) -> str:
    """Press the button on the link's page without being signed in; return what came of it."""
    newsroom.session.rollback()
    try:
        addresses.change(newsroom.session, mail_id, NOW, password=password)
    except Refusal as refusal:
        newsroom.session.rollback()
        return refusal.code
    newsroom.session.commit()
    return "changed"


def account(newsroom: Newsroom, account_id: int) -> Account:
    """Return an account as it is now."""
    newsroom.session.rollback()
    return newsroom.session.get_one(Account, account_id)


def mails(newsroom: Newsroom) -> list[tuple[str, str, str | None]]:
    """Return kind, recipient and subject of all mail."""
    newsroom.session.rollback()
    rows = newsroom.session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [(mail.template, mail.recipient, mail.params.get("what")) for mail in rows]


def test_the_address_changes_when_the_new_mailbox_and_the_password_say_so(
    newsroom: Newsroom, reader_id: int
) -> None:
    old = account(newsroom, reader_id).email
    assert old is not None
    mail_id = ask(newsroom, reader_id, "Ada.Lind@Mail.example")
    assert account(newsroom, reader_id).email == old
    assert mails(newsroom) == [
        ("address", "Ada.Lind@mail.example", None),
        ("account", old, "address-asked"),
    ]
    begin_writing(newsroom.session)
    sign_ins.start(newsroom.session, reader_id, SignInKind.READER, NOW)
    newsroom.session.commit()
    assert take(newsroom, mail_id) == "changed"
    changed = account(newsroom, reader_id)
    assert (changed.email, changed.email_key) == ("Ada.Lind@mail.example", FRESH)
    assert mails(newsroom)[2:] == [("account", old, "address")]
    assert newsroom.session.scalars(select(SignIn)).one().revoked_at == NOW
    assert credentials.authenticate(newsroom.session, old, PASSWORD) is None
    assert credentials.authenticate(newsroom.session, FRESH, PASSWORD) is not None


def test_whoever_presses_signed_in_to_the_account_stays_so(newsroom: Newsroom, reader_id: int) -> None:
    begin_writing(newsroom.session)
    _, here = sign_ins.start(newsroom.session, reader_id, SignInKind.READER, NOW)
    newsroom.session.commit()
    here_id, mail_id = here.id, ask(newsroom, reader_id)
    addresses.change(newsroom.session, mail_id, NOW, sign_in_id=here_id)
    newsroom.session.commit()
    assert account(newsroom, reader_id).email == FRESH
    assert newsroom.session.get_one(SignIn, here_id).revoked_at is None


def test_nobody_can_have_their_account_confirmed_by_the_owner_of_another_address(
    newsroom: Newsroom, site_id: int
) -> None:
    stranger = newsroom.newcomer(email="stranger@post.example")
    mail_id = ask(newsroom, stranger, "victim@post.example")
    assert take(newsroom, mail_id, "") == "password.missing"
    assert take(newsroom, mail_id, "a password of the victim") == "password.wrong"
    unchanged = account(newsroom, stranger)
    assert (unchanged.email, unchanged.email_confirmed_at) == ("stranger@post.example", None)
    # An address that nobody has confirmed may be another's: it gets no mail about this.
    assert [kind for kind, *_ in mails(newsroom)] == ["address"]


def test_a_mistyped_address_is_mended_before_it_is_confirmed(newsroom: Newsroom, site_id: int) -> None:
    bo = newsroom.newcomer(email="bo@pots.example")
    waiting = newsroom.send(site_id, bo)
    assert take(newsroom, ask(newsroom, bo, "bo@post.example")) == "changed"
    mended = account(newsroom, bo)
    assert (mended.email, mended.email_confirmed_at) == ("bo@post.example", NOW)
    assert newsroom.comment(waiting).queued_at == NOW


def test_asking_tells_nobody_which_addresses_are_known(newsroom: Newsroom, reader_id: int) -> None:
    newsroom.reader("Siv Dahl", email="siv@post.example")
    for email in ("siv@post.example", "nobody@post.example"):
        mail_id = ask(newsroom, reader_id, email)
        mail = newsroom.session.get_one(OutboxMail, mail_id)
        assert (mail.recipient, mail.params) == (email, {"account_id": reader_id})
    taken = newsroom.session.scalars(select(OutboxMail).where(OutboxMail.recipient == "siv@post.example"))
    assert take(newsroom, taken.one().id) == "address.taken"
    assert account(newsroom, reader_id).email != "siv@post.example"


def test_an_unconfirmed_account_keeps_no_address_from_anybody(newsroom: Newsroom, reader_id: int) -> None:
    newsroom.newcomer(email=FRESH)
    assert take(newsroom, ask(newsroom, reader_id)) == "changed"


@pytest.mark.parametrize("meanwhile", ["password", "address", "closed"])
def test_a_link_ends_with_what_it_was_made_for(newsroom: Newsroom, reader_id: int, meanwhile: str) -> None:
    mail_id = ask(newsroom, reader_id)
    found = addresses.asked(newsroom.session, mail_id)
    assert found is not None
    before = addresses.fingerprint(*found)
    newsroom.session.rollback()
    if meanwhile == "password":
        known = newsroom.session.get_one(Account, reader_id)
        bound_to = credentials.fingerprint(known, known.email_key)
        credentials.reset_password(
            newsroom.session, reader_id, bound_to, "nine lanterns beyond the mill", NOW
        )
    elif meanwhile == "closed":
        own_accounts.close(newsroom.session, reader_id, Farewell(PASSWORD), NOW)
    newsroom.session.commit()
    if meanwhile == "address":
        assert take(newsroom, ask(newsroom, reader_id, "other@mail.example")) == "changed"
    newsroom.session.rollback()
    now = addresses.asked(newsroom.session, mail_id)
    assert now is None if meanwhile == "closed" else now and addresses.fingerprint(*now) != before


@pytest.mark.parametrize(
    ("email", "password", "refused"),
    [
        ("nonsense", PASSWORD, [("email.malformed", "email")]),
        ("READER1@post.example", PASSWORD, [("email.same", "email")]),
        (FRESH, "a guess of mine", [("password.wrong", "old")]),
        ("", "", [("email.missing", "email"), ("password.missing", "old")]),
    ],
)
def test_what_is_wrong_is_said_at_once(
    newsroom: Newsroom, reader_id: int, email: str, password: str, refused: list[tuple[str, str]]
) -> None:
    with pytest.raises(Refusals) as error:
        addresses.request(newsroom.session, reader_id, password, email, NOW)
    assert [(one.code, one.field) for one in error.value.refusals] == refused
    assert mails(newsroom) == []


def test_no_mailbox_is_flooded_with_links(newsroom: Newsroom, reader_id: int) -> None:
    for _ in range(7):
        ask(newsroom, reader_id)
    assert [kind for kind, *_ in mails(newsroom)].count("address") == 5


def test_an_account_with_a_role_keeps_its_address(newsroom: Newsroom, moderator: Staff) -> None:
    with pytest.raises(Refusal) as error:
        addresses.request(newsroom.session, moderator.account_id, PASSWORD, FRESH, NOW)
    assert error.value.code == "account.staff"


def test_links_to_the_former_address_lead_nowhere_and_do_not_leave(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    """Whoever reads the mailbox that somebody gave up sets no new password, however late the mail comes."""
    former = account(newsroom, reader_id)
    email, bound = former.email, credentials.fingerprint(former, former.email_key)
    assert email is not None
    other = newsroom.newcomer(email=email)
    for number in range(3):
        credentials.request_reset(newsroom.session, email, site_id, "en", NOW)
        newsroom.session.commit()
        if number == 0:
            newsroom.session.scalars(select(OutboxMail)).one().sent_at = NOW
            newsroom.session.commit()
    given_up = newsroom.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc()).limit(1)).one()
    given_up.cancelled_at, given_up.last_error = NOW, "OSError"
    newsroom.session.commit()
    accounts.send_confirmation_again(newsroom.session, other, site_id, NOW)
    newsroom.session.commit()
    assert take(newsroom, ask(newsroom, reader_id)) == "changed"
    rows = newsroom.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
    links = [row for row in rows if row.template in {"reset", "confirm"}]
    assert [row.last_error for row in links] == [None, outbox.CALLED_BACK, outbox.CALLED_BACK, None]
    assert undelivered.retry(newsroom.session, NOW) == (0, 0)
    now_bound = account(newsroom, reader_id)
    assert credentials.fingerprint(now_bound, now_bound.email_key) != bound
    # A worker that reads the account after the change makes a link for the mail's own address all the same.
    assert credentials.fingerprint(now_bound, links[1].recipient_key) == bound


def test_only_mail_of_this_kind_leads_anywhere(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    credentials.request_reset(newsroom.session, "reader1@post.example", site_id, "en", NOW)
    newsroom.session.commit()
    other = newsroom.session.scalars(select(OutboxMail.id)).one()
    newsroom.session.rollback()
    for mail_id in (other, other + 100):
        with pytest.raises(NotFound):
            addresses.change(newsroom.session, mail_id, NOW + timedelta(hours=1), password=PASSWORD)
