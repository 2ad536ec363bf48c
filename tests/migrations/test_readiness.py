"""A node is ready for a database of its own release or of a newer one, and says what is to be done about any other."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.support.servers import free_port
from widget import schema
from widget.app import create_app
from widget.config import Settings
from widget.db import db

OLD = "20261122_first"


def put_at(session: Session, *revisions: str) -> None:
    """Let the database be at other revisions than its own."""
    session.execute(text("DELETE FROM alembic_version"))
    for revision in revisions:
        session.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision})
    session.commit()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that took this process's place, or would have."""
    found: list[str] = []
    monkeypatch.setattr(os, "execv", lambda program, _line: found.append(program))
    return found


@pytest.fixture
def empty(empty_engine_url: str) -> Iterator[Flask]:
    """An application on a database without any table."""
    app = create_app(Settings.for_tests(database_url=empty_engine_url))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("revisions", "ready"),
    [
        (sorted(schema.revisions()[0]), True),
        ([OLD], False),
        ([], False),
        # A newer release ran its migrations first, with this one's behind them or beside them.
        (["20991231_of_the_future"], True),
        ([OLD, "20991231_of_the_future"], True),
    ],
)
def test_a_node_is_ready_for_its_own_release_and_for_a_newer_one(
    app: Flask, client: FlaskClient, session: Session, started: list[str], revisions: list[str], ready: bool
) -> None:
    put_at(session, *revisions)
    answer = client.get("/readyz")
    assert answer.status_code == (200 if ready else 503)
    assert ("run flask --app wsgi db upgrade" in answer.text) == (not ready)
    served = app.test_cli_runner().invoke(args=["serve"])
    assert (served.exit_code == 0, len(started)) == (ready, int(ready)), served.output
    assert ("Run: flask --app wsgi db upgrade" in served.output) == (not ready)


def test_a_database_that_was_never_migrated_is_not_served(empty: Flask, started: list[str]) -> None:
    answer = empty.test_client().get("/readyz", base_url="http://127.0.0.1:8000")
    assert answer.status_code == 503
    assert answer.text == "the database is not migrated yet: run flask --app wsgi db upgrade\n"
    served = empty.test_cli_runner().invoke(args=["serve"])
    assert served.exit_code == 1
    assert served.output == "Error: The database is not migrated yet. Run: flask --app wsgi db upgrade\n"
    assert started == []


def test_a_database_that_is_away_is_waited_for_by_a_server_that_runs(started: list[str]) -> None:
    app = create_app(Settings.for_tests(database_url=f"postgresql://x@127.0.0.1:{free_port()}/x"))
    answer = app.test_client().get("/readyz", base_url="http://127.0.0.1:8000")
    assert (answer.status_code, answer.text) == (503, "the database is away\n")
    assert app.test_cli_runner().invoke(args=["serve"]).exit_code == 0
    assert len(started) == 1


def test_the_release_is_that_of_the_process_not_of_what_was_installed_since(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The upgrade installs first and migrates then: nodes that run stay ready all the while."""
    schema.revisions.cache_clear()
    app = create_app(settings)
    monkeypatch.setattr("widget.paths.MIGRATIONS", "/nowhere")
    assert app.test_client().get("/readyz", base_url="http://127.0.0.1:8000").text == "ok\n"
    with app.app_context():
        db.engine.dispose()
