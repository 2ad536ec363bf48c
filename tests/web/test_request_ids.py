"""Each request has an id, which a trusted proxy may choose: in its log lines, its errors, and answers that no cache keeps."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.applications import application
from tests.support.newsroom import newsroom, site_id
from widget.config import Settings
from widget.db import db
from widget.extensions import SETTINGS
from widget.logs import Line

__all__ = ["newsroom", "site_id"]

GIVEN = "8f14e45f-ceea-467f-9d1c-3b2a1c0d4e5f"
PRIVATE = "/embed/tribune"
PUBLIC = ("/public/tribune/thread.json?article=bridge", "/embed.js", "/robots.txt")


@pytest.fixture
def behind(app: Flask) -> Iterator[FlaskClient]:
    """A client of a server behind one proxy, on the same database."""
    settings: Settings = app.extensions[SETTINGS]
    proxied = application(replace(settings, proxy_hops=1))
    yield proxied.test_client()
    with proxied.app_context():
        db.engine.dispose()


def named(client: FlaskClient, path: str, given: str | None = GIVEN) -> str | None:
    """Return the id that an answer carries."""
    answer = client.get(
        path, base_url="http://127.0.0.1:8000", headers={} if given is None else {"X-Request-ID": given}
    )
    return answer.headers.get("X-Request-ID")


def test_a_proxys_id_is_taken_over(behind: FlaskClient, site_id: int) -> None:
    assert named(behind, PRIVATE) == GIVEN
    assert named(behind, "/desk/") == GIVEN
    assert named(behind, PRIVATE, "9f2c" * 16) == "9f2c" * 16


@pytest.mark.parametrize(
    "given", [None, "", "a b", "../../x", "<b>", "a" * 65, "-", "zz", 'ab", "level": "info']
)
def test_what_is_no_id_is_replaced(behind: FlaskClient, site_id: int, given: str | None) -> None:
    assert re.fullmatch("[0-9a-f]{16}", named(behind, PRIVATE, given) or "")


def test_without_a_proxy_nobody_chooses_an_id(client: FlaskClient, site_id: int) -> None:
    first, second = named(client, PRIVATE), named(client, PRIVATE)
    assert GIVEN not in {first, second}
    assert first != second


def test_what_may_be_kept_names_no_request(behind: FlaskClient, client: FlaskClient, site_id: int) -> None:
    for path in PUBLIC:
        # The second time from memory.
        for asking in (behind, behind, client):
            assert named(asking, path) is None, path


def test_log_and_error_name_the_id(behind: FlaskClient, site_id: int) -> None:
    heard: list[str] = []

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(Line().format(record))

    def fail() -> str:
        raise RuntimeError("as it may happen")

    app = behind.application
    app.view_functions["reading.livez"] = fail
    app.config["PROPAGATE_EXCEPTIONS"] = False
    handler = Heard()
    app.logger.addHandler(handler)
    answer = behind.get("/livez", base_url="http://127.0.0.1:8000", headers={"X-Request-ID": GIVEN})
    app.logger.removeHandler(handler)
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == GIVEN
    assert GIVEN in answer.text
    [line] = [json.loads(said) for said in heard]
    assert (line["message"], line["request"]) == ("request failed", GIVEN)
