"""What the desk shows of people, and what waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from tests.support.newsroom import NOW, Newsroom
from widget.db import db
from widget.errors import Forbidden, NotFound
from widget.models import (
    Account,
    AuditEntry,
    CommentState,
    Identity,
    Role,
)
from widget.moderation.permissions import Staff
from widget.services import bans, people, queue
from widget.services.bans import BanOrder
from widget.services.people import Record
from widget.services.selection import Selection
from widget.services.threads import Article

ARTICLE = Article("bridge", "https://tribune.example/bridge", "About the bridge", "en")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note every statement that reaches the database."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


# ── Records and people ────────────────────────────────────────────────────────────────────────────────


def test_a_record_counts_what_happened_on_these_sites_only(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    elsewhere = newsroom.site("courier")
    reader_id, nobody = newsroom.reader(), newsroom.reader()
    newsroom.published(editor, reader_id)
    newsroom.published(editor, reader_id)
    newsroom.decide(editor, newsroom.send(site_id, reader_id), "refuse")
    newsroom.send(elsewhere, reader_id)
    bans.impose(newsroom.session, editor, BanOrder(reader_id, site_id, "24h", 7), NOW)
    newsroom.session.commit()
    found = people.records(newsroom.session, [reader_id, nobody], [site_id])
    assert found == {
        reader_id: Record({CommentState.PUBLISHED: 2, CommentState.REFUSED: 1}, 1),
        nobody: Record({}, 0),
    }
    assert not found[reader_id].is_first
    assert found[nobody].is_first
    both = people.records(newsroom.session, [reader_id], [site_id, elsewhere])
    assert both[reader_id].count("pending") == 1


def test_records_of_many_people_take_as_many_queries_as_those_of_one(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    readers = [newsroom.reader() for _ in range(12)]
    for reader_id in readers:
        newsroom.send(site_id, reader_id)
    newsroom.session.rollback()
    for wanted in (readers[:1], readers):
        with statements() as seen:
            people.records(newsroom.session, wanted, [site_id])
        assert len(seen) == 2, seen


def test_a_page_of_the_queue_takes_as_many_queries_as_one_card(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    root = newsroom.published(editor, newsroom.reader())
    counts = []
    for _ in range(2):
        for _ in range(8):
            newsroom.send(site_id, newsroom.reader(), parent_id=root)
        newsroom.session.rollback()
        with statements() as seen:
            page = queue.page(newsroom.session, Selection([site_id]))
            for card in page.cards:
                # Everything that a card shows.
                assert card.comment.thread.title
                assert card.comment.account
                assert card.comment.parent
                assert card.comment.revisions == card.comment.notes == []
                assert card.comment.lease is card.comment.opinion is None
                # The texts resemble one another, which the checks notice; what counts is that no query is made.
                assert all(found.code for found in card.comment.findings)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 7


def test_finding_people(newsroom: Newsroom, site_id: int) -> None:
    elsewhere = newsroom.site("courier")
    ada = newsroom.reader("Ada Lind", "Hamar", email="ada@post.example")
    bo = newsroom.reader("Bo 100% Falk", "Oslo")
    stranger = newsroom.reader("Ada Elsewhere", "Hamar")
    newsroom.send(site_id, ada)
    newsroom.send(site_id, bo)
    newsroom.send(elsewhere, stranger)

    def find(search: str) -> list[int]:
        return [account.id for account in people.find(newsroom.session, [site_id], search, 10)]

    assert find("") == [ada, bo]
    assert find("ada") == [ada]
    assert find("HAMAR") == [ada]
    assert find("ADA@post.example") == [ada]
    # Part of an address finds nobody: a search must not read addresses out letter by letter.
    assert find("@post") == []
    assert find("100%") == [bo]
    assert find("%") == [bo]
    assert find("_") == []
    assert find("\x00ada") == [ada]
    assert people.is_known(newsroom.session, ada, [site_id])
    assert not people.is_known(newsroom.session, stranger, [site_id])


def test_a_persons_page_shows_only_what_happened_on_these_sites(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    elsewhere = newsroom.site("courier")
    reader_id = newsroom.reader()
    here = newsroom.published(editor, reader_id)
    newsroom.send(elsewhere, reader_id)
    stranger = newsroom.staff(Role.EDITOR, elsewhere)
    bans.impose(newsroom.session, stranger, BanOrder(reader_id, elsewhere, "24h", 7), NOW)
    newsroom.session.commit()
    page = people.person(newsroom.session, editor, reader_id, [site_id])
    assert [comment.id for comment in page.comments] == [here]
    assert [decision.action for decision in page.decisions.values()] == ["publish"]
    assert page.bans == []
    nobody = newsroom.reader()
    with pytest.raises(NotFound):
        people.person(newsroom.session, editor, nobody, [site_id])
    # Whoever manages all staff finds everybody.
    chief = newsroom.staff(Role.ADMIN, None)
    assert people.person(newsroom.session, chief, nobody, [site_id]).comments == []


def test_marking_an_identity_is_on_record(newsroom: Newsroom, site_id: int, moderator: Staff) -> None:
    reader_id = newsroom.reader()
    newsroom.send(site_id, reader_id)
    people.mark_identity(newsroom.session, moderator, reader_id, Identity.DOUBT, [site_id], NOW)
    newsroom.session.commit()
    assert newsroom.session.get_one(Account, reader_id).identity is Identity.DOUBT
    (entry,) = newsroom.session.scalars(select(AuditEntry))
    assert (entry.action, entry.site_id) == ("person.identity", site_id)
    assert entry.payload == {"before": {"identity": "unchecked"}, "after": {"identity": "doubt"}}
    stranger = newsroom.staff(Role.EDITOR, newsroom.site("courier"))
    with pytest.raises(Forbidden):
        people.mark_identity(newsroom.session, stranger, reader_id, Identity.CONFIRMED, [site_id], NOW)
    newsroom.session.rollback()
    with pytest.raises(NotFound):
        people.mark_identity(newsroom.session, moderator, newsroom.reader(), Identity.DOUBT, [site_id], NOW)


# ── The queue ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_queue_is_what_waits_oldest_first_in_pages(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    elsewhere = newsroom.site("courier")
    late = newsroom.send(site_id, reader_id, at=NOW + timedelta(minutes=5))
    first, second = newsroom.send(site_id, reader_id), newsroom.send(site_id, reader_id)
    newsroom.send(site_id, newsroom.newcomer())
    newsroom.send(elsewhere, newsroom.reader())
    newsroom.published(editor, reader_id)
    page = queue.page(newsroom.session, Selection([site_id]), most=2)
    assert [card.comment.id for card in page.cards] == [first, second]
    assert page.following is not None
    rest = queue.page(newsroom.session, Selection([site_id]), page.following, most=2)
    assert [card.comment.id for card in rest.cards] == [late]
    assert rest.following is None
    assert queue.count(newsroom.session, [site_id]) == 3
    assert queue.count(newsroom.session, []) == 0
    assert queue.card(newsroom.session, first, [elsewhere]) is None
    card = queue.card(newsroom.session, first, [site_id])
    assert card is not None
    assert card.record.count("published") == 1


def test_an_undone_decision_puts_the_comment_where_it_waited(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    first = newsroom.send(site_id, reader_id)
    second = newsroom.send(site_id, reader_id)
    newsroom.undo(editor, newsroom.decide(editor, first, "refuse", at=NOW + timedelta(hours=1)))
    page = queue.page(newsroom.session, Selection([site_id]))
    assert [card.comment.id for card in page.cards] == [first, second]


def test_counting_stops_where_the_desk_stops_caring(
    newsroom: Newsroom, site_id: int, reader_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        newsroom.send(site_id, reader_id)
    monkeypatch.setattr(queue, "MOST_COUNTED", 2)
    assert queue.count(newsroom.session, [site_id]) == 2
