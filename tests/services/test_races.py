"""Deciding in the same moment as somebody else; each race is run many times on both engines."""

import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from tests.support.newsroom import NO_GRACE, NOW, Newsroom
from tests.support.races import at_once
from widget.db import db
from widget.errors import Refusal, Refusals, Stale
from widget.models import CommentState
from widget.moderation.permissions import Staff
from widget.services import audit, bans, comments, moderation
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
            lambda session, s=submission: comments.submit(session, s, NOW).comment_id,
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
