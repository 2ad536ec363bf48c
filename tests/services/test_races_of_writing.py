"""Sending, closing and banning in the same moment: nothing is accepted after the commit, nothing twice."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.support.newsroom import NOW, Newsroom
from tests.support.races import at_once
from widget.errors import Forbidden, Refusal, Refusals
from widget.models import Ban, Comment, Decision, OutboxMail, Thread
from widget.moderation.permissions import Staff
from widget.services import accounts, bans, comments, outbox, sites, threads
from widget.services.bans import BanOrder

# Each round takes a few milliseconds; the fault tests run a thousand.
ROUNDS = 12


def test_a_double_click_makes_one_comment(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    for number in range(ROUNDS):
        submission = newsroom.submission(site_id, reader_id, key=f"click-{number}")

        def send(session: Session, submission: comments.Submission = submission) -> tuple[int, bool]:
            receipt = comments.submit(session, submission, NOW)
            return receipt.comment_id, receipt.repeated

        outcomes = at_once(app, send, send, send)
        assert all(isinstance(outcome, tuple) for outcome in outcomes), outcomes
        ids = {outcome[0] for outcome in outcomes if isinstance(outcome, tuple)}
        repeated = [outcome[1] for outcome in outcomes if isinstance(outcome, tuple)]
        assert len(ids) == 1
        assert sorted(repeated) == [False, True, True]
    newsroom.session.rollback()
    assert newsroom.session.scalar(select(func.count()).select_from(Comment)) == ROUNDS


def test_the_same_text_twice_at_once_under_two_keys_is_received_once(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    newsroom.send(site_id, reader_id)
    for number in range(ROUNDS):
        text = f"The very same text, number {number}."
        first = newsroom.submission(site_id, reader_id, text)
        second = newsroom.submission(site_id, reader_id, text)
        outcomes = at_once(
            app,
            lambda session, s=first: comments.submit(session, s, NOW).comment_id,
            lambda session, s=second: comments.submit(session, s, NOW).comment_id,
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refusals)]
        assert [[item.code for item in refusal.refusals] for refusal in refused] == [["identical.here"]]


def test_the_first_two_comments_under_an_article_open_one_thread(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    other_id = newsroom.reader("Cleo Marsh")
    for number in range(ROUNDS):
        both = [newsroom.submission(site_id, who, article=f"new-{number}") for who in (reader_id, other_id)]
        entered = at_once(
            app, *(lambda session, s=one: comments.submit(session, s, NOW).comment_id for one in both)
        )
        outcomes = [newsroom.comment(comment_id).thread_id for comment_id in entered]
        assert len(set(outcomes)) == 1, outcomes
    newsroom.session.rollback()
    assert newsroom.session.scalar(select(func.count()).select_from(Thread)) == ROUNDS


def test_nothing_is_accepted_after_a_thread_was_closed(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    thread_id = newsroom.thread(site_id).id
    seen: Counter[str] = Counter()
    for _ in range(ROUNDS):
        submission = newsroom.submission(site_id, reader_id)

        def close(session: Session) -> int:
            threads.close(session, editor, thread_id, "Enough said.", NOW)
            # What is there before the commit is all that will ever be there.
            return _newest(session)

        closed, sent = at_once(
            app, close, lambda session, s=submission: comments.submit(session, s, NOW).comment_id
        )
        assert isinstance(closed, int), closed
        if isinstance(sent, Refusal):
            assert sent.code == "thread.closed"
            assert sent.params["notice"] == "Enough said."
        else:
            assert isinstance(sent, int), sent
            assert sent <= closed
        seen["sent" if isinstance(sent, int) else "refused"] += 1
        threads.reopen(newsroom.session, editor, thread_id, NOW)
        newsroom.session.commit()
    assert sum(seen.values()) == ROUNDS


def test_nothing_is_accepted_after_a_site_was_closed(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    for number in range(ROUNDS):
        # Under an article of its own: there is no thread's row that could hold the comment back.
        submission = newsroom.submission(site_id, reader_id, article=f"night-{number}")

        def close(session: Session) -> int:
            sites.close(session, editor, site_id, None, NOW)
            return _newest(session)

        closed, sent = at_once(
            app, close, lambda session, s=submission: comments.submit(session, s, NOW).comment_id
        )
        assert isinstance(closed, int), closed
        if isinstance(sent, Refusal):
            assert sent.code == "thread.closed"
        else:
            assert isinstance(sent, int), sent
            assert sent <= closed
        sites.reopen(newsroom.session, editor, site_id, NOW)
        newsroom.session.commit()


@pytest.mark.parametrize("writing", ["send", "edit"])
def test_nothing_is_accepted_after_a_ban(
    app: Flask, newsroom: Newsroom, site_id: int, editor: Staff, writing: str
) -> None:
    for number in range(ROUNDS):
        culprit = newsroom.reader()
        waiting = newsroom.send(site_id, culprit, f"Before the ban, {number}.")
        submission = newsroom.submission(site_id, culprit)

        def ban(session: Session, culprit: int = culprit) -> tuple[int, str]:
            order = BanOrder(culprit, site_id, "24h", 7, refuse_waiting=False)
            bans.impose(session, editor, order, NOW)
            return _newest(session), _body(session, waiting)  # noqa: B023

        def write(session: Session, culprit: int = culprit, waiting: int = waiting) -> int:
            if writing == "send":
                return comments.submit(session, submission, NOW).comment_id  # noqa: B023
            return comments.edit(session, culprit, waiting, "Edited meanwhile.", 1, NOW).comment_id

        banned, written = at_once(app, ban, write)
        assert isinstance(banned, tuple), banned
        newsroom.session.rollback()
        if isinstance(written, Forbidden):
            assert written.code == "account.banned"
        else:
            assert isinstance(written, int), written
        assert _newest(newsroom.session) == banned[0]
        assert _body(newsroom.session, waiting) == banned[1]


def test_two_bans_at_once_make_one(
    app: Flask, newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    for _ in range(ROUNDS):
        culprit = newsroom.reader()
        newsroom.send(site_id, culprit)
        order = BanOrder(culprit, site_id, "24h", 7)
        outcomes = at_once(
            app,
            *(
                lambda session, s=staff, o=order: bans.impose(session, s, o, NOW).id
                for staff in (editor, moderator)
            ),
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        assert [refusal.code for refusal in refused] == ["ban.already"], outcomes
    newsroom.session.rollback()
    assert newsroom.session.scalar(select(func.count()).select_from(Ban)) == ROUNDS
    assert newsroom.session.scalar(select(func.count()).select_from(Decision)) == ROUNDS


def test_one_address_is_confirmed_by_one_account(app: Flask, newsroom: Newsroom, site_id: int) -> None:
    for number in range(ROUNDS):
        email = f"shared{number}@post.example"
        both = [newsroom.newcomer(email=email) for _ in range(2)]
        outcomes = at_once(
            app, *(lambda session, who=who: accounts.confirm(session, who, NOW).id for who in both)
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        assert [refusal.code for refusal in refused] == ["account.address-taken"], outcomes


def test_workers_side_by_side_deliver_each_mail_once(app: Flask, newsroom: Newsroom, site_id: int) -> None:
    for number in range(8):
        outbox.enqueue(
            newsroom.session,
            "confirm",
            to=f"reader{number}@post.example",
            language="en",
            params={},
            now=NOW,
            site_id=site_id,
        )
    newsroom.session.commit()
    delivered: list[str] = []

    def work(session: Session) -> int:
        rounds = 0
        while outbox.deliver_next(session, lambda mail: delivered.append(mail.recipient), NOW):
            rounds += 1
        return rounds

    rounds = at_once(app, work, work, work)
    assert sorted(delivered) == [f"reader{number}@post.example" for number in range(8)], rounds
    newsroom.session.rollback()
    assert newsroom.session.scalars(select(OutboxMail.attempts)).all() == [1] * 8


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(Comment.id))) or 0


def _body(session: Session, comment_id: int) -> str:
    return session.scalars(select(Comment.body).where(Comment.id == comment_id)).one()
