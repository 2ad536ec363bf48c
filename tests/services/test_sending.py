"""What happens when a comment is sent: what is kept of it, and what keeps it from being received."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.support.newsroom import NOW, Newsroom
from widget.errors import Forbidden, Refusal
from widget.models import Account, Audience, CommentState, Site, Thread, ThreadWord
from widget.moderation.permissions import Staff
from widget.services import comments, netiquettes, sites, threads
from widget.services.articles import Article

SIX_WORDS = "The new bridge opens in May."


# ── Sending ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_comment_is_received(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    sent = newsroom.submission(site_id, reader_id, "One line,\r\nanother. \n", key="first")
    receipt = comments.submit(newsroom.session, sent, NOW)
    newsroom.session.commit()
    assert not receipt.repeated
    comment = newsroom.comment(receipt.comment_id)
    assert (comment.state, comment.version) == (CommentState.PENDING, 1)
    assert (comment.name, comment.place) == ("Ada Lind", "Hamar")
    assert comment.body == "One line,\nanother."
    assert (comment.created_at, comment.queued_at, comment.published_at) == (NOW, NOW, None)
    assert (comment.parent_id, comment.root_id, comment.position) == (None, None, None)
    assert comment.netiquette_id == netiquettes.in_force(newsroom.session, site_id).id
    thread = comment.thread
    assert (thread.article, thread.title, thread.language) == ("bridge", "About the bridge", "en")
    assert (thread.verified, thread.published, thread.latest_at) == (False, 0, NOW)


def test_the_signature_stays_as_it_was_when_the_comment_was_sent(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    account = newsroom.session.get_one(Account, reader_id)
    account.name, account.place = "Ada Moved", "Oslo"
    newsroom.session.commit()
    comment = newsroom.comment(comment_id)
    assert (comment.name, comment.place) == ("Ada Lind", "Hamar")


def test_the_same_key_is_one_comment_even_with_another_text(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    first = newsroom.send(site_id, reader_id, "A text.", key="k")
    again = comments.submit(newsroom.session, newsroom.submission(site_id, reader_id, "B.", key="k"), NOW)
    assert again.repeated
    assert again.comment_id == first
    # The answer is the same although something else stands in the way by now.
    newsroom.session.rollback()
    newsroom.session.get_one(Site, site_id).closed_at = NOW
    newsroom.session.commit()
    assert comments.submit(newsroom.session, newsroom.submission(site_id, reader_id, key="k"), NOW).repeated


def test_a_key_belongs_to_its_writer(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    first = newsroom.send(site_id, reader_id, key="k")
    assert newsroom.send(site_id, newsroom.reader("Cleo Marsh"), key="k") != first


@pytest.mark.parametrize("key", ["", "k" * 65, "a\nb", "a\x00b"])
def test_a_key_has_a_form(newsroom: Newsroom, site_id: int, reader_id: int, key: str) -> None:
    assert newsroom.refused(newsroom.submission(site_id, reader_id, key=key)) == ["key.malformed"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [(" \n ", ["length.empty"]), ("\u200b", ["length.empty"]), ("a" * 2001, ["length.over"])],
)
def test_what_a_form_can_see_by_itself(
    newsroom: Newsroom, site_id: int, reader_id: int, text: str, codes: list[str]
) -> None:
    assert newsroom.refused(newsroom.submission(site_id, reader_id, text)) == codes
    assert newsroom.session.scalar(select(func.count()).select_from(Thread)) == 0


def test_an_account_that_was_closed_sends_nothing(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    newsroom.session.get_one(Account, reader_id).closed_at = NOW
    newsroom.session.commit()
    assert newsroom.refused(newsroom.submission(site_id, reader_id)) == ["account.unknown"]


# ── Rule 10 ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", ["pending", "published", "refused"])
def test_the_same_text_again_in_the_same_thread(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, state: str
) -> None:
    comment_id = newsroom.send(site_id, reader_id, "Yes.")
    if state != "pending":
        newsroom.decide(editor, comment_id, "publish" if state == "published" else "refuse")
    assert newsroom.refused(newsroom.submission(site_id, reader_id, "  YES ")) == ["identical.here"]
    # Thirty days on it may be said again; another person may say it today.
    assert newsroom.send(site_id, reader_id, "yes", at=NOW + timedelta(days=30, seconds=1))
    assert newsroom.send(site_id, newsroom.reader("Cleo Marsh"), "Yes.")


def test_what_its_writer_took_back_may_be_sent_again(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    comment_id = newsroom.send(site_id, reader_id, SIX_WORDS)
    comments.withdraw(newsroom.session, reader_id, comment_id, 1, NOW)
    newsroom.session.commit()
    assert newsroom.send(site_id, reader_id, SIX_WORDS)


def test_the_same_text_under_another_article_is_flagged_from_six_words_on(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    first = newsroom.send(site_id, reader_id, SIX_WORDS)
    second = newsroom.comment(newsroom.send(site_id, reader_id, SIX_WORDS, article="ferry"))
    (finding,) = second.findings
    assert (finding.rule, finding.code, finding.params) == (10, "identical.elsewhere", {"comment": first})
    assert (finding.audience, finding.span_start, finding.span_end) == (Audience.EDITOR, None, None)
    newsroom.send(site_id, reader_id, "The bridge opens in May.")
    short = newsroom.send(site_id, reader_id, "The bridge opens in May.", article="ferry")
    assert newsroom.comment(short).findings == []


def test_staff_never_learn_what_somebody_wrote_on_another_site(newsroom: Newsroom, site_id: int) -> None:
    elsewhere = newsroom.site("courier")
    reader_id = newsroom.reader()
    newsroom.send(elsewhere, reader_id, SIX_WORDS)
    assert newsroom.comment(newsroom.send(site_id, reader_id, SIX_WORDS)).findings == []


# ── What is closed ────────────────────────────────────────────────────────────────────────────────────


def test_a_closed_thread_takes_nothing_and_gives_its_notice(
    newsroom: Newsroom, site_id: int, reader_id: int, moderator: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    thread_id = newsroom.thread(site_id).id
    threads.close(newsroom.session, moderator, thread_id, "Enough said.", NOW)
    newsroom.session.commit()
    with pytest.raises(Refusal) as closed:
        comments.submit(newsroom.session, newsroom.submission(site_id, reader_id), NOW)
    assert (closed.value.code, closed.value.params) == ("thread.closed", {"notice": "Enough said."})
    newsroom.session.rollback()
    with pytest.raises(Refusal, match=r"thread\.closed-already"):
        threads.close(newsroom.session, moderator, thread_id, None, NOW)
    newsroom.session.rollback()
    assert newsroom.send(site_id, reader_id, article="ferry")
    threads.reopen(newsroom.session, moderator, thread_id, NOW)
    newsroom.session.commit()
    assert newsroom.send(site_id, reader_id)
    with pytest.raises(Refusal, match=r"thread\.open-already"):
        threads.reopen(newsroom.session, moderator, thread_id, NOW)


def test_a_closed_site_takes_nothing_anywhere(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    with pytest.raises(Forbidden):
        sites.close(newsroom.session, moderator, site_id, None, NOW)
    before = newsroom.thread(site_id).site.version
    sites.close(newsroom.session, editor, site_id, "Back on Monday.", NOW)
    newsroom.session.commit()
    for article in ("bridge", "never-written-under"):
        submission = newsroom.submission(site_id, reader_id, article=article)
        assert newsroom.refused(submission) == ["thread.closed"]
    # What readers are shown changes with it.
    assert newsroom.thread(site_id).site.version == before + 1
    sites.reopen(newsroom.session, editor, site_id, NOW)
    newsroom.session.commit()
    assert newsroom.send(site_id, reader_id)


@pytest.mark.parametrize("appeared", [None, NOW - timedelta(days=10)])
def test_a_thread_closes_by_itself(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, appeared: datetime | None
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    published = NOW + timedelta(days=2)
    newsroom.decide(editor, comment_id, "publish", at=published)
    site, thread = newsroom.session.get_one(Site, site_id), newsroom.thread(site_id)
    site.auto_close_days = 14
    thread.article_published_at = appeared
    newsroom.session.commit()
    ends = (appeared or published) + timedelta(days=14)
    thread = newsroom.thread(site_id)
    assert threads.closes_at(thread, thread.site) == ends
    assert newsroom.send(site_id, reader_id, at=ends - timedelta(seconds=1))
    assert newsroom.refused(newsroom.submission(site_id, reader_id), at=ends) == ["thread.closed"]


def test_an_article_that_nothing_is_published_under_does_not_tell_by_closing_that_somebody_wrote(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    newsroom.send(site_id, reader_id)
    newsroom.session.get_one(Site, site_id).auto_close_days = 14
    newsroom.session.commit()
    assert newsroom.send(site_id, reader_id, at=NOW + timedelta(days=400))


# ── Articles ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "https://evil.example/bridge"}, "article.foreign"),
        ({"url": "https://tribune.example.evil.example/"}, "article.foreign"),
        ({"url": "http://tribune.example/bridge"}, "article.foreign"),
        ({"url": "https://tribune.example:8443/bridge"}, "article.foreign"),
        ({"url": "https://tribune.example@evil.example/"}, "article.foreign"),
        ({"url": "javascript:alert(1)"}, "article.foreign"),
        ({"url": ""}, "article.foreign"),
        ({"url": "https://[broken"}, "article.foreign"),
        ({"article": ""}, "article.missing"),
        ({"article": "a" * 501}, "article.too-long"),
        ({"url": "https://tribune.example/" + "a" * 2000}, "article.too-long"),
        ({"title": "t" * 501}, "article.too-long"),
        ({"title": "About \u202ethe bridge"}, "article.title"),
        ({"article": "a\x00b"}, "article.malformed"),
        ({"url": "https://tribune.example/a\x00b"}, "article.malformed"),
    ],
)
def test_an_article_the_site_cannot_have_meant_opens_no_thread(
    newsroom: Newsroom, site_id: int, reader_id: int, changes: dict[str, str], code: str
) -> None:
    good = Article("bridge", "https://tribune.example/bridge", "About the bridge", "en")
    submission = newsroom.submission(site_id, reader_id, article=replace(good, **changes))
    assert newsroom.refused(submission) == [code]
    assert newsroom.session.scalar(select(func.count()).select_from(Thread)) == 0


@pytest.mark.parametrize("settled", ["published", "verified"])
def test_what_a_page_says_never_changes_a_thread_that_stands(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, settled: str
) -> None:
    if settled == "published":
        newsroom.published(editor, reader_id)
    else:
        newsroom.send(site_id, reader_id)
        newsroom.thread(site_id).verified = True
        newsroom.session.commit()
    liar = Article("bridge", "https://tribune.example/elsewhere", "Another title", "fr")
    comment = newsroom.comment(newsroom.send(site_id, reader_id, article=liar))
    thread = newsroom.thread(site_id)
    assert (thread.url, thread.title) == ("https://tribune.example/bridge", "About the bridge")
    assert comment.language == thread.language == "en"


def test_whoever_is_refused_names_no_article_for_those_who_write_after(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    liar = Article("bridge", "https://tribune.example/elsewhere", "Buy my pills", "fr")
    first = newsroom.send(site_id, reader_id, article=liar)
    assert newsroom.comment(first).language == "fr"
    newsroom.decide(editor, first, "refuse", rule=5)
    second = newsroom.send(site_id, newsroom.reader("Bo Falk"))
    thread = newsroom.thread(site_id)
    assert (thread.url, thread.title) == ("https://tribune.example/bridge", "About the bridge")
    assert newsroom.comment(second).language == thread.language == "en"
    words = select(ThreadWord.word).where(ThreadWord.thread_id == thread.id)
    assert "pills" not in newsroom.session.scalars(words).all()


def test_an_article_that_goes_by_its_address_stands_there(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    address = "https://tribune.example/bridge-opens"
    newsroom.send(
        site_id, reader_id, article=Article(address, "https://tribune.example/log-out", "The bridge", "en")
    )
    assert newsroom.thread(site_id, address).url == address


def test_a_language_the_site_does_not_have_becomes_its_own(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    newsroom.send(site_id, reader_id, article=Article("x", "https://tribune.example/x", "", "zh"))
    thread = newsroom.thread(site_id, "x")
    assert (thread.language, thread.title) == ("en", "x")
