"""What the desk shows of people, and what waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from tests.support.newsroom import NOW, PASSWORD, Newsroom
from widget.db import begin_writing, db
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import (
    Account,
    AuditEntry,
    CommentState,
    NameSkeleton,
    Role,
    Site,
)
from widget.moderation.permissions import Staff
from widget.services import accounts, bans, directory, letterbox, namesakes, notes, people, queue
from widget.services.accounts import Registration
from widget.services.articles import Article
from widget.services.bans import BanOrder
from widget.services.letterbox import Letter
from widget.services.people import Lately, Record, Signature
from widget.services.selection import Selection

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
                assert card.comment.revisions == card.comment.notes == card.comment.opinions == []
                assert card.comment.lease is None
                # The texts resemble one another, which the checks notice; what counts is that no query is made.
                assert all(found.code for found in card.comment.findings)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 9


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
    assert find("fal oslo") == [bo]
    assert find("lind ada hamar") == [ada]
    assert find("lind oslo") == []
    # A word is found from its beginning on; a sign is no word.
    assert find("amar") == find("%") == find("_") == []
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
    assert [made.action for history in page.decisions.values() for made in history] == ["publish"]
    assert page.bans == []
    nobody = newsroom.reader()
    with pytest.raises(NotFound):
        people.person(newsroom.session, editor, nobody, [site_id])
    # Whoever manages all staff finds everybody.
    chief = newsroom.staff(Role.ADMIN, None)
    assert people.person(newsroom.session, chief, nobody, [site_id]).comments == []


def test_a_persons_comments_come_in_pages(newsroom: Newsroom, site_id: int, editor: Staff) -> None:
    reader_id = newsroom.reader()
    sent = [newsroom.send(site_id, reader_id) for _ in range(5)]
    newsroom.undo(editor, newsroom.decide(editor, sent[4], "publish"))
    page = people.person(newsroom.session, editor, reader_id, [site_id], most=3)
    assert [comment.id for comment in page.comments] == sent[:1:-1]
    assert page.following == sent[2]
    assert [decision.action for decision in page.decisions[sent[4]]] == ["publish", "undo"]
    rest = people.person(newsroom.session, editor, reader_id, [site_id], page.following, most=3)
    assert [comment.id for comment in rest.comments] == [sent[1], sent[0]]
    assert rest.following is None
    # Behind the last comment there is nothing, but the person is known all the same.
    assert people.person(newsroom.session, editor, reader_id, [site_id], sent[0]).comments == []


def test_signatures_are_told_as_they_were_sent(newsroom: Newsroom, site_id: int) -> None:
    elsewhere = newsroom.site("courier")
    reader_id = newsroom.reader("Ada Lind", "Hamar")
    newsroom.send(site_id, reader_id)
    newsroom.session.rollback()
    newsroom.session.get_one(Account, reader_id).place = "Oslo"
    newsroom.session.commit()
    later = NOW + timedelta(days=3)
    newsroom.send(site_id, reader_id, at=later)
    newsroom.send(site_id, reader_id, at=later + timedelta(days=1))
    newsroom.send(elsewhere, reader_id, at=later)
    assert people.signatures(newsroom.session, reader_id, [site_id]) == [
        Signature("Ada Lind", "Oslo", later, later + timedelta(days=1), 2),
        Signature("Ada Lind", "Hamar", NOW, NOW, 1),
    ]


def test_the_share_refused_looks_at_what_was_decided_in_the_last_ninety_days(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    reader_id = newsroom.reader()
    assert people.lately(newsroom.session, reader_id, [site_id], NOW) == Lately(0, 0)
    long_ago = NOW - timedelta(days=91)
    newsroom.decide(editor, newsroom.send(site_id, reader_id, at=long_ago), "refuse", at=long_ago)
    newsroom.published(editor, reader_id)
    newsroom.published(editor, reader_id)
    newsroom.decide(editor, newsroom.send(site_id, reader_id), "refuse")
    newsroom.send(site_id, reader_id)
    found = people.lately(newsroom.session, reader_id, [site_id], NOW)
    assert found == Lately(3, 1)
    assert found.share == 33


def test_only_reports_with_the_persons_own_confirmed_address_are_theirs(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    reader_id = newsroom.reader(email="ada@post.example")
    other = newsroom.published(editor, newsroom.reader("Bo Falk"))
    for email in ("ada@post.example", "bo@post.example", ""):
        letterbox.report(newsroom.session, other, 7, Letter("Rude.", email), NOW)
        newsroom.session.commit()
    account = newsroom.session.get_one(Account, reader_id)
    assert [row.email for row in people.reports_by(newsroom.session, account, [site_id])] == [
        "ada@post.example"
    ]
    assert people.reports_by(newsroom.session, account, []) == []
    newcomer = newsroom.session.get_one(Account, newsroom.newcomer(email="bo@post.example"))
    assert people.reports_by(newsroom.session, newcomer, [site_id]) == []


def test_names_that_read_alike_are_found_among_those_who_wrote_here(newsroom: Newsroom, site_id: int) -> None:
    elsewhere = newsroom.site("courier")
    names = ("Helen Moreau", "HeIen Moreau", "Moreau Helen", "Helena Moreau", "Helen Moreau")
    found = [newsroom.reader(name) for name in names]
    for account_id in found:
        newsroom.session.rollback()
        begin_writing(newsroom.session)
        namesakes.remember(newsroom.session, newsroom.session.get_one(Account, account_id))
        newsroom.session.commit()
    for account_id in found[:4]:
        newsroom.send(site_id, account_id)
    newsroom.send(elsewhere, found[4])
    with statements() as seen:
        alike = namesakes.of(newsroom.session, found[0], [site_id])
    assert {account.id for account in alike} == {found[1], found[2]}
    assert len(seen) == 1


def test_registering_keeps_how_a_name_may_be_read(newsroom: Newsroom, site_id: int) -> None:
    site = newsroom.session.get_one(Site, site_id)
    form = Registration("Helen Moreau", "Magog", "helen@post.example", PASSWORD, 1, "en")
    account_id = accounts.register(newsroom.session, site, form, NOW).id
    newsroom.session.commit()
    kept = newsroom.session.scalars(select(NameSkeleton).where(NameSkeleton.account_id == account_id))
    assert len(kept.all()) >= 1


# ── Notes ─────────────────────────────────────────────────────────────────────────────────────────────


def test_notes_are_kept_among_the_staff_of_a_site_and_taken_back_by_their_writer(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    elsewhere = newsroom.site("courier")
    stranger = newsroom.staff(Role.EDITOR, elsewhere)
    reader_id = newsroom.reader()
    newsroom.send(site_id, reader_id)
    newsroom.send(elsewhere, reader_id)
    session = newsroom.session
    note_id = notes.add(session, moderator, reader_id, site_id, " Called us on Monday. ", NOW).id
    session.commit()
    (kept,) = notes.of(session, reader_id, [site_id])
    assert (kept.body, kept.created_by_name) == ("Called us on Monday.", moderator.name)
    assert notes.of(session, reader_id, [elsewhere]) == []
    for staff, refusal in ((stranger, NotFound), (editor, Forbidden)):
        with pytest.raises(refusal):
            notes.remove(session, staff, note_id, NOW)
        session.rollback()
    with pytest.raises(NotFound):
        notes.add(session, stranger, reader_id, site_id, "Mine?", NOW)
    session.rollback()
    for words, code in (("  ", r"note\.missing"), ("x" * 2001, r"note\.long")):
        with pytest.raises(Refusal, match=code):
            notes.add(session, moderator, reader_id, site_id, words, NOW)
    notes.remove(session, moderator, note_id, NOW)
    session.commit()
    assert notes.of(session, reader_id, [site_id]) == []
    trail = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in trail] == ["person.note", "person.note-remove"]
    # What a note said is not kept once it was taken back.
    assert "Monday" not in str([entry.payload for entry in trail])


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


def test_of_many_namesakes_a_bounded_number_is_put_in_order(
    newsroom: Newsroom, site_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "MOST", 3)
    elsewhere = newsroom.site("courier")
    for at, name in enumerate(("Ada Berg", "Ada Dahl", "Ada Berg", "Ada Ek", "Ada Alm")):
        # Those of another newsroom take up no room.
        newsroom.send(elsewhere if at < 2 else site_id, newsroom.reader(name))
    assert [one.name for one in people.find(newsroom.session, [site_id], "ada", 10)] == [
        "Ada Alm",
        "Ada Berg",
        "Ada Ek",
    ]
    assert len(people.find(newsroom.session, [site_id, elsewhere], "ada", 10)) == 3
