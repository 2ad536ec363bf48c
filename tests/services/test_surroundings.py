"""What is gathered around a draft: how it is looked up, and what of it a writer may hear."""

import re
from datetime import datetime, timedelta

from sqlalchemy import event

from tests.support.newsroom import NOW, Newsroom
from widget.db import db, refresh_statistics
from widget.models import Site
from widget.moderation.permissions import Staff
from widget.services import comments, reviews, signatures, surroundings
from widget.services.remembered import Remembered
from widget.services.surroundings import Writing

# What leads to few rows, however many comments a site has; each with the index that serves it.
_NARROW = re.compile(r"\((account_id=\?|thread_id=\?|site_id=\? AND state=\?|rowid=\?)")
COPIED = "The ferry makes its last crossing at midnight from the first of the month, and the tea is free."


def test_nothing_is_looked_up_among_all_comments_of_a_site(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    """An engine without statistics begins at the person or the thread, not at the site or the month."""
    session = newsroom.session
    if session.get_bind().dialect.name != "sqlite":
        return
    newsroom.send(site_id, reader_id)
    thread_id = newsroom.thread(site_id).id
    writing = Writing(reader_id, session.get_one(Site, site_id), thread_id)
    Remembered.forget_all()
    asked: list[tuple[str, object]] = []

    def listen(_conn: object, _cursor: object, statement: str, given: object, *_rest: object) -> None:
        asked.append((statement, given))

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        surroundings.around(session, writing, NOW)
        surroundings.around_hints(session, writing, NOW)
        surroundings.received(session, reader_id, "key", "digest", NOW)
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    plans = [
        line.detail
        for statement, given in asked
        for line in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        if re.search(r"\bcomments\b", line.detail)
    ]
    assert len(plans) == 7
    assert [plan for plan in plans if not _NARROW.search(plan)] == []


def test_what_waits_unread_is_flagged_and_not_hinted_at(
    newsroom: Newsroom, site_id: int, reader_id: int, moderator: Staff
) -> None:
    """A comment copied from one that nobody has read yet: the editor hears of it, its writer does not."""
    session = newsroom.session
    sent = newsroom.send(site_id, newsroom.reader("Wim Aarsen"), text=COPIED)
    session.rollback()
    writing = Writing(reader_id, session.get_one(Site, site_id), newsroom.thread(site_id).id)
    found = reviews.review(session, writing, COPIED, "en", NOW, tells=True)
    assert {one.check for one in found.findings} >= {"copied"}
    assert found.hints == reviews.hints(session, writing, COPIED, "en", NOW) == []
    newsroom.decide(moderator, sent, "publish")
    session.rollback()
    writing = Writing(reader_id, session.get_one(Site, site_id), newsroom.thread(site_id).id)
    found = reviews.review(session, writing, COPIED, "en", NOW, tells=True)
    assert [one.check for one in found.hints] == ["copied"]
    assert found.hints == reviews.hints(session, writing, COPIED, "en", NOW)


def test_the_editors_findings_are_counted_as_a_comment_comes_in_and_when_it_is_edited(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    comment_id = newsroom.send(
        site_id, reader_id, text="WHY DOES NOBODY EVER LISTEN TO THE PEOPLE WHO LIVE HERE"
    )
    assert newsroom.comment(comment_id).noticed == 1
    newsroom.session.rollback()
    comments.edit(newsroom.session, reader_id, comment_id, "Why does nobody listen to us?", 1, NOW)
    newsroom.session.commit()
    assert newsroom.comment(comment_id).noticed == 0


def test_sqlite_learns_how_large_everything_is(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    session = newsroom.session
    newsroom.send(site_id, reader_id)
    session.rollback()
    refresh_statistics(session)
    if session.get_bind().dialect.name == "sqlite":
        known = session.connection().exec_driver_sql("SELECT idx FROM sqlite_stat1 WHERE tbl = 'comments'")
        assert "ix_comments_account_id_id" in {row.idx for row in known}


def test_names_of_others_are_read_once_a_minute(newsroom: Newsroom, site_id: int, editor: Staff) -> None:
    session = newsroom.session
    ada, bo = newsroom.reader("Ada Lind"), newsroom.reader("Bo Falk")
    newsroom.published(editor, ada)
    session.rollback()
    # What was read when she sent it.
    Remembered.forget_all()

    def named(account_id: int, now: datetime) -> set[str]:
        return set(signatures.of_others(session, site_id, account_id, now))

    others = named(bo, NOW)
    assert "Ada Lind" in others
    assert editor.name in others
    assert "Ada Lind" not in named(ada, NOW), "nobody imitates themselves"
    newsroom.published(editor, bo)
    session.rollback()
    assert "Bo Falk" not in named(ada, NOW + timedelta(seconds=59))
    assert "Bo Falk" in named(ada, NOW + timedelta(seconds=60))
