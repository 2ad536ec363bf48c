"""Threads arranged: closing on a day, none at all, named rightly, two made one."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.newsroom import NOW, Newsroom
from widget import publication
from widget.errors import Forbidden, NotFound, Refusal, Refusals
from widget.models import AuditEntry, Comment, Role, Site, Thread, ThreadAlias
from widget.moderation.permissions import Staff
from widget.services import arrangements, sites, thread_lists, threads
from widget.services.arrangements import Naming
from widget.services.articles import Article

SOON = NOW + timedelta(days=1)


@pytest.fixture
def thread_id(newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff) -> int:
    """The bridge's thread, with something published."""
    newsroom.published(editor, reader_id)
    return newsroom.thread(site_id).id


def arrange(newsroom: Newsroom, act: object, *given: object) -> Thread:
    """Do something to a thread, and keep it."""
    newsroom.session.rollback()
    thread = act(newsroom.session, *given)  # type: ignore[operator]
    newsroom.session.commit()
    return thread


def trail(newsroom: Newsroom) -> list[str]:
    """Return what was audited of threads, oldest first."""
    actions = newsroom.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))
    return [action for action in actions if action.startswith("thread.")]


# ── Closing on a day ──────────────────────────────────────────────────────────────────────────────────


def test_a_thread_closes_by_itself_on_its_day_and_readers_know_it_before(
    newsroom: Newsroom, site_id: int, reader_id: int, moderator: Staff, thread_id: int
) -> None:
    before = newsroom.thread(site_id).version
    arrange(newsroom, arrangements.schedule, moderator, thread_id, SOON, NOW)
    thread = newsroom.thread(site_id)
    assert thread.version > before
    assert publication.publish(newsroom.session, thread.site, thread).closes_at == SOON
    submission = newsroom.submission(site_id, reader_id)
    assert newsroom.refused(submission, SOON - timedelta(seconds=1)) == []
    assert newsroom.refused(submission, SOON) == ["thread.closed"]
    # Whichever comes first: the site's own number of days, or this day.
    site = newsroom.session.get_one(Site, site_id)
    site.auto_close_days = 1000
    newsroom.session.commit()
    thread = newsroom.thread(site_id)
    assert threads.closes_at(thread, thread.site) == SOON
    # Reopened once it has lapsed, it has no such day any more.
    arrange(newsroom, threads.reopen, moderator, thread_id, SOON + timedelta(hours=1))
    assert newsroom.refused(submission, SOON + timedelta(hours=2)) == []
    assert trail(newsroom) == ["thread.schedule", "thread.reopen"]


def test_a_day_that_has_passed_and_a_closed_thread_are_declined(
    newsroom: Newsroom, moderator: Staff, thread_id: int
) -> None:
    with pytest.raises(Refusal, match=r"thread\.past"):
        arrange(newsroom, arrangements.schedule, moderator, thread_id, NOW, NOW)
    arrange(newsroom, arrangements.schedule, moderator, thread_id, SOON, NOW)
    assert arrange(newsroom, arrangements.schedule, moderator, thread_id, None, NOW).closes_on is None
    arrange(newsroom, threads.close, moderator, thread_id, "Enough.", NOW)
    with pytest.raises(Refusal, match=r"thread\.closed-already"):
        arrange(newsroom, arrangements.schedule, moderator, thread_id, SOON, NOW)


# ── None at all ───────────────────────────────────────────────────────────────────────────────────────


def test_what_is_switched_off_shows_nothing_takes_nothing_and_comes_back(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, thread_id: int
) -> None:
    arrange(newsroom, arrangements.switch, editor, thread_id, True, NOW)
    session, thread = newsroom.session, newsroom.thread(site_id)
    shown = publication.publish(session, thread.site, thread)
    assert (shown.is_off, shown.is_closed, shown.comments, shown.count) == (True, True, [], 0)
    comment_id = session.scalars(select(Comment.id)).one()
    assert publication.page_of(session, thread.id, comment_id) is None
    assert publication.latest(session, thread) == []
    assert publication.counts(session, thread.site_id, ["bridge"]) == {"bridge": 0}
    assert newsroom.refused(newsroom.submission(site_id, reader_id)) == ["thread.closed"]
    arrange(newsroom, arrangements.switch, editor, thread_id, False, NOW)
    thread = newsroom.thread(site_id)
    assert publication.publish(newsroom.session, thread.site, thread).count == 1
    assert newsroom.refused(newsroom.submission(site_id, reader_id)) == []


def test_moderators_and_strangers_switch_nothing_off_and_merge_nothing(
    newsroom: Newsroom, moderator: Staff, thread_id: int
) -> None:
    stranger = newsroom.staff(Role.ADMIN, newsroom.site("courier"))
    for staff, refusal in ((moderator, Forbidden), (stranger, NotFound)):
        with pytest.raises(refusal):
            arrange(newsroom, arrangements.switch, staff, thread_id, True, NOW)
        with pytest.raises(refusal):
            arrange(newsroom, arrangements.merge, staff, thread_id, thread_id + 1, NOW)
    with pytest.raises(NotFound):
        arrange(newsroom, arrangements.schedule, stranger, thread_id, SOON, NOW)
    named = Naming("The bridge", "https://tribune.example/b")
    with pytest.raises(NotFound):
        arrange(newsroom, arrangements.rename, stranger, thread_id, named, NOW)


# ── Named rightly ─────────────────────────────────────────────────────────────────────────────────────


def test_title_and_address_are_corrected_and_count_as_verified(
    newsroom: Newsroom, site_id: int, moderator: Staff, thread_id: int
) -> None:
    named = Naming("  The new   bridge ", "https://tribune.example/bridge-2")
    arrange(newsroom, arrangements.rename, moderator, thread_id, named, NOW)
    thread = newsroom.thread(site_id)
    assert (thread.title, thread.url, thread.verified) == (
        "The new bridge",
        "https://tribune.example/bridge-2",
        True,
    )
    entry = newsroom.session.scalars(select(AuditEntry).where(AuditEntry.action == "thread.rename")).one()
    assert entry.payload is not None
    assert entry.payload["before"]["title"] == "About the bridge"


def test_everything_that_is_wrong_with_a_name_is_said_at_once(
    newsroom: Newsroom, moderator: Staff, thread_id: int
) -> None:
    for title, url in (
        (" ", "https://elsewhere.example/bridge"),
        ("A\u202eB", "javascript:alert(1)"),
        ("x" * 501, "https://tribune.example/" + "x" * 2000),
    ):
        with pytest.raises(Refusals) as found:
            arrange(newsroom, arrangements.rename, moderator, thread_id, Naming(title, url), NOW)
        assert [refusal.code for refusal in found.value.refusals] == ["thread.title", "thread.url"]


# ── Two made one ──────────────────────────────────────────────────────────────────────────────────────


def test_merging_appends_conversations_and_leads_the_article_on(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    here = [newsroom.published(editor, reader_id) for _ in range(2)]
    there = [
        newsroom.published(editor, reader_id, article="ferry", at=at) for at in (NOW - timedelta(days=9), NOW)
    ]
    reply = newsroom.published(editor, reader_id, article="ferry", parent_id=there[0])
    waiting = newsroom.send(site_id, reader_id, article="ferry")
    target, source = newsroom.thread(site_id), newsroom.thread(site_id, "ferry")
    target_id, source_id, highest = target.id, source.id, max(target.version, source.version)
    site_version = target.site.version
    assert arrangements.sought(newsroom.session, site_id, target.url) == target_id
    assert arrangements.sought(newsroom.session, site_id, f"/desk/threads/{target_id}") == target_id
    arrange(newsroom, arrangements.merge, editor, source_id, target_id, NOW)
    positions = {comment_id: newsroom.comment(comment_id).position for comment_id in (*here, *there)}
    # What stood here keeps its place, and with it its page.
    assert positions == {here[0]: 1, here[1]: 2, there[0]: 3, there[1]: 4}
    assert newsroom.comment(reply).root_id == there[0]
    assert {newsroom.comment(one).thread_id for one in (*here, *there, reply, waiting)} == {target_id}
    merged = newsroom.thread(site_id, "ferry")
    assert merged.first_published_at == NOW, "the days of the target's own article go on"
    assert (merged.id, merged.published, merged.positions) == (target_id, 5, 4)
    assert merged.version > highest
    assert merged.site.version > site_version
    assert threads.successor(newsroom.session, source_id) == target_id
    counts = publication.counts(newsroom.session, merged.site_id, ["bridge", "ferry", "none"])
    assert counts == {"bridge": 5, "ferry": 5, "none": 0}
    assert len(publication.publish(newsroom.session, merged.site, merged).comments) == 5
    # Decisions and new comments under the old article go on as ever.
    newsroom.decide(editor, waiting, "publish")
    assert newsroom.comment(waiting).position == 5
    newsroom.send(site_id, reader_id, article="ferry")
    assert newsroom.session.scalars(select(Thread.id)).all() == [target_id]
    # The publisher's own system names the old article again: the target keeps its own name.
    site = newsroom.session.get_one(Site, site_id)
    stated = Article("ferry", "https://tribune.example/ferry", "The ferry", "en")
    threads.register(newsroom.session, site, stated, published_at=None, opening=None, now=NOW)
    newsroom.session.commit()
    assert newsroom.thread(site_id, "ferry").title == "About the bridge"


def test_merging_twice_leads_on_to_where_the_comments_are(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    for article in ("bridge", "ferry", "pier"):
        newsroom.published(editor, reader_id, article=article)
    ids = [newsroom.thread(site_id, article).id for article in ("bridge", "ferry", "pier")]
    arrange(newsroom, arrangements.merge, editor, ids[2], ids[1], NOW)
    arrange(newsroom, arrangements.merge, editor, ids[1], ids[0], NOW)
    assert {newsroom.thread(site_id, article).id for article in ("ferry", "pier")} == {ids[0]}
    assert newsroom.session.scalars(select(ThreadAlias.thread_id)).all() == [ids[0], ids[0]]
    assert newsroom.thread(site_id).published == 3


def test_a_thread_is_merged_into_another_one_of_its_own_site_only(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, thread_id: int
) -> None:
    elsewhere = newsroom.site("courier")
    newsroom.published(newsroom.staff(Role.EDITOR, elsewhere), newsroom.reader())
    foreign = newsroom.thread(elsewhere).id
    for target_id, code in (
        (thread_id, r"thread\.same"),
        (foreign, r"thread\.other-site"),
        (999, r"thread\.other-site"),
    ):
        with pytest.raises(Refusal, match=code):
            arrange(newsroom, arrangements.merge, editor, thread_id, target_id, NOW)
    assert arrangements.sought(newsroom.session, site_id, str(foreign)) is None


# ── Listed ────────────────────────────────────────────────────────────────────────────────────────────


def test_threads_are_listed_by_whether_they_are_open(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    articles = ("open", "closing", "closed", "lapsed", "off")
    for article in articles:
        newsroom.send(site_id, reader_id, article=article)
    ids = {article: newsroom.thread(site_id, article).id for article in articles}
    arrange(newsroom, arrangements.schedule, editor, ids["closing"], SOON + timedelta(days=9), NOW)
    arrange(newsroom, arrangements.schedule, editor, ids["lapsed"], SOON, NOW)
    arrange(newsroom, threads.close, editor, ids["closed"], None, NOW)
    arrange(newsroom, arrangements.switch, editor, ids["off"], True, NOW)

    def listed(standing: object, at: object) -> set[str]:
        known = sites.every(newsroom.session)
        condition = standing(known, at)  # type: ignore[operator]
        found = thread_lists.listed(newsroom.session, [site_id], standing=condition, most=10)
        return {thread.article for thread in found}

    later = SOON + timedelta(hours=1)
    assert listed(thread_lists.open_by, later) == {"open", "closing"}
    assert listed(thread_lists.closing_by, later) == {"closing"}
    assert listed(thread_lists.closed_by, later) == {"closed", "lapsed", "off"}
    newsroom.session.get_one(Site, site_id).auto_close_days = 3
    newsroom.session.commit()
    newsroom.published(editor, reader_id, article="read")
    assert listed(thread_lists.closing_by, later) == {"read", "closing"}
    # Where nothing was published no days are counted; the one with a day of its own closes by the site's before.
    assert listed(thread_lists.open_by, NOW + timedelta(days=3)) == {"open", "closing"}
    assert listed(thread_lists.closed_by, NOW + timedelta(days=3)) == {"closed", "lapsed", "off", "read"}
    tallies = thread_lists.tallies(newsroom.session, ids.values())
    assert {article: dict(tallies[ids[article]]) for article in articles} == {
        article: {"pending": 1} for article in articles
    }


def test_a_thread_is_found_by_the_words_of_its_title_as_it_is_now(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.send(site_id, reader_id, article="ferry")
    thread = newsroom.thread(site_id, "ferry")
    session = newsroom.session

    def find(search: str) -> list[str]:
        session.rollback()
        return [one.article for one in thread_lists.listed(session, [site_id], search=search, most=9)]

    title = "L’œuvre du pont 元宵也放"
    arrange(newsroom, arrangements.rename, editor, thread.id, Naming(title, thread.url), NOW)
    assert find("OEUVRE pon") == find("元宵") == find("宵") == find(thread.url) == ["ferry"]
    assert find("ferry") == ["ferry"], "its article's id is a name of it too"
    assert find("uvre") == find("pont absent") == []
    arrange(newsroom, arrangements.rename, editor, thread.id, Naming("Another", thread.url), NOW)
    assert find("oeuvre") == []
    assert find("another") == ["ferry"]
