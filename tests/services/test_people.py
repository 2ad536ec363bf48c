"""What the desk shows of people, what waits, and what anybody tells the newsroom."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from tests.support.newsroom import NOW, Newsroom
from widget.db import db
from widget.errors import Forbidden, NotFound, Refusal, Refusals
from widget.models import (
    Account,
    AuditEntry,
    CommentState,
    Correction,
    Identity,
    OutboxMail,
    Report,
    ReportOutcome,
    Role,
    SignInKind,
    Site,
)
from widget.moderation.permissions import Staff
from widget.services import bans, letterbox, people, queue, sign_ins, sites, staff, threads
from widget.services.bans import BanOrder
from widget.services.letterbox import Letter
from widget.services.people import Record
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


# ── Records and people ──────────────────────────────────────────────────────────────────────────────


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
            page = queue.waiting(newsroom.session, [site_id])
            for card in page.cards:
                # Everything that a card shows.
                assert card.comment.thread.title
                assert card.comment.account
                assert card.comment.parent
                assert card.comment.findings == card.comment.revisions == []
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6


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


# ── The queue ───────────────────────────────────────────────────────────────────────────────────────


def test_the_queue_is_what_waits_oldest_first_in_pages(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    elsewhere = newsroom.site("courier")
    late = newsroom.send(site_id, reader_id, at=NOW + timedelta(minutes=5))
    first, second = newsroom.send(site_id, reader_id), newsroom.send(site_id, reader_id)
    newsroom.send(site_id, newsroom.newcomer())
    newsroom.send(elsewhere, newsroom.reader())
    newsroom.published(editor, reader_id)
    page = queue.waiting(newsroom.session, [site_id], most=2)
    assert [card.comment.id for card in page.cards] == [first, second]
    assert page.following is not None
    rest = queue.waiting(newsroom.session, [site_id], page.following, most=2)
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
    page = queue.waiting(newsroom.session, [site_id])
    assert [card.comment.id for card in page.cards] == [first, second]


def test_counting_stops_where_the_desk_stops_caring(
    newsroom: Newsroom, site_id: int, reader_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        newsroom.send(site_id, reader_id)
    monkeypatch.setattr(queue, "MOST_COUNTED", 2)
    assert queue.count(newsroom.session, [site_id]) == 2


# ── Reports and corrections ─────────────────────────────────────────────────────────────────────────


def test_a_report_is_about_something_published_and_names_a_rule(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.published(editor, reader_id)
    session = newsroom.session
    letterbox.report(session, comment_id, 14, Letter(" It is unkind. \r\n"), NOW)
    session.commit()
    (row,) = session.scalars(select(Report))
    assert (row.rule, row.note, row.email, row.outcome) == (14, "It is unkind.", None, None)
    for rule, letter, codes in (
        (None, Letter(""), ["rule.missing"]),
        (3, Letter(""), ["rule.not-citable"]),
        (7, Letter("a" * 2001), ["letter.long"]),
        (7, Letter("", "ada"), ["email.malformed"]),
        (18, Letter("a" * 2001, "ada"), ["rule.not-citable", "letter.long", "email.malformed"]),
    ):
        with pytest.raises(Refusals) as refused:
            letterbox.report(session, comment_id, rule, letter, NOW)
        assert [item.code for item in refused.value.refusals] == codes
    for unknown in (newsroom.send(site_id, reader_id), 999_999):
        with pytest.raises(NotFound):
            letterbox.report(session, unknown, 7, Letter(""), NOW)


def test_a_correction_reaches_the_newsrooms_address(newsroom: Newsroom, site_id: int) -> None:
    session = newsroom.session
    for address in (None, "corrections@tribune.example"):
        session.get_one(Site, site_id).corrections_email = address
        session.commit()
        site = session.get_one(Site, site_id)
        letterbox.correct(session, site, ARTICLE, Letter("It is 1912, not 1921.", "ada@post.example"), NOW)
        session.commit()
    assert [row.body for row in session.scalars(select(Correction))] == ["It is 1912, not 1921."] * 2
    (mail,) = session.scalars(select(OutboxMail))
    assert (mail.template, mail.recipient) == ("correction", "corrections@tribune.example")
    with pytest.raises(Refusals) as refused:
        letterbox.correct(session, session.get_one(Site, site_id), ARTICLE, Letter(" ", "x"), NOW)
    assert [item.code for item in refused.value.refusals] == ["letter.missing", "email.malformed"]
    foreign = Article("bridge", "https://evil.example/", "", "en")
    with pytest.raises(Refusal, match=r"article\.foreign"):
        letterbox.correct(session, session.get_one(Site, site_id), foreign, Letter("x"), NOW)


def test_a_letter_is_handled_once_by_whoever_may(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    session = newsroom.session
    report = letterbox.report(session, newsroom.published(editor, reader_id), 7, Letter(""), NOW).id
    session.commit()
    correction = letterbox.correct(session, session.get_one(Site, site_id), ARTICLE, Letter("x"), NOW).id
    session.commit()
    assert queue.counts(session, [site_id], [site_id]) == queue.Counts(0, 1, 1)
    stranger = newsroom.staff(Role.ADMIN, newsroom.site("courier"))
    for handle, number in ((letterbox.keep, report), (letterbox.handle_correction, correction)):
        with pytest.raises(NotFound):
            handle(session, stranger, number, NOW)
        session.rollback()
        assert handle(session, moderator, number, NOW).handled_by_name == moderator.name
        session.commit()
        with pytest.raises(Refusal) as twice:
            handle(session, editor, number, NOW)
        assert (twice.value.code, twice.value.params) == ("letterbox.handled", {"who": moderator.name})
        session.rollback()
    assert session.get_one(Report, report).outcome is ReportOutcome.KEPT
    assert queue.counts(session, [site_id], [site_id]) == queue.Counts(0, 0, 0)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["report.keep", "correction.handle"]


# ── Sites, threads and staff ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://News.example", "https://news.example"),
        ("https://news.example/section?q#f", "https://news.example"),
        ("https://news.example:443", "https://news.example"),
        ("http://news.example:80", "http://news.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("news.example", None),
        ("ftp://news.example", None),
        ("https://", None),
        ("https://a@news.example", None),
        ("https://news.example:99999", None),
        ("javascript:alert(1)", None),
    ],
)
def test_origins(given: str, origin: str | None) -> None:
    if origin is None:
        with pytest.raises(Refusal, match=r"site\.origin"):
            sites.origin(given)
    else:
        assert sites.origin(given) == origin


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": ""}, "site.key"),
        ({"key": "Tribune"}, "site.key"),
        ({"key": "tri bune"}, "site.key"),
        ({"key": "трибуна"}, "site.key"),
        ({"key": "tribune"}, "site.taken"),
        ({"languages": ["en", "xx"]}, "site.languages"),
        ({"default_language": "fr"}, "site.languages"),
        ({"origins": ["news.example"]}, "site.origin"),
    ],
)
def test_what_is_wrong_with_a_site(
    newsroom: Newsroom, site_id: int, changes: dict[str, object], code: str
) -> None:
    good: dict[str, object] = {
        "key": "courier",
        "name": "The Courier",
        "default_language": "en",
        "languages": ["en"],
        "origins": ["https://courier.example"],
    }
    with pytest.raises(Refusal) as refused:
        sites.create(newsroom.session, **{**good, **changes}, now=NOW)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_new_site_has_its_netiquette_in_its_languages(newsroom: Newsroom) -> None:
    from widget.services import netiquettes

    site_id = newsroom.site(languages=["ar", "zh"])
    rules = netiquettes.in_force(newsroom.session, site_id)
    assert (rules.number, len(rules.rules)) == (1, 18)
    assert set(rules.titles) == set(rules.rights) == set(rules.rules[0].texts) == {"ar", "zh"}


def test_closing_and_verifying_threads_is_on_record_and_for_staff_of_the_site(
    newsroom: Newsroom, site_id: int, reader_id: int, moderator: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    thread_id, version = newsroom.thread(site_id).id, newsroom.thread(site_id).version
    stranger = newsroom.staff(Role.ADMIN, newsroom.site("courier"))
    for verb in (threads.verify, threads.reopen):
        with pytest.raises(NotFound):
            verb(newsroom.session, stranger, thread_id, NOW)
        newsroom.session.rollback()
    with pytest.raises(NotFound):
        threads.close(newsroom.session, stranger, thread_id, None, NOW)
    newsroom.session.rollback()
    threads.close(newsroom.session, moderator, thread_id, "Enough said.", NOW)
    newsroom.session.commit()
    threads.verify(newsroom.session, moderator, thread_id, NOW)
    newsroom.session.commit()
    thread = newsroom.thread(site_id)
    assert thread.verified
    assert thread.version == version + 1
    assert threads.notice(thread, thread.site) == "Enough said."
    entries = newsroom.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.actor_name) for entry in entries] == [
        ("thread.close", moderator.name),
        ("thread.verify", moderator.name),
    ]
    assert entries[0].payload == {
        "before": {"closed": False, "notice": None},
        "after": {"closed": True, "notice": "Enough said."},
    }


def test_registering_an_article_verifies_and_corrects_it(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    newsroom.send(site_id, reader_id, article=Article("bridge", ARTICLE.url, "Wrong", "en"))
    session = newsroom.session
    for _ in range(2):
        site = session.get_one(Site, site_id)
        threads.register(session, site, ARTICLE, published_at=NOW, opening="It opens.", now=NOW)
        session.commit()
    thread = newsroom.thread(site_id)
    assert (thread.title, thread.verified, thread.opening) == ("About the bridge", True, "It opens.")
    assert thread.article_published_at == NOW


def test_threads_are_listed_by_latest_activity(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    for number, article in enumerate(("bridge", "ferry", "crane")):
        newsroom.send(site_id, reader_id, article=article, at=NOW + timedelta(minutes=number))
    newsroom.send(site_id, reader_id, at=NOW + timedelta(hours=1))

    def titles(**query: object) -> list[str]:
        listed = threads.listed(newsroom.session, [site_id], **{"most": 10, **query})  # type: ignore[arg-type]
        return [thread.article for thread in listed]

    assert titles() == ["bridge", "crane", "ferry"]
    crane = newsroom.thread(site_id, "crane")
    assert titles(before=(crane.latest_at, crane.id)) == ["ferry"]
    assert titles(search="FERRY") == titles(search="https://tribune.example/ferry") == ["ferry"]
    assert titles(search="%") == []
    assert titles(search="\x00ferry") == ["ferry"]


def test_appointing_and_dismissing(newsroom: Newsroom, site_id: int) -> None:
    session = newsroom.session
    person: dict[str, object] = {
        "name": "Edda Voss",
        "place": "Newsroom",
        "email": "edda@tribune.example",
        "password": "nine lanterns beyond the mill",
        "language": "en",
        "now": NOW,
    }
    for role, where in ((Role.MODERATOR, site_id), (Role.EDITOR, site_id), (Role.ADMIN, None)):
        account_id = staff.appoint(session, role=role, site_id=where, **person).id  # type: ignore[arg-type]
        session.commit()
    known = staff.of(session.get_one(Account, account_id))
    assert known is not None
    # One role a site, and one on all of them.
    assert known.roles == {site_id: Role.EDITOR, None: Role.ADMIN}
    token, _ = sign_ins.start(session, account_id, SignInKind.DESK, NOW)
    session.commit()
    assert [account.id for account in staff.every(session)] == [account_id]
    staff.dismiss(session, "EDDA@tribune.example", NOW)
    session.commit()
    assert staff.of(session.get_one(Account, account_id)) is None
    assert sign_ins.resolve(session, token, SignInKind.DESK, NOW) is None
    with pytest.raises(Refusal, match=r"staff\.unknown"):
        staff.dismiss(session, "edda@tribune.example", NOW)
