"""Mail that does not arrive is seen: it is late from when it was first due, and counted once it was given up."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from tests.support.newsroom import NOW, Newsroom
from widget.db import begin_writing
from widget.models import OutboxMail
from widget.moderation.permissions import Staff
from widget.services import outbox, undelivered

MINUTE = timedelta(minutes=1)


@pytest.fixture
def put(newsroom: Newsroom) -> Callable[..., None]:
    """Puts a mail into the outbox."""

    def enqueue(grace: timedelta = timedelta(0), at: datetime = NOW) -> None:
        begin_writing(newsroom.session)
        outbox.enqueue(
            newsroom.session,
            "published",
            to="ada@post.example",
            language="en",
            params={},
            now=at,
            grace=grace,
        )
        newsroom.session.commit()

    return enqueue


def away(_mail: OutboxMail) -> None:
    """Stand in for a mail server that nobody reaches."""
    raise ConnectionRefusedError


def give_up(newsroom: Newsroom) -> None:
    """Try everything until nothing is to be tried any more."""
    at = NOW
    for _ in range(outbox.MOST_ATTEMPTS):
        while outbox.deliver_next(newsroom.session, away, at):
            pass
        at += timedelta(hours=6)


def test_mail_is_late_from_when_it_was_first_due_while_the_server_is_away(
    newsroom: Newsroom, put: Callable[..., None]
) -> None:
    assert undelivered.lag(newsroom.session, NOW) == 0
    put(grace=MINUTE)
    assert undelivered.lag(newsroom.session, NOW + MINUTE) == 0, "it is not due before its grace is over"
    assert undelivered.lag(newsroom.session, NOW + 2 * MINUTE) == 60
    at = NOW + 2 * MINUTE
    for _ in range(5):
        assert outbox.deliver_next(newsroom.session, away, at)
        # The next attempt is in the future, and the mail as late as before: at most its grace is added.
        assert 0 <= undelivered.lag(newsroom.session, at) - (at - NOW - MINUTE).total_seconds() <= 60
        newsroom.session.rollback()
        at += timedelta(hours=1)
    assert outbox.deliver_next(newsroom.session, lambda _mail: None, at)
    assert undelivered.lag(newsroom.session, at) == 0


def test_the_one_due_longest_counts_whatever_came_after(newsroom: Newsroom, put: Callable[..., None]) -> None:
    put()
    assert outbox.deliver_next(newsroom.session, away, NOW)
    put(at=NOW + 10 * MINUTE)
    assert undelivered.lag(newsroom.session, NOW + 15 * MINUTE) == 15 * 60


def test_what_was_given_up_is_counted_and_what_was_called_back_is_not(
    newsroom: Newsroom, put: Callable[..., None], site_id: int, reader_id: int, editor: Staff
) -> None:
    taken = newsroom.decide(editor, newsroom.send(site_id, reader_id), "publish", grace=MINUTE)
    newsroom.undo(editor, taken)
    put()
    assert undelivered.count_given_up(newsroom.session) == 0
    give_up(newsroom)
    assert undelivered.count_given_up(newsroom.session) == 1
    assert undelivered.lag(newsroom.session, NOW + timedelta(days=9)) == 0, "nobody waits for it any more"


def test_both_are_asked_of_an_index_of_their_own(newsroom: Newsroom) -> None:
    """A scrape every few seconds must not read all mail of thirty days."""
    connection = newsroom.session.connection()
    explain = "EXPLAIN QUERY PLAN "
    if connection.dialect.name == "postgresql":
        # It reads a table of no rows as a whole, unless told not to.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN "
    asked: list[tuple[str, Any]] = []

    def keep(_connection: object, _cursor: object, statement: str, values: object, *_others: object) -> None:
        asked.append((statement, values))

    event.listen(connection, "before_cursor_execute", keep)
    undelivered.lag(newsroom.session, NOW)
    undelivered.count_given_up(newsroom.session)
    event.remove(connection, "before_cursor_execute", keep)
    plans = [str(connection.exec_driver_sql(explain + each, values).all()) for each, values in asked]
    assert ["ix_outbox_waits" in plans[0], "ix_outbox_cancelled" in plans[1]] == [True, True], plans
