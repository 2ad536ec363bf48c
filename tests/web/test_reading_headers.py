"""Public bytes on their way: compressed, tagged, cacheable, and the same for every reader."""

import gzip
import json
from typing import Any

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.newsroom import NOW, Newsroom, editor, newsroom, reader_id, site_id
from widget.models import SignInKind
from widget.moderation.permissions import Staff
from widget.services import sign_ins
from widget.web import access

__all__ = ["editor", "newsroom", "reader_id", "site_id"]

CACHEABLE = (
    "/public/tribune/thread.json?article=bridge",
    "/public/tribune/thread.json?article=unknown",
    "/public/tribune/thread.html?article=bridge",
    "/public/tribune/thread.atom?article=bridge",
    "/public/tribune/counts.json?article=bridge",
    "/threads/{thread}",
    "/netiquette/tribune",
    "/robots.txt",
    "/",
)
SCRIPT = "/embed.js"


@pytest.fixture
def paths(newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff) -> list[str]:
    """Every cacheable address, with something published at it."""
    newsroom.published(editor, reader_id, "Some words that repeat. " * 20)
    thread = str(newsroom.thread(site_id).id)
    return [path.replace("{thread}", thread) for path in CACHEABLE]


def header(response: Any, *names: str) -> list[str | None]:
    """Return several headers of a response."""
    return [response.headers.get(name) for name in names]


def test_every_public_answer_may_be_cached_and_read_from_anywhere(
    client: FlaskClient, paths: list[str]
) -> None:
    for path in [*paths, SCRIPT]:
        response = client.get(path)
        assert response.status_code == 200, path
        cache, vary, cors, kind = header(
            response, "Cache-Control", "Vary", "Access-Control-Allow-Origin", "X-Content-Type-Options"
        )
        assert (vary, cors, kind) == ("Accept-Encoding", "*", "nosniff"), path
        assert cache == (
            "public, max-age=0, s-maxage=5, stale-while-revalidate=5, stale-if-error=60"
            if path != SCRIPT
            else "public, max-age=300, s-maxage=300, stale-while-revalidate=86400, stale-if-error=86400"
        )
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


def test_a_reader_who_has_it_is_told_so(client: FlaskClient, paths: list[str]) -> None:
    for path in [*paths, SCRIPT]:
        for encoding in ("br", "gzip", "identity"):
            first = client.get(path, headers={"Accept-Encoding": encoding})
            tag = first.headers["ETag"]
            assert tag.startswith('"')
            asked = {"Accept-Encoding": encoding, "If-None-Match": f'"other", {tag}'}
            again = client.get(path, headers=asked)
            assert (again.status_code, again.data) == (304, b""), path
            assert header(again, "ETag", "Cache-Control", "Vary") == header(
                first, "ETag", "Cache-Control", "Vary"
            )
            assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_head_is_get_without_the_body(client: FlaskClient, paths: list[str]) -> None:
    for path in [*paths, SCRIPT]:
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.data) == (200, b""), path
        names = ("ETag", "Content-Type", "Content-Length", "Cache-Control", "Vary")
        assert header(head, *names) == header(got, *names), path


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, br;q=0", "gzip"),
        ("gzip", "gzip"),
        ("*", "br"),
        ("", None),
        ("identity", None),
        ("deflate", None),
        ("br;q=0, gzip;q=0", None),
    ],
)
def test_the_smaller_encoding_that_the_reader_takes(
    client: FlaskClient, paths: list[str], accepts: str, encoding: str | None
) -> None:
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    for path in (paths[0], paths[2], SCRIPT):
        plain = client.get(path, headers={"Accept-Encoding": ""})
        response = client.get(path, headers={"Accept-Encoding": accepts})
        assert response.headers.get("Content-Encoding") == encoding
        assert unpack(response.data) == plain.data
        assert (response.headers["ETag"] != plain.headers["ETag"]) is (encoding is not None)
        assert int(response.headers["Content-Length"]) == len(response.data)


def test_what_is_tiny_is_left_alone(client: FlaskClient, paths: list[str]) -> None:
    response = client.get("/robots.txt", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in response.headers


def test_the_tag_changes_when_and_only_when_the_publication_does(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    def tag() -> str:
        return client.get("/public/tribune/thread.json?article=bridge").headers["ETag"]

    comment_id = newsroom.send(site_id, reader_id)
    empty = tag()
    newsroom.send(site_id, newsroom.reader("Cleo Marsh"))
    refused = newsroom.send(site_id, reader_id)
    newsroom.decide(editor, refused, "refuse")
    assert tag() == empty
    newsroom.decide(editor, comment_id, "publish")
    assert tag() != empty


def test_nobody_gets_bytes_of_their_own(
    app: Flask, client: FlaskClient, newsroom: Newsroom, paths: list[str], reader_id: int, editor: Staff
) -> None:
    """Signed in or not, with any language, address or cookie: the same bytes, and no cookie back."""
    from tests.support.client import Client

    app.test_client_class = Client
    signed = app.test_client()
    token, _ = sign_ins.start(newsroom.session, reader_id, SignInKind.READER, NOW)
    newsroom.session.commit()
    for name in ("byline_reader", "byline_desk", "session", "remember_token", "_user_id"):
        signed.set_cookie(name, token)
    own = {"Accept-Language": "ar", "User-Agent": "Somebody/1", "Authorization": "Bearer x", "DNT": "1"}
    for path in [*paths, SCRIPT]:
        plain = client.get(path)
        theirs = signed.get(path, headers=own)
        assert theirs.data == plain.data, path
        assert theirs.headers["ETag"] == plain.headers["ETag"], path
        assert "Set-Cookie" not in theirs.headers


def test_no_public_page_can_keep_anything_for_one_reader(app: Flask) -> None:
    from flask import session as kept

    with app.test_request_context("/public/tribune/thread.json", base_url="http://127.0.0.1:8000"):
        app.preprocess_request()
        assert dict(kept) == {}
        with pytest.raises(RuntimeError, match="no session"):
            kept["seen"] = 1
        with pytest.raises(RuntimeError, match="no session"):
            kept.clear()


def test_the_language_is_the_one_asked_for_then_the_threads_then_the_sites(
    client: FlaskClient, newsroom: Newsroom, reader_id: int
) -> None:
    bilingual = newsroom.site("courier", languages=["fr", "ar"])
    chief = newsroom.staff(newsroom_admin(), bilingual)
    from widget.services.articles import Article

    article = Article("souq", "https://courier.example/souq", "Souq", "ar")
    newsroom.published(chief, newsroom.reader(), article=article)

    def language(query: str) -> str:
        data = json.loads(client.get(f"/public/courier/thread.json?{query}").data)
        return str(data["ui"]["lang"])

    assert language("article=unknown") == "fr"
    assert language("article=souq") == "ar"
    assert language("article=souq&lang=fr") == "fr"
    # A language that the site does not have is not asked for at all.
    assert language("article=souq&lang=en") == "ar"
    html = client.get("/public/courier/thread.html?article=souq").text
    assert 'lang="ar" dir="rtl"' in html


def newsroom_admin() -> Any:
    """Return the rank that may everything on a site."""
    from widget.models import Role

    return Role.ADMIN


def test_a_pinned_script_is_kept_for_good(client: FlaskClient) -> None:
    from widget.web.reading.script import bundle

    response = client.get(f"/embed.{bundle().digest}.js", headers={"Accept-Encoding": "br"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert brotli.decompress(response.data) == bundle().js


def test_a_foreign_host_is_refused_and_never_reflected(client: FlaskClient, paths: list[str]) -> None:
    for path in paths:
        response = client.get(path, base_url="http://evil.example")
        assert response.status_code == 400, path
        assert "evil.example" not in response.text
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    assert client.get(paths[5], headers=forged).data == client.get(paths[5]).data


def test_every_public_endpoint_is_reached_by_reading_only(
    app: Flask, client: FlaskClient, site_id: int
) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in access.PUBLIC:
            assert rule.methods == {"GET", "HEAD", "OPTIONS"}, rule
