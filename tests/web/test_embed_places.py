"""Suggested places as the server answers them: the same for everybody, without a session, and nothing kept."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support import databases, frame, places
from tests.support.forms import Visitor
from tests.support.newsroom import Newsroom
from widget.config import Settings
from widget.extensions import GAZETTEER
from widget.gazetteer.reading import Gazetteer
from widget.web import audience

# Its gazetteer belongs to an application: each test has one of its own.
app = databases.app
newsroom, site_id, ada = frame.newsroom, frame.site_id, frame.ada
stranger, visitor = frame.stranger, frame.visitor


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with the small gazetteer."""
    return replace(settings, gazetteer=str(places.sample()))


@pytest.fixture
def asking(newsroom: Newsroom, client: FlaskClient) -> FlaskClient:
    """A client before the Tribune, which has been made."""
    return client


def ask(client: FlaskClient, q: str, lang: str = "en", **headers: str) -> TestResponse:
    """Ask for places as the script does."""
    query = {"q": q, "lang": lang}
    return client.get(
        "/embed/tribune/places", query_string=query, headers={"Accept": "application/json", **headers}
    )


def test_it_answers_with_places_in_the_language_asked_for(asking: FlaskClient) -> None:
    answer = ask(asking, "gen")
    assert answer.status_code == 200
    assert answer.json == {"places": ["Geneva (Switzerland)", "Geneva (New York)"]}
    assert ask(asking, "geneve", "fr").json == {"places": ["Genève (Suisse)", "Geneva (New York)"]}
    assert ask(asking, "zzz").json == {"places": []}
    assert ask(asking, "").json == {"places": []}


def test_a_language_the_site_has_not_is_its_own(asking: FlaskClient) -> None:
    assert ask(asking, "hamar", "xx").json == {"places": ["Hamar (Norway)"]}


def test_what_is_no_place_is_answered_all_the_same(asking: FlaskClient) -> None:
    for q in ("\0", '"sher" OR "gen', "x" * 5000, "{name} : sher*", "%", "🙂"):
        answer = ask(asking, q)
        assert (answer.status_code, answer.json) == (200, {"places": []}), q
    assert asking.get("/embed/tribune/places").json == {"places": []}


def test_it_may_be_kept_by_this_browser_alone_and_read_by_no_other_page(asking: FlaskClient) -> None:
    headers = ask(asking, "gen", Origin="https://elsewhere.example").headers
    assert headers["Cache-Control"] == "private, max-age=3600"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'self' https://tribune.example" in headers["Content-Security-Policy"]
    assert not [name for name, _ in headers if name.startswith("Access-Control-")]


def test_it_looks_at_no_session_and_sets_no_cookie(asking: FlaskClient, visitor: Visitor) -> None:
    """Not even for somebody who is signed in: a session that was read would make the answer vary by cookie."""
    assert visitor.at.facts["data-signed-in"] == "true"
    for client in (asking, visitor.client):
        answer = ask(client, "gen")
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert answer.json == {"places": ["Geneva (Switzerland)", "Geneva (New York)"]}


def test_an_unknown_publication_is_a_404_that_programs_can_read(asking: FlaskClient) -> None:
    answer = asking.get("/embed/nowhere/places?q=gen", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json["error"]["code"]


def test_it_can_only_be_read(asking: FlaskClient) -> None:
    answer = asking.post("/embed/tribune/places", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code in {400, 401, 405}


def test_whoever_asks_too_often_is_told_so_as_data(asking: FlaskClient) -> None:
    statuses = [ask(asking, "gen").status_code for _ in range(601)]
    assert set(statuses[:600]) == {200}
    refused = ask(asking, "gen")
    assert (statuses[600], refused.status_code) == (429, 429)
    assert refused.json["error"]["code"]
    assert refused.headers["Cache-Control"] == "no-store"


def test_what_is_typed_is_logged_nowhere(
    asking: FlaskClient, app: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app.extensions[GAZETTEER] = Gazetteer(tmp_path / "none.sqlite3")
    with caplog.at_level(logging.DEBUG):
        ask(asking, "rue-du-secret")
        damaged = tmp_path / "damaged.sqlite3"
        damaged.write_bytes(b"no database" * 1000)
        app.extensions[GAZETTEER] = Gazetteer(damaged)
        ask(asking, "rue-du-secret")
    said = [
        json.dumps(vars(record), default=str) for record in caplog.records if record.name.startswith("widget")
    ]
    assert len(said) == 2
    assert not [line for line in said if "secret" in line]


def test_without_a_gazetteer_nothing_is_suggested_and_nothing_breaks(
    newsroom: Newsroom, app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    app.extensions[GAZETTEER] = Gazetteer(tmp_path / "none.sqlite3")
    answer = ask(client, "gen")
    assert (answer.status_code, answer.json) == (200, {"places": []})


def test_the_form_says_where_to_ask(stranger: Visitor) -> None:
    page = stranger.at
    assert 'data-places="/embed/tribune/places"' in page.html
    assert page.controls["place"]["autocomplete"] == "address-level2"


@pytest.mark.parametrize(
    ("given", "expected"), [("", "gazetteer.sqlite3"), ("/srv/places.db", "/srv/places.db")]
)
def test_the_file_stands_in_the_instance_folder_unless_it_is_named(
    given: str, expected: str, tmp_path: Path
) -> None:
    made = Settings.for_tests(instance=str(tmp_path), gazetteer=given)
    assert made.gazetteer_path == (Path(expected) if given else tmp_path / expected)


def test_only_the_suggestions_have_no_session() -> None:
    sessionless = ("/embed/tribune/places", "/embed/places/places", "/threads/1", "/")
    with_session = (
        "/embed/places",
        "/embed/tribune",
        "/embed/tribune/places/",
        "/account/reset",
        "/desk/places",
    )
    assert [path for path in (*sessionless, *with_session) if audience.has_session(path)] == list(
        with_session
    )
