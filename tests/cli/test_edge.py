"""What an operator meets before everything is set up is a sentence that says what to do, never a traceback."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from tests.support import system
from tests.support.servers import free_port
from widget.app import create_app
from widget.config import Settings
from widget.db import db
from widget.services import sites

# The package has the command under this name.
worker = import_module("widget.cli.worker")
COMMANDS = {
    "site list": ["site", "list"],
    "site close": ["site", "close", "tribune"],
    "staff list": ["staff", "list"],
    "audit verify": ["audit", "verify"],
    "mail list": ["mail", "list"],
    "worker": ["worker", "--once"],
}
UPGRADE = "flask --app wsgi db upgrade\n"


@pytest.fixture
def empty(empty_engine_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskCliRunner]:
    """The command line on a database without any table."""
    binaries = system.POSTGRES.locate()
    if binaries is not None:
        monkeypatch.setenv("PATH", str(binaries), prepend=":")
    app = create_app(Settings.for_tests(database_url=empty_engine_url, smtp_url="smtp://127.0.0.1:1"))
    yield app.test_cli_runner()
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("line", COMMANDS.values(), ids=COMMANDS)
def test_a_database_that_was_never_migrated_is_a_sentence(empty: FlaskCliRunner, line: list[str]) -> None:
    answer = empty.invoke(args=line)
    assert answer.exit_code == 1
    assert answer.output == f"Error: The database is not migrated yet. Run: {UPGRADE}"


class Rounds(threading.Event):
    """Lets a worker do so many rounds, and stop."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.left = count

    def wait(self, timeout: float | None = None) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_worker_says_once_what_it_waits_for(
    empty: FlaskCliRunner, caplog: pytest.LogCaptureFixture
) -> None:
    with empty.app.app_context():
        worker.run_until(Rounds(3))
    said = [record for record in caplog.records if record.name == worker.__name__]
    assert [record.exc_info for record in said] == [None]
    assert said[0].getMessage().endswith(f"The database is not migrated yet. Run: {UPGRADE.strip()}")


@pytest.mark.parametrize(("every", "sentences"), [(timedelta(minutes=5), 1), (timedelta(0), 2)])
def test_a_worker_says_from_time_to_time_what_it_waits_for_and_that_it_goes_on(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    every: timedelta,
    sentences: int,
) -> None:
    rounds = count()

    def deliver(_stopping: threading.Event) -> None:
        if next(rounds) < 2:
            raise OperationalError("SELECT", {}, Exception("it is locked"))

    monkeypatch.setattr(worker, "deliver_due", deliver)
    monkeypatch.setattr(worker, "_TELL_EVERY", every)
    with app.app_context():
        worker.run_until(Rounds(3))
    said = [record.getMessage() for record in caplog.records if record.name == worker.__name__]
    assert ["did not do it (it is locked)" in sentence for sentence in said] == [True] * sentences + [False]
    assert said[-1] == "the worker goes on"


def test_there_is_nothing_to_back_up_before(empty: FlaskCliRunner, tmp_path: Path) -> None:
    # Whatever asks the database makes an SQLite file, which is empty.
    empty.invoke(args=["site", "list"])
    answer = empty.invoke(args=["backup", str(tmp_path / "kept")])
    assert answer.exit_code == 1
    assert answer.output.endswith("is no database of Byline, or was never migrated.\n"), answer.output
    assert answer.output.count("\n") == 1
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.parametrize("line", [*COMMANDS.values(), ["db", "upgrade"]], ids=[*COMMANDS, "db upgrade"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_that_is_away_is_a_sentence(
    kind: str, line: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"postgresql://x:hidden@127.0.0.1:{free_port()}/x"
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'nowhere' / 'x.sqlite3'}"
    app = create_app(Settings.for_tests(database_url=url, smtp_url="smtp://127.0.0.1:1"))
    answer = app.test_cli_runner().invoke(args=line)
    assert answer.exit_code == 1
    said = answer.output + caplog.text
    assert "The database cannot be reached (" in said
    assert "Traceback" not in said
    assert "hidden" not in said


@pytest.mark.parametrize(
    ("error", "sentence"), [(OperationalError, "did not do it (it is locked)"), (IntegrityError, None)]
)
def test_what_a_migrated_database_refuses_is_told_apart_from_a_mistake_of_ours(
    app: Flask,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
    sentence: str | None,
) -> None:
    def fail(_session: Session) -> None:
        raise error("SELECT", {}, Exception("it is locked\nand more"))  # type: ignore[call-arg]

    monkeypatch.setattr(sites, "every", fail)
    answer = app.test_cli_runner().invoke(args=["site", "list"])
    assert answer.exit_code == 1
    if sentence is None:
        assert isinstance(answer.exception, error)
    else:
        assert sentence in answer.output


def test_a_statement_that_cannot_be_is_a_mistake_of_ours_on_every_engine(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sites, "every", lambda asked: asked.execute(text("SELECT nothing FROM sites")))
    answer = app.test_cli_runner().invoke(args=["site", "list"])
    assert isinstance(answer.exception, DBAPIError)


def test_a_database_that_is_older_says_so(app: Flask, session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = '20261122_first'"))
    session.execute(text("DROP TABLE staff_roles"))
    session.commit()
    answer = app.test_cli_runner().invoke(args=["staff", "list"])
    assert answer.output == f"Error: The database is older than this release. Run: {UPGRADE}"


def test_a_folder_that_cannot_be_written_to_is_named(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    for folder in (tmp_path / "taken" / "inside", Path("/proc/x")):
        answer = app.test_cli_runner().invoke(args=["backup", str(folder)])
        assert answer.exit_code == 1
        assert answer.output.startswith(f"Error: {folder} cannot be written to: "), answer.output
