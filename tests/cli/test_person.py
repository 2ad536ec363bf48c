"""A person who asks the operator: a copy, closing, erasing, and an audit trail that stays whole."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.newsroom import NOW, PASSWORD, Newsroom, editor, newsroom, reader_id, site_id
from tests.support.reused import app, lasting_postgresql, lasting_sqlite
from widget import publication
from widget.models import (
    Account,
    AuditEntry,
    Comment,
    CommentState,
    Decision,
    FindingRow,
    NameSkeleton,
    OutboxMail,
    Report,
    Revision,
)
from widget.moderation.permissions import Staff
from widget.services import comments, letterbox, own_accounts
from widget.services.letterbox import Letter
from widget.services.own_accounts import Farewell, Signature

__all__ = ["app", "editor", "lasting_postgresql", "lasting_sqlite", "newsroom", "reader_id", "site_id"]

EMAIL = "reader1@post.example"


def run(app: Flask, *arguments: str, fails: bool = False) -> str:
    """Run a command as an operator does; return what it says."""
    outcome = app.test_cli_runner().invoke(args=list(arguments))
    assert (outcome.exit_code != 0) is fails, outcome.output
    return outcome.output


def account(newsroom: Newsroom, account_id: int) -> Account | None:
    """Return an account as it is now, if there is one."""
    newsroom.session.rollback()
    newsroom.session.expire_all()
    return newsroom.session.get(Account, account_id)


@pytest.mark.parametrize("who", [EMAIL, "READER1@post.example", "1"])
def test_a_copy_is_handed_out_by_id_or_address(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, who: str
) -> None:
    newsroom.send(site_id, reader_id, "Words of my own.")
    copy = json.loads(run(app, "person", "export", who))
    assert copy["account"]["id"] == reader_id
    assert [one["text"] for one in copy["comments"]] == ["Words of my own."]
    assert "There is no such account any more." in run(app, "person", "export", "99", fails=True)
    assert "Error" in run(app, "person", "export", "nobody@post.example", fails=True)


def test_closing_by_command_is_closing(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    public, waiting = newsroom.published(editor, reader_id), newsroom.send(site_id, reader_id)
    run(app, "person", "close", EMAIL)
    gone = account(newsroom, reader_id)
    assert gone is not None
    assert (gone.email, gone.password_hash) == (None, None)
    assert newsroom.comment(public).state is CommentState.PUBLISHED
    assert newsroom.comment(waiting).state is CommentState.WITHDRAWN
    run(app, "person", "close", str(reader_id), fails=True)
    assert "whole" in run(app, "audit", "verify")


def test_erasing_leaves_nothing_that_says_who_it_was(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    session, other = newsroom.session, newsroom.reader("Siv Dahl")
    public = newsroom.published(editor, reader_id, "First words of Ada.")
    reply = newsroom.published(editor, other, "An answer.", parent_id=public)
    own_accounts.sign_as(session, reader_id, PASSWORD, Signature("Ada Lindqvist", "Moss"), NOW)
    session.commit()
    waiting = newsroom.send(site_id, reader_id, "Second words of Ada.")
    comments.edit(session, reader_id, waiting, "Third words of Ada.", 1, NOW)
    session.commit()
    refused = newsroom.send(site_id, reader_id, "Hasty words of Ada.")
    newsroom.decide(editor, refused, "refuse")
    letterbox.report(session, reply, 7, Letter("This is rude.", EMAIL), NOW)
    session.commit()
    before = newsroom.thread(site_id).version

    assert "3 comments" in run(app, "person", "erase", EMAIL, "--yes")
    assert account(newsroom, reader_id) is None
    session.expire_all()
    left = session.execute(
        select(Comment.id, Comment.name, Comment.place, Comment.body, Comment.terms, Comment.state)
        .where(Comment.id != reply)
        .order_by(Comment.id)
    ).all()
    assert [tuple(row) for row in left] == [
        (public, "–", "–", "–", "", CommentState.REMOVED),
        (waiting, "–", "–", "–", "", CommentState.WITHDRAWN),
        (refused, "–", "–", "–", "", CommentState.REFUSED),
    ]
    for kind in (Revision, NameSkeleton):
        assert session.scalars(select(kind)).all() == []
    assert EMAIL not in session.scalars(select(OutboxMail.recipient)).all()
    assert session.scalars(select(Report.email)).all() == [None]
    assert "Ada" not in str(session.execute(select(FindingRow.params)).all())
    assert "Ada" not in str(session.execute(select(Decision.name)).all())
    assert "Ada" not in str(session.execute(select(AuditEntry.payload, AuditEntry.actor_name)).all())
    # The public sees at once that it is gone; the answer stands under the empty place.
    thread = newsroom.thread(site_id)
    assert thread.version > before
    shown = publication.publish(session, thread.site, thread).comments
    assert [(one.id, one.removed, one.name) for one in shown] == [
        (public, True, ""),
        (reply, False, "Siv Dahl"),
    ]
    assert "whole" in run(app, "audit", "verify")


def test_an_account_that_was_closed_before_is_erased_by_its_id(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    public = newsroom.published(editor, reader_id)
    leaving = Farewell(PASSWORD, asks_removal=True, words="Signed, Ada.")
    own_accounts.close(newsroom.session, reader_id, leaving, NOW)
    newsroom.session.commit()
    run(app, "person", "erase", EMAIL, "--yes", fails=True)
    run(app, "person", "erase", str(reader_id), "--yes")
    assert newsroom.comment(public).name == "–"
    asked = newsroom.session.execute(select(Report.note, Report.handled_at)).one()
    assert asked.note is None
    assert asked.handled_at is not None


def test_nobody_is_erased_by_mistake(
    app: Flask, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    run(app, "person", "erase", EMAIL, fails=True)
    assert account(newsroom, reader_id) is not None
    said = run(app, "person", "erase", str(editor.account_id), "--yes", fails=True)
    assert "has a role at the desk" in said
    assert account(newsroom, editor.account_id) is not None
