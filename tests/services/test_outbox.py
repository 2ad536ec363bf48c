"""Mail leaves at least once, later when the server is away, and not at all when it was called back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.support.newsroom import NOW, Newsroom
from widget.db import begin_writing
from widget.models import OutboxMail
from widget.services import errands, outbox

MINUTE = timedelta(minutes=1)


class Post:
    """A mail server by hand: it takes mail, refuses it, or dies with the worker."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.error: BaseException | None = None

    def __call__(self, mail: OutboxMail) -> None:
        if self.error is not None:
            raise self.error
        self.taken.append(mail.recipient)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def put(newsroom: Newsroom, site_id: int) -> Callable[..., int]:
    """Puts a mail into the outbox and returns its id."""

    def enqueue(to: str = "ada@post.example", grace: timedelta = timedelta(0)) -> int:
        begin_writing(newsroom.session)
        outbox.enqueue(
            newsroom.session,
            "confirm",
            to=to,
            language="en",
            params={},
            now=NOW,
            site_id=site_id,
            grace=grace,
        )
        newsroom.session.commit()
        return newsroom.session.scalars(select(OutboxMail.id).order_by(OutboxMail.id.desc())).first() or 0

    return enqueue


def mail(newsroom: Newsroom, mail_id: int) -> OutboxMail:
    """Return a mail as it is now."""
    newsroom.session.rollback()
    return newsroom.session.get_one(OutboxMail, mail_id)


def test_a_mail_is_delivered_once(newsroom: Newsroom, put: Callable[..., int], post: Post) -> None:
    mail_id = put()
    assert outbox.deliver_next(newsroom.session, post, NOW)
    assert not outbox.deliver_next(newsroom.session, post, NOW)
    assert post.taken == ["ada@post.example"]
    sent = mail(newsroom, mail_id)
    assert (sent.sent_at, sent.attempts, sent.claimed_until, sent.last_error) == (NOW, 1, None, None)


def test_the_one_due_longest_leaves_first_and_none_before_its_time(
    newsroom: Newsroom, put: Callable[..., int], post: Post
) -> None:
    put("late@post.example", 2 * MINUTE)
    put("soon@post.example", MINUTE)
    assert not outbox.deliver_next(newsroom.session, post, NOW + MINUTE - timedelta(seconds=1))
    while outbox.deliver_next(newsroom.session, post, NOW + 2 * MINUTE):
        pass
    assert post.taken == ["soon@post.example", "late@post.example"]


def test_nobody_without_an_address_gets_mail(newsroom: Newsroom, site_id: int) -> None:
    outbox.enqueue(newsroom.session, "confirm", to=None, language="en", params={}, now=NOW)
    assert newsroom.session.scalars(select(OutboxMail)).all() == []


def test_a_server_that_is_away_is_asked_again_later_and_later(
    newsroom: Newsroom, put: Callable[..., int], post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    mail_id, at, pauses = put(), NOW, []
    post.error = ConnectionRefusedError("ada@post.example was refused")
    while mail(newsroom, mail_id).cancelled_at is None:
        assert outbox.deliver_next(newsroom.session, post, at)
        due = mail(newsroom, mail_id).not_before
        # Not a second too early, and no word of giving up before the end.
        assert ("was given up" in caplog.text) == (mail(newsroom, mail_id).cancelled_at is not None)
        assert not outbox.deliver_next(newsroom.session, post, due - timedelta(seconds=1))
        pauses.append((due - at) // MINUTE)
        at = due
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, *[360] * 12]
    # A weekend is from Friday evening to Monday morning: sixty hours.
    assert sum(pauses[:-1]) > 60 * 60
    given_up = mail(newsroom, mail_id)
    assert given_up.attempts == outbox.MOST_ATTEMPTS
    # The kind of error is kept; its text may hold an address.
    assert given_up.last_error == "ConnectionRefusedError"
    (said,) = [record for record in caplog.records if "was given up" in record.getMessage()]
    assert said.levelname == "ERROR"
    assert "ada@" not in said.getMessage()
    assert not outbox.deliver_next(newsroom.session, post, at + timedelta(days=9))


def test_a_server_that_comes_back_gets_the_mail(
    newsroom: Newsroom, put: Callable[..., int], post: Post
) -> None:
    mail_id = put()
    post.error = OSError()
    outbox.deliver_next(newsroom.session, post, NOW)
    post.error = None
    assert outbox.deliver_next(newsroom.session, post, NOW + MINUTE)
    sent = mail(newsroom, mail_id)
    assert (post.taken, sent.attempts, sent.last_error) == (["ada@post.example"], 2, None)


@pytest.mark.parametrize("before_sending", [True, False])
def test_a_worker_that_dies_while_sending_leaves_the_mail_to_the_next(
    newsroom: Newsroom, put: Callable[..., int], post: Post, before_sending: bool
) -> None:
    mail_id = put()

    def die(row: OutboxMail) -> None:
        if not before_sending:
            post(row)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outbox.deliver_next(newsroom.session, die, NOW)
    assert mail(newsroom, mail_id).sent_at is None
    # While the claim stands nobody else takes it; then it is sent, if need be for a second time.
    assert not outbox.deliver_next(newsroom.session, post, NOW + 4 * MINUTE)
    assert outbox.deliver_next(newsroom.session, post, NOW + 5 * MINUTE)
    assert post.taken == ["ada@post.example"] * (1 if before_sending else 2)


def test_a_mail_called_back_while_it_was_being_sent(
    newsroom: Newsroom, put: Callable[..., int], post: Post
) -> None:
    for fails in (False, True):
        mail_id = put()

        def meanwhile(row: OutboxMail, fails: bool = fails, mail_id: int = mail_id) -> None:
            begin_writing(newsroom.session)
            newsroom.session.get_one(OutboxMail, mail_id).cancelled_at = NOW
            newsroom.session.commit()
            if fails:
                raise OSError

        assert outbox.deliver_next(newsroom.session, meanwhile, NOW)
        row = mail(newsroom, mail_id)
        # It left: then that is the truth. It did not: then it never will.
        assert (row.sent_at is None, row.cancelled_at is None) == (fails, not fails)
        assert not outbox.deliver_next(newsroom.session, post, NOW + timedelta(days=1))
    assert post.taken == []


def test_no_transaction_is_open_for_writing_while_the_server_is_spoken_to(
    newsroom: Newsroom, put: Callable[..., int]
) -> None:
    """Another writer gets through while a mail server hangs."""
    put()
    others: list[int] = []

    def slow(_row: OutboxMail) -> None:
        others.append(put("other@post.example"))

    assert outbox.deliver_next(newsroom.session, slow, NOW)
    assert len(others) == 1


@pytest.mark.parametrize(("days", "kept"), [(29, 2), (31, 0)])
def test_old_mail_is_forgotten(
    newsroom: Newsroom, put: Callable[..., int], post: Post, days: int, kept: int
) -> None:
    put()
    cancelled, waiting = put(), put(grace=timedelta(days=365))
    newsroom.session.get_one(OutboxMail, cancelled).cancelled_at = NOW
    newsroom.session.commit()
    outbox.deliver_next(newsroom.session, post, NOW)
    at: datetime = NOW + timedelta(days=days)
    errands.run(newsroom.session, at)
    rows = newsroom.session.scalars(select(OutboxMail.id)).all()
    assert waiting in rows
    assert len(rows) == kept + 1
