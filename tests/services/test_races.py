"""What must hold when two people act in the same moment; each race is run many times on both engines."""

import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.orm import Session

from tests.support.newsroom import NO_GRACE, NOW, Newsroom, at_once
from widget.db import db
from widget.errors import Forbidden, Refusal, Refusals, Stale
from widget.models import Ban, Comment, CommentState, Decision, OutboxMail, Thread
from widget.moderation.permissions import Staff
from widget.services import accounts, audit, bans, comments, moderation, outbox, sites, threads
from widget.services.bans import BanOrder

# Each round takes a few milliseconds; the fault tests run a thousand.
ROUNDS = 12


def decide(staff: Staff, comment_id: int, action: str, rule: int | None = None) -> object:
    """Return a task that decides a comment in its first version and gives back the decision's name."""

    def task(session: Session) -> str:
        order = moderation.Order(comment_id, action, 1, rule=rule)
        return moderation.decide(session, staff, order, NO_GRACE, NOW).action

    return task


def test_two_moderators_on_one_comment(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    winners: Counter[str] = Counter()
    for _ in range(ROUNDS):
        comment_id = newsroom.send(site_id, reader_id)
        outcomes = at_once(
            app, decide(editor, comment_id, "publish"), decide(moderator, comment_id, "refuse", rule=7)
        )
        won = [outcome for outcome in outcomes if isinstance(outcome, str)]
        lost = [outcome for outcome in outcomes if isinstance(outcome, Stale)]
        assert len(won) == len(lost) == 1, outcomes
        winner = editor if won == ["publish"] else moderator
        assert lost[0].code == "comment.decided"
        assert lost[0].params == {"comment": comment_id, "who": winner.name, "action": won[0], "at": NOW}
        decisions = newsroom.decisions(comment_id)
        assert [(made.action, made.name) for made in decisions] == [(won[0], winner.name)]
        assert newsroom.comment(comment_id).version == 2
        winners.update(won)
    assert audit.verify(newsroom.session) is None
    assert newsroom.thread(site_id).published == winners["publish"]


def test_deciding_against_the_writer_taking_back(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    for _ in range(ROUNDS):
        comment_id = newsroom.send(site_id, reader_id)

        def withdraw(session: Session, comment_id: int = comment_id) -> str:
            return comments.withdraw(session, reader_id, comment_id, 1, NOW).state

        outcomes = at_once(app, decide(editor, comment_id, "publish"), withdraw)
        assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 1, outcomes
        assert len(newsroom.decisions(comment_id)) == 1


def test_deciding_against_the_writer_editing_never_publishes_an_unread_text(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    for number in range(ROUNDS):
        comment_id = newsroom.send(site_id, reader_id, f"What the editor read, {number}.")

        def edit(session: Session, comment_id: int = comment_id, number: int = number) -> str:
            comments.edit(session, reader_id, comment_id, f"Something else, {number}.", 1, NOW)
            return "edited"

        outcomes = at_once(app, decide(editor, comment_id, "publish"), edit)
        assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 1, outcomes
        stands = newsroom.comment(comment_id)
        if stands.state is CommentState.PUBLISHED:
            assert stands.body == f"What the editor read, {number}."
        else:
            assert stands.body == f"Something else, {number}."


def test_a_double_click_makes_one_comment(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    for number in range(ROUNDS):
        submission = newsroom.submission(site_id, reader_id, key=f"click-{number}")

        def send(session: Session, submission: comments.Submission = submission) -> tuple[int, bool]:
            receipt = comments.submit(session, submission, NOW)
            return receipt.comment.id, receipt.repeated

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
            lambda session, s=first: comments.submit(session, s, NOW).comment.id,
            lambda session, s=second: comments.submit(session, s, NOW).comment.id,
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refusals)]
        assert [[item.code for item in refusal.refusals] for refusal in refused] == [["identical.here"]]


def test_the_first_two_comments_under_an_article_open_one_thread(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    other_id = newsroom.reader("Cleo Marsh")
    for number in range(ROUNDS):
        both = [newsroom.submission(site_id, who, article=f"new-{number}") for who in (reader_id, other_id)]
        outcomes = at_once(
            app, *(lambda session, s=one: comments.submit(session, s, NOW).comment.thread_id for one in both)
        )
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
            app, close, lambda session, s=submission: comments.submit(session, s, NOW).comment.id
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
            app, close, lambda session, s=submission: comments.submit(session, s, NOW).comment.id
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
                return comments.submit(session, submission, NOW).comment.id  # noqa: B023
            return comments.edit(session, culprit, waiting, "Edited meanwhile.", 1, NOW).id

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


def test_replying_to_a_comment_while_it_is_removed_never_locks_up(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    replier = newsroom.reader("Cleo Marsh")
    for _ in range(ROUNDS):
        parent = newsroom.published(editor, reader_id)
        order = newsroom.order(parent, "remove")
        submission = newsroom.submission(site_id, replier, parent_id=parent)
        removed, sent = at_once(
            app,
            lambda session, o=order: moderation.decide(session, editor, o, NO_GRACE, NOW).action,
            lambda session, s=submission: comments.submit(session, s, NOW).comment.id,
        )
        assert removed == "remove"
        # The reply came before the removal, or it is told that what it answers is gone.
        assert isinstance(sent, int) or (
            isinstance(sent, Refusals) and sent.refusals[0].code == "parent.gone"
        ), sent


@pytest.mark.parametrize("app", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_reply_and_a_decision_on_its_parent_do_not_wait_for_each_other(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    """The reply holds the thread's row and refers to its parent; the decision holds the parent, wants the thread."""
    replier = newsroom.reader("Cleo Marsh")
    parent = newsroom.published(editor, reader_id)
    order = newsroom.order(parent, "remove")
    submission = newsroom.submission(site_id, replier, parent_id=parent)
    engine, thread_is_held = db.engine, threading.Event()

    def pause(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO comments"):
            thread_is_held.set()
            _until_somebody_waits_for_a_lock(engine)

    def remove(session: Session) -> str:
        assert thread_is_held.wait(30)
        return moderation.decide(session, editor, order, NO_GRACE, NOW).action

    event.listen(engine, "before_cursor_execute", pause)
    try:
        outcomes = at_once(app, lambda session: comments.submit(session, submission, NOW).repeated, remove)
    finally:
        event.remove(engine, "before_cursor_execute", pause)
    assert outcomes == [False, "remove"]


def test_a_parent_is_not_taken_back_while_its_reply_is_published(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    replier = newsroom.reader("Cleo Marsh")
    for _ in range(ROUNDS):
        parent = newsroom.send(site_id, reader_id)
        taken = newsroom.decide(editor, parent, "publish")
        reply = newsroom.send(site_id, replier, parent_id=parent)
        outcomes = at_once(
            app,
            lambda session, d=taken: moderation.undo(session, editor, d, NOW).action,
            decide(moderator, reply, "publish"),
        )
        codes = {outcome.code for outcome in outcomes if isinstance(outcome, Refusal)}
        assert codes in ({"undo.has-replies"}, {"publish.parent"}), outcomes


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


def test_publishing_side_by_side_gives_every_root_its_own_place(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    waiting = [newsroom.send(site_id, reader_id) for _ in range(ROUNDS)]
    for first, second in zip(waiting[::2], waiting[1::2], strict=True):
        outcomes = at_once(app, decide(editor, first, "publish"), decide(moderator, second, "publish"))
        assert outcomes == ["publish", "publish"]
    positions = sorted(newsroom.comment(comment_id).position or 0 for comment_id in waiting)
    assert positions == list(range(1, ROUNDS + 1))
    thread = newsroom.thread(site_id)
    assert (thread.published, thread.positions) == (ROUNDS, ROUNDS)


def test_a_stale_ban_order_against_waiting_comments_and_a_decision(
    app: Flask, newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    """A ban that refuses what waits and a decision on the same comment leave one decision on it."""
    for _ in range(ROUNDS):
        culprit = newsroom.reader()
        comment_id = newsroom.send(site_id, culprit)
        outcomes = at_once(
            app,
            lambda session, who=culprit: (
                bans.impose(session, editor, BanOrder(who, site_id, "24h", 7), NOW).id
            ),
            decide(moderator, comment_id, "publish"),
        )
        assert isinstance(outcomes[0], int), outcomes
        assert outcomes[1] == "publish" or isinstance(outcomes[1], Stale), outcomes
        assert len(newsroom.decisions(comment_id)) == 1


def test_an_order_of_yesterday_is_stale(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    order = newsroom.order(comment_id, "publish")
    at = NOW + timedelta(minutes=3)
    newsroom.decide(moderator, comment_id, "refuse", at=at)
    with pytest.raises(Stale) as stale:
        moderation.decide(newsroom.session, editor, order, NO_GRACE, NOW)
    assert stale.value.status == 409
    assert stale.value.params == {
        "comment": comment_id,
        "who": moderator.name,
        "action": "refuse",
        "at": at,
    }
    # Undone meanwhile, it waits again; still the order was given on another version.
    newsroom.session.rollback()
    newsroom.undo(moderator, newsroom.decisions(comment_id)[-1].id)
    with pytest.raises(Stale, match=r"comment\.decided"):
        moderation.decide(newsroom.session, editor, order, NO_GRACE, NOW)
    newsroom.session.rollback()
    assert moderation.decide(newsroom.session, editor, replace(order, expected_version=3), NO_GRACE, NOW)


def _until_somebody_waits_for_a_lock(engine: Engine) -> None:
    deadline = time.monotonic() + 20
    with engine.connect() as connection:
        while not connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert time.monotonic() < deadline
            connection.rollback()


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(Comment.id))) or 0


def _body(session: Session, comment_id: int) -> str:
    return session.scalars(select(Comment.body).where(Comment.id == comment_id)).one()
