"""What the public reads of a thread: the contract's shape, pages that keep their places, tombstones."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from tests.support.newsroom import NOW, Newsroom, editor, newsroom, reader_id, site_id
from widget.models import Site
from widget.moderation.permissions import Staff
from widget.services import threads

__all__ = ["editor", "newsroom", "reader_id", "site_id"]

ATOM = "{http://www.w3.org/2005/Atom}"


def read(client: FlaskClient, query: str = "article=bridge", site: str = "tribune") -> Any:
    """Return the data of a thread."""
    response = client.get(f"/public/{site}/thread.json?{query}")
    assert response.status_code == 200, response.text
    return response.json


def ids(data: Any) -> list[int]:
    """Return the comments shown, in order."""
    return [comment["id"] for comment in data["comments"]]


# ── The contract ──────────────────────────────────────────────────────────────────────────────────────


def test_the_shape_of_the_data(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    """docs: fields are only ever added, so each is named here."""
    text = "Read https://a.example/b?c&d.\nThen think.\n\n<b>Bold</b> & 'quoted'"
    root = newsroom.published(editor, reader_id, text)
    reply = newsroom.published(editor, reader_id, parent_id=root, at=NOW + timedelta(seconds=5))
    thread = newsroom.thread(site_id)
    assert read(client) == {
        "v": 1,
        "site": "tribune",
        "thread": {
            "id": thread.id,
            "state": "open",
            "off": False,
            "notice": None,
            "count": 2,
            "closes_at": None,
            "version": f"1.{thread.version}",
            "page": f"http://127.0.0.1:8000/threads/{thread.id}",
        },
        "comments": [
            {
                "id": root,
                "root": root,
                "parent": None,
                "name": "Ada Lind",
                "place": "Hamar",
                "at": "2026-11-22T09:30:00Z",
                "lang": "en",
                "dir": "ltr",
                "body": [
                    [
                        "Read ",
                        {"href": "https://a.example/b?c&d", "text": "https://a.example/b?c&d"},
                        ".\nThen think.",
                    ],
                    ["<b>Bold</b> & 'quoted'"],
                ],
            },
            {
                "id": reply,
                "root": root,
                "parent": root,
                "name": "Ada Lind",
                "place": "Hamar",
                "at": "2026-11-22T09:30:05Z",
                "lang": "en",
                "dir": "ltr",
                "body": [[newsroom.comment(reply).body]],
            },
        ],
        "prev": None,
        "next": None,
        "ui": read(client)["ui"],
    }
    assert set(read(client)["ui"]) == {
        "closed",
        "off",
        "comma",
        "compose",
        "correction",
        "empty",
        "error",
        "lang",
        "more",
        "new",
        "news",
        "page",
        "permalink",
        "removed",
        "reply",
        "report",
        "retry",
        "title",
        "to",
    }


def test_an_unknown_article_is_an_empty_open_thread_with_one_body_for_all(
    client: FlaskClient, site_id: int
) -> None:
    data = read(client, "article=nobody-wrote-here")
    assert data["thread"] == {
        "id": None,
        "state": "open",
        "off": False,
        "notice": None,
        "count": 0,
        "closes_at": None,
        "version": "1.0",
        "page": None,
    }
    assert (data["comments"], data["prev"], data["next"]) == ([], None, None)
    bodies = {
        client.get(f"/public/tribune/thread.json?{query}").data
        for query in ("article=one", "article=two&page=9", "", "article=a%00b", "article=" + "x" * 900)
    }
    assert len(bodies) == 1
    assert client.get("/public/tribune/thread.json?article=one&lang=fr").data not in bodies


@pytest.mark.parametrize("path", ["thread.json", "thread.html", "thread.atom", "counts.json"])
@pytest.mark.parametrize("site", ["nobody", "TRIBUNE", "%00", "tribune%00", "x" * 300])
def test_an_unknown_site_is_not_found_in_json(
    client: FlaskClient, site_id: int, path: str, site: str
) -> None:
    response = client.get(f"/public/{site}/{path}?article=bridge")
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.json is not None
    assert set(response.json["error"]) >= {"code", "message"}


def test_unknown_and_senseless_parameters_are_ignored(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.published(editor, reader_id)
    plain = client.get("/public/tribune/thread.json?article=bridge").data
    for query in (
        "utm_source=x&fbclid=y",
        "page=",
        "page=abc",
        "page=0",
        "page=-3",
        "page=1",
        "page=99",
        "page=" + "9" * 40,
        "order=sideways",
        "order=newest",
        "lang=xx",
        "lang=%00",
        "lang=en",
        "comment=abc",
        "comment=" + "9" * 40,
        "comment=-1",
        "callback=alert",
    ):
        response = client.get(f"/public/tribune/thread.json?article=bridge&{query}")
        assert response.status_code == 200, query
        assert response.data == plain, query


@pytest.mark.parametrize(
    "path",
    [
        "/threads/0",
        "/threads/999999",
        "/threads/" + "9" * 40,
        "/comments/0",
        "/comments/" + "9" * 40,
        "/netiquette/nobody",
        "/netiquette/tribune?version=2",
        "/netiquette/tribune?version=" + "9" * 40,
        "/threads?site=nobody&article=x",
        "/threads",
        "/embed.0123456789abcdef.js",
        "/embed.%2e%2e%2fbyline.js",
        "/.well-known/security.txt",
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/nothing",
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, site_id: int, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "Set-Cookie" not in response.headers


# ── The other forms ───────────────────────────────────────────────────────────────────────────────────


def test_counts(client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff) -> None:
    newsroom.published(editor, reader_id)
    newsroom.send(site_id, reader_id)
    newsroom.decide(editor, newsroom.published(editor, reader_id, article="ferry"), "remove")
    response = client.get("/public/tribune/counts.json?article=bridge&article=ferry&article=new&article=")
    assert response.json == {"v": 1, "counts": {"bridge": 1, "ferry": 0, "new": 0}}
    many = "&".join(f"article=a{number}" for number in range(60))
    assert len(client.get(f"/public/tribune/counts.json?{many}").json["counts"]) == 50  # type: ignore[index]
    strange = client.get("/public/tribune/counts.json?article=a%00b&article=bridge")
    assert strange.json == {"v": 1, "counts": {"a\x00b": 0, "bridge": 1}}


def test_the_feed_is_well_formed_and_holds_the_latest_first(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    assert client.get("/public/tribune/thread.atom?article=bridge").status_code == 404
    root = newsroom.published(editor, reader_id, "One & <two>\x0b\ufffe ]]> https://a.example/?b&c")
    reply = newsroom.published(editor, reader_id, parent_id=root, at=NOW + timedelta(hours=1))
    newsroom.send(site_id, reader_id)
    response = client.get("/public/tribune/thread.atom?article=bridge")
    assert response.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.data)  # noqa: S314
    entries = feed.findall(f"{ATOM}entry")
    expected = [f"http://127.0.0.1:8000/comments/{number}" for number in (reply, root)]
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == expected
    assert feed.findtext(f"{ATOM}updated") == "2026-11-22T10:30:00Z"
    assert entries[1].findtext(f"{ATOM}content") == (
        "<p>One &amp; &lt;two&gt; ]]&gt; "
        '<a href="https://a.example/?b&amp;c" rel="nofollow ugc noopener">https://a.example/?b&amp;c</a></p>'
    )


def test_the_permalink_leads_to_the_comment_under_its_article(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.published(editor, reader_id)
    response = client.get(f"/comments/{comment_id}")
    assert (response.status_code, response.location) == (
        302,
        f"https://tribune.example/bridge#byline-{comment_id}",
    )
    # Once the publication moved, its old address is nobody's: the comment is shown here.
    newsroom.session.rollback()
    newsroom.session.get_one(Site, site_id).origins = ["https://elsewhere.example"]
    newsroom.session.commit()
    moved = client.get(f"/comments/{comment_id}").location
    assert moved == f"/threads/{newsroom.thread(site_id).id}?page=1#byline-{comment_id}"
    newsroom.decide(editor, comment_id, "remove")
    assert client.get(f"/comments/{comment_id}").status_code == 404


def test_looking_for_a_thread_creates_nothing_and_leads_nowhere_else(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    good = "site=tribune&article=new&title=A+title&lang=fr&url=" + quote("https://tribune.example/new")
    page = client.get(f"/threads?{good}")
    assert page.status_code == 200
    # Nobody answers for the title yet: the page shows the address instead.
    assert "https://tribune.example/new</bdi>" in page.text
    assert "A title</" not in page.text
    assert 'content="noindex"' in page.text
    assert threads.find(newsroom.session, site_id, "new") is None
    foreign = "site=tribune&article=new&url=" + quote("https://evil.example/")
    assert client.get(f"/threads?{foreign}").status_code == 400
    newsroom.published(editor, reader_id)
    found = client.get("/threads?site=tribune&article=bridge&url=https://evil.example/")
    assert found.location == f"/threads/{newsroom.thread(site_id).id}"


def test_the_page_speaks_to_machines(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    root = newsroom.published(editor, reader_id, "Some words.")
    newsroom.published(editor, reader_id, parent_id=root)
    html = client.get(f"/threads/{newsroom.thread(site_id).id}").text
    start = html.index('<script type="application/ld+json">') + len('<script type="application/ld+json">')
    data = json.loads(html[start : html.index("</script>", start)])
    assert data["about"]["url"] == "https://tribune.example/bridge"
    assert data["commentCount"] == 2
    assert data["comment"][0]["text"] == "Some words."
    assert data["comment"][0]["author"]["name"] == "Ada Lind"
    assert data["comment"][1]["parentItem"] == {"@id": f"http://127.0.0.1:8000/comments/{root}"}


def test_the_netiquette_page_shows_every_rule_and_earlier_versions(
    client: FlaskClient, newsroom: Newsroom, site_id: int
) -> None:
    newsroom.amend(site_id, retired=[8])
    html = client.get("/netiquette/tribune").text
    assert [f'id="rule-{number}"' in html for number in range(1, 19)] == [n != 8 for n in range(1, 19)]
    earlier = client.get("/netiquette/tribune?version=1&lang=fr").text
    assert 'id="rule-8"' in earlier
    assert '<html lang="fr"' in earlier
