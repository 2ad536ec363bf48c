"""Mail that does not arrive is late from when it was first due, counted once it was given up, and put back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
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
    for _ in range(outbox.MOST_ATTEMPTS + 1):
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


# ── Trying again ──────────────────────────────────────────────────────────────────────────────────────


def test_what_was_given_up_is_put_back_with_all_its_attempts(
    newsroom: Newsroom, put: Callable[..., None], site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.undo(editor, newsroom.decide(editor, newsroom.send(site_id, reader_id), "publish", grace=MINUTE))
    put()
    give_up(newsroom)
    at = NOW + timedelta(days=5)
    assert undelivered.retry(newsroom.session, at) == (1, 0)
    newsroom.session.commit()
    sent: list[str] = []
    assert outbox.deliver_next(newsroom.session, away, at), "one failure more does not give it up at once"
    assert undelivered.lag(newsroom.session, at) == timedelta(days=5).total_seconds()
    newsroom.session.rollback()
    assert outbox.deliver_next(newsroom.session, lambda mail: sent.append(mail.template), at + MINUTE)
    # What was called back stays so.
    assert not outbox.deliver_next(newsroom.session, away, at + timedelta(days=1))
    assert sent == ["published"]


def test_what_was_given_up_about_a_decision_that_is_undone_then_is_never_put_back(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    taken = newsroom.decide(editor, newsroom.send(site_id, reader_id), "publish", grace=MINUTE)
    give_up(newsroom)
    assert undelivered.count_given_up(newsroom.session) == 1
    newsroom.session.rollback()
    newsroom.undo(editor, taken)
    assert undelivered.retry(newsroom.session, NOW) == (0, 0)
    newsroom.session.rollback()


def test_what_waits_for_its_next_attempt_is_due_now_and_what_is_being_sent_is_left_alone(
    newsroom: Newsroom, put: Callable[..., None]
) -> None:
    put()
    assert outbox.deliver_next(newsroom.session, away, NOW)
    assert undelivered.retry(newsroom.session, NOW) == (0, 1)
    newsroom.session.commit()
    others: list[tuple[int, int]] = []

    def meanwhile(_mail: OutboxMail) -> None:
        others.append(undelivered.retry(newsroom.session, NOW))
        newsroom.session.commit()

    assert outbox.deliver_next(newsroom.session, meanwhile, NOW)
    assert others == [(0, 0)]
    put(grace=MINUTE)
    assert undelivered.retry(newsroom.session, NOW) == (0, 0), "what has not failed keeps its grace"
    newsroom.session.rollback()


def test_the_command_line_lists_it_without_a_word_about_whom(
    app: Flask, newsroom: Newsroom, put: Callable[..., None]
) -> None:
    runner = app.test_cli_runner()
    put()
    give_up(newsroom)
    put(at=NOW + timedelta(days=4))
    newsroom.session.rollback()
    listed = runner.invoke(args=["mail", "list"])
    assert listed.exit_code == 0, listed.output
    gone, waits = (line.split("\t")[1:] for line in listed.output.splitlines())
    assert gone[:2] == ["published", str(outbox.MOST_ATTEMPTS)]
    assert gone[2].startswith("given up since 202")
    assert gone[3] == "ConnectionRefusedError"
    assert waits == ["published", "0", f"waiting since {NOW + timedelta(days=4):%Y-%m-%dT%H:%M:%SZ}", "–"]
    assert "@" not in listed.output
    back = runner.invoke(args=["mail", "retry"])
    assert (back.exit_code, back.output) == (0, "1 given up and put back, 0 waiting and due now.\n")
    newsroom.session.rollback()
    assert undelivered.count_given_up(newsroom.session) == 0
