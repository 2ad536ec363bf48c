"""What is not published stays with the newsroom: every public address is searched for it."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.newsroom import NOW, Newsroom, editor, newsroom, reader_id, site_id
from widget.config import Settings
from widget.extensions import SETTINGS
from widget.models import Account, Identity, Site
from widget.moderation.permissions import Staff
from widget.services import bans, comments, letterbox, threads
from widget.services.articles import Article
from widget.services.bans import BanOrder
from widget.services.letterbox import Letter
from widget.web import access

__all__ = ["editor", "newsroom", "reader_id", "site_id"]

# Whatever holds this is nobody's business but the newsroom's.
MARK = "zqx"
PUBLIC_TEXT = "These words are for everybody."


class Secrets:
    """A newsroom in which everything that is not public carries the mark."""

    def __init__(self, newsroom: Newsroom, site: int, staff: Staff) -> None:
        self.newsroom, self.site, self.staff, self._number = newsroom, site, staff, 0
        writer = newsroom.reader("Ada Lind", "Hamar", email=f"{MARK}ada@post.example")
        self.public = newsroom.published(staff, writer, PUBLIC_TEXT)
        self.hidden = self._hidden(writer)
        self._letters()

    def text(self) -> str:
        """Return another text that nobody may read."""
        self._number += 1
        return f"{MARK} secret words number {self._number}"

    def _hidden(self, writer: int) -> list[int]:
        newsroom, staff, site = self.newsroom, self.staff, self.site
        shy = newsroom.reader(f"{MARK} Shy", f"{MARK} Town", email=f"{MARK}shy@post.example")
        pending = newsroom.send(site, shy, self.text())
        reply = newsroom.send(site, shy, self.text(), parent_id=self.public)
        edited = newsroom.send(site, shy, self.text())
        comments.edit(newsroom.session, shy, edited, self.text(), 1, NOW)
        newsroom.session.commit()
        refused = newsroom.send(site, shy, self.text())
        newsroom.decide(staff, refused, "refuse", note=self.text(), private_note=self.text())
        withdrawn = newsroom.send(site, shy, self.text())
        comments.withdraw(newsroom.session, shy, withdrawn, 1, NOW)
        newsroom.session.commit()
        removed = newsroom.published(staff, shy, self.text())
        answered = newsroom.published(staff, shy, self.text())
        newsroom.published(staff, writer, "An answer to what is gone.", parent_id=answered)
        for gone in (removed, answered):
            newsroom.decide(staff, gone, "remove", note=self.text(), private_note=self.text())
        undone = newsroom.send(site, shy, self.text())
        newsroom.undo(staff, newsroom.decide(staff, undone, "publish"))
        unconfirmed = newsroom.send(site, newsroom.newcomer(f"{MARK} New"), self.text())
        # Under an article that has nothing else.
        alone = newsroom.send(site, shy, self.text(), article="quiet")
        newsroom.mark(shy, site, Identity.DOUBT)
        order = BanOrder(
            shy, site, "24h", 7, note=self.text(), private_note=self.text(), refuse_waiting=False
        )
        bans.impose(newsroom.session, staff, order, NOW)
        newsroom.session.commit()
        return [pending, reply, edited, refused, withdrawn, removed, answered, undone, unconfirmed, alone]

    def _letters(self) -> None:
        session = self.newsroom.session
        letter = Letter(self.text(), f"{MARK}reporter@post.example")
        letterbox.report(session, self.public, 7, letter, NOW)
        session.commit()
        thread = self.newsroom.thread(self.site)
        article = Article(thread.article, thread.url, thread.title, thread.language)
        letterbox.correct(session, thread.site, article, letter, NOW)
        session.commit()
        thread = self.newsroom.thread(self.site)
        thread.opening = self.text()
        session.commit()


# How each public endpoint is asked, once it has been given the ids of what is there.
Ask = Callable[[Secrets], list[str]]


def _threads(known: Secrets) -> list[str]:
    numbers = [known.newsroom.thread(known.site, article).id for article in ("bridge", "quiet")]
    return [f"/threads/{number}{query}" for number in numbers for query in ("", "?order=oldest", "?page=1")]


def _by_article(path: str) -> Ask:
    def ask(known: Secrets) -> list[str]:
        queries = [f"article={article}" for article in ("bridge", "quiet", "unknown")]
        queries += [f"article=bridge&comment={number}" for number in known.hidden]
        queries += ["article=bridge&page=1&order=oldest", "article=bridge&lang=fr"]
        return [f"/public/tribune/{path}?{query}" for query in queries]

    return ask


PUBLIC: dict[str, Ask] = {
    "static": lambda _: ["/static/reading/reading.css"],
    "reading.script": lambda _: ["/embed.js"],
    "reading.script_by_hash": lambda _: ["/embed.0123456789abcdef.js"],
    "reading.thread_json": _by_article("thread.json"),
    "reading.thread_html": _by_article("thread.html"),
    "reading.thread_atom": _by_article("thread.atom"),
    "reading.counts_json": lambda _: ["/public/tribune/counts.json?article=bridge&article=quiet"],
    "reading.thread_page": _threads,
    "reading.find_thread": lambda _: [
        "/threads?site=tribune&article=bridge",
        "/threads?site=tribune&article=quiet&url=https://tribune.example/quiet",
        "/threads?site=tribune&article=new&url=https://tribune.example/new",
    ],
    "reading.comment": lambda known: [f"/comments/{number}" for number in [known.public, *known.hidden]],
    "reading.look": lambda _: ["/public/tribune/look.css"],
    "reading.netiquette": lambda _: ["/netiquette/tribune", "/netiquette/tribune?version=1"],
    "reading.transparency": lambda _: ["/transparency/tribune"],
    "reading.transparency_month": lambda _: [
        "/transparency/tribune/2026-11",
        "/transparency/tribune/2026-10",
    ],
    "reading.livez": lambda _: ["/livez"],
    "reading.readyz": lambda _: ["/readyz"],
    "reading.metrics": lambda _: ["/metrics"],
    "reading.security_txt": lambda _: ["/.well-known/security.txt"],
    "reading.robots_txt": lambda _: ["/robots.txt"],
    "reading.front": lambda _: ["/"],
}


@pytest.fixture
def known(newsroom: Newsroom, site_id: int, editor: Staff) -> Secrets:
    return Secrets(newsroom, site_id, editor)


def test_every_public_endpoint_is_asked(app: Flask) -> None:
    """A new public route is searched too: describe how to ask it in `PUBLIC` above.

    The demo's pages show known passwords and mail on purpose; they exist in demo mode only.
    """
    routed = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint in access.PUBLIC}
    assert routed == set(PUBLIC)
    assert {endpoint for endpoint in access.PUBLIC - routed if not endpoint.startswith("demo.")} == set()


def test_nothing_that_is_not_published_is_on_any_public_address(client: FlaskClient, known: Secrets) -> None:
    asked = 0
    for endpoint, ask in PUBLIC.items():
        for path in ask(known):
            with client.get(path) as response:
                assert response.status_code in {200, 302, 404}, path
                whole = f"{response.headers}\n{response.text}".lower()
            assert MARK not in whole, (endpoint, path)
            assert "@post.example" not in whole, (endpoint, path)
            assert "set-cookie" not in whole, (endpoint, path)
            asked += 1
    assert asked > 50


def test_what_is_published_is_there(client: FlaskClient, known: Secrets) -> None:
    """The search above finds what it looks for."""
    number = known.newsroom.thread(known.site).id
    for path in (
        "/public/tribune/thread.json?article=bridge",
        "/public/tribune/thread.html?article=bridge",
        "/public/tribune/thread.atom?article=bridge",
        f"/threads/{number}",
    ):
        page = client.get(path).text
        assert PUBLIC_TEXT in page
        assert "Ada Lind" in page


def test_counts_and_permalinks_know_only_what_is_published(client: FlaskClient, known: Secrets) -> None:
    counts = client.get("/public/tribune/counts.json?article=bridge&article=quiet").json
    assert counts == {"v": 1, "counts": {"bridge": 2, "quiet": 0}}
    # Whether a hidden comment exists cannot be told from one that does not.
    unknown = client.get("/comments/999999")
    for number in known.hidden:
        response = client.get(f"/comments/{number}")
        assert response.status_code == unknown.status_code == 404
    listed = client.get("/public/tribune/thread.json?article=bridge").json
    assert listed is not None
    shown = {comment["id"] for comment in listed["comments"] if not comment.get("removed")}
    assert shown.isdisjoint(known.hidden)


# How an article is asked about.
ABOUT_ARTICLES = (
    "/public/tribune/thread.json?article={article}",
    "/public/tribune/thread.json?article={article}&order=oldest&page=2&comment={comment}",
    "/public/tribune/thread.html?article={article}",
    "/public/tribune/thread.atom?article={article}",
    "/public/tribune/counts.json?article={article}",
    "/threads?site=tribune&article={article}&url=https://tribune.example/{article}",
    # The composer is not public, but anybody may ask for it.
    "/embed/tribune?article={article}",
)


@pytest.mark.parametrize("path", ABOUT_ARTICLES)
def test_an_article_with_nothing_published_reads_like_an_unknown_one(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, path: str
) -> None:
    """Body and status are the same, so that nobody can tell that a comment waits, nor in which language."""
    article = Article("quiet", "https://tribune.example/quiet", "About the quiet", "fr")
    comment = newsroom.send(site_id, reader_id, article=article)
    quiet, other = (
        client.get(path.format(article=name, comment=comment), headers={"Accept-Encoding": ""})
        for name in ("quiet", "other")
    )
    assert quiet.status_code == other.status_code
    assert quiet.text.replace("quiet", "other") == _with_tokens_of(other.text, quiet.text)


def _with_tokens_of(text: str, like: str) -> str:
    """Return a text with what every request has anew, ids and tokens, as it stands in another."""
    found = [re.findall(r'[0-9a-f]{12,}|(?<=value=")[\w.-]{20,}(?=")', each) for each in (text, like)]
    for own, other in zip(*found, strict=True):
        text = text.replace(own, other)
    return text


def test_a_thread_with_nothing_published_has_no_page(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    newsroom.send(site_id, reader_id, article="quiet")
    number = newsroom.thread(site_id, "quiet").id
    assert client.get(f"/threads/{number}").status_code == client.get("/threads/999").status_code == 404


def test_a_closed_thread_says_so_whatever_was_published(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.send(site_id, reader_id, article="quiet")
    number = newsroom.thread(site_id, "quiet").id
    versions = set()
    for change in (None, threads.close, threads.reopen):
        if change is threads.close:
            change(newsroom.session, editor, number, "Enough for today.", NOW)
        elif change is not None:
            change(newsroom.session, editor, number, NOW)
        newsroom.session.commit()
        told = client.get("/public/tribune/thread.json?article=quiet").json
        assert told is not None
        closed = change is threads.close
        assert told["thread"]["state"] == ("closed" if closed else "open")
        assert told["thread"]["notice"] == ("Enough for today." if closed else None)
        assert client.get(f"/threads/{number}").status_code == (200 if closed else 404)
        versions.add(told["thread"]["version"])
    assert len(versions) == 2, "whoever reads is offered the change, and the change back"


def test_when_an_article_closes_shows_before_anybody_writes(
    client: FlaskClient, newsroom: Newsroom, site_id: int
) -> None:
    """The publisher said when it appeared; that is public, and the widget needs it to close in time."""
    site = newsroom.session.get_one(Site, site_id)
    article = Article("dated", "https://tribune.example/dated", "About it", "en")
    site.auto_close_days = 3
    newsroom.session.commit()
    threads.register(newsroom.session, site, article, published_at=NOW, opening=None, now=NOW)
    newsroom.session.commit()
    told = client.get("/public/tribune/thread.json?article=dated").json
    assert told is not None
    assert told["thread"]["closes_at"] == "2026-11-25T09:30:00Z"
    assert told["thread"]["id"] is None


def test_a_contact_address_is_shown_only_where_it_was_set(
    app: Flask, client: FlaskClient, site_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: Settings = app.extensions[SETTINGS]
    reachable = replace(settings, security_contact="mailto:security@tribune.example")
    monkeypatch.setitem(app.extensions, SETTINGS, reachable)
    text = client.get("/.well-known/security.txt").text
    assert text.startswith("Contact: mailto:security@tribune.example\nExpires: 2")


def test_a_person_who_closed_their_account_keeps_their_signature(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.published(editor, reader_id)
    newsroom.session.get_one(Account, reader_id).closed_at = NOW
    newsroom.session.commit()
    assert "Ada Lind" in client.get("/public/tribune/thread.json?article=bridge").text
