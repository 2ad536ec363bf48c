"""What is published is shown as it was written, in every form, and never runs."""

import json
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from tests.support.newsroom import NOW, Newsroom, editor, newsroom, reader_id, site_id
from tests.support.payloads import PAYLOADS
from widget.errors import Refusal, Refusals
from widget.moderation.permissions import Staff
from widget.services import threads
from widget.services.articles import Article
from widget.text import normalise

__all__ = ["editor", "newsroom", "reader_id", "site_id"]

# Elements and attributes that our own templates use on public pages.
OURS = {
    "html", "head", "meta", "title", "link", "script", "body", "header", "main", "footer", "nav", "section",
    "article", "h1", "h2", "p", "a", "b", "br", "bdi", "div", "span", "time", "iframe", "ol", "ul", "li",
}  # fmt: skip
SCRIPTS = {("type", "application/ld+json")}


class Page(HTMLParser):
    """Reads a page and complains of anything that only a payload could have put there."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.data: list[str] = []
        self._in_data = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in OURS, f"an element <{tag}>"
        for name, value in attrs:
            assert not name.startswith("on"), f"a handler {name}"
            assert name not in {"style", "srcdoc", "formaction", "http-equiv"}, f"an attribute {name}"
            if name in {"href", "src", "action"}:
                assert value is not None
                # The empty icon spares every page a request for one.
                harmless = value == "data:," and ("rel", "icon") in attrs
                assert harmless or value.lower().startswith(("http://", "https://", "/", "#")), (
                    f"{name}={value!r}"
                )
        self._in_data = tag == "script" and ("type", "application/ld+json") in attrs
        if tag == "script" and not self._in_data:
            assert dict(attrs).get("src", "").startswith("/static/"), "a script of its own"  # type: ignore[union-attr]

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False

    def handle_data(self, data: str) -> None:
        (self.data if self._in_data else self.words).append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment {data!r}")


def plain(text: str) -> str:
    """Return a text without white space, for comparing what is shown with what was written."""
    return "".join(text.split())


@pytest.fixture
def poisoned(newsroom: Newsroom, site_id: int, editor: Staff) -> dict[int, tuple[str, str, str]]:
    """Every payload as text, name and place of a published comment, as far as the forms take it."""
    written = {}
    for number, payload in enumerate(PAYLOADS):
        try:
            name = normalise.line(f"Ada {payload}"[:200])
        except normalise.HiddenCharacters:
            name = "Ada Lind"
        reader = newsroom.reader(name, name)
        text = normalise.clean(f"{number} {payload}")
        written[newsroom.published(editor, reader, text)] = (text, name, name)
    return written


def test_payloads_in_every_field_are_shown_as_text_in_every_form(
    client: FlaskClient,
    newsroom: Newsroom,
    site_id: int,
    poisoned: dict[int, tuple[str, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from widget import publication

    monkeypatch.setattr(publication, "ROOTS", 100)
    number = newsroom.thread(site_id).id
    for path in ("/public/tribune/thread.html?article=bridge", f"/threads/{number}"):
        page = Page(client.get(path).text)
        shown = plain("".join(page.words))
        for text, name, _ in poisoned.values():
            assert plain(text) in shown, path
            assert plain(name) in shown, path
        for block in page.data:
            listed = json.loads(block)["comment"]
            told = {plain(item["text"]) for item in listed}
            assert told == {plain(text) for text, _, _ in poisoned.values()}
    data = client.get("/public/tribune/thread.json?article=bridge")
    assert data.content_type == "application/json"
    for comment in data.json["comments"]:  # type: ignore[index]
        text, name, place = poisoned[comment["id"]]
        pieces = [
            piece if isinstance(piece, str) else piece["text"] for part in comment["body"] for piece in part
        ]
        assert plain("".join(pieces)) == plain(text)
        assert (comment["name"], comment["place"]) == (name, place)
        hrefs = [piece["href"] for part in comment["body"] for piece in part if isinstance(piece, dict)]
        assert all(href.lower().startswith(("http://", "https://")) for href in hrefs)
    the_feed_shows(client, poisoned)


def the_feed_shows(client: FlaskClient, poisoned: dict[int, tuple[str, str, str]]) -> None:
    """Check the entries of the feed, which holds the latest fifty."""
    feed = ElementTree.fromstring(client.get("/public/tribune/thread.atom?article=bridge").data)  # noqa: S314
    for entry in feed.iter("{http://www.w3.org/2005/Atom}entry"):
        number = int((entry.findtext("{http://www.w3.org/2005/Atom}id") or "").rpartition("/")[2])
        text, name, _ = poisoned[number]
        assert entry.findtext("{http://www.w3.org/2005/Atom}author/{http://www.w3.org/2005/Atom}name") == name
        content = Page(entry.findtext("{http://www.w3.org/2005/Atom}content") or "")
        assert plain("".join(content.words)) == plain(text)


def test_payloads_in_title_article_and_notice(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    for number, payload in enumerate(PAYLOADS):
        try:
            title = normalise.line(payload)
            article = Article(f"{number}{payload}", "https://tribune.example/x?y='\"<", title, "en")
            newsroom.published(editor, reader_id, article=article)
        except (Refusal, Refusals, normalise.HiddenCharacters):
            newsroom.session.rollback()
            continue
        thread = newsroom.thread(site_id, article.article)
        threads.close(newsroom.session, editor, thread.id, normalise.clean(payload), NOW)
        newsroom.session.commit()
        thread = newsroom.thread(site_id, article.article)
        page = Page(client.get(f"/threads/{thread.id}").text)
        assert plain(title) in plain("".join(page.words))
        query = {"article": article.article}
        fragment = Page(client.get("/public/tribune/thread.html", query_string=query).text)
        assert plain(normalise.clean(payload)) in plain("".join(fragment.words))
        ElementTree.fromstring(client.get("/public/tribune/thread.atom", query_string=query).data)  # noqa: S314
        asked = {"site": "tribune", "article": "new", "url": "https://tribune.example/", "title": title}
        Page(client.get("/threads", query_string=asked).text)
