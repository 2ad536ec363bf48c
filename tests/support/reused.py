"""One application and database for each engine and worker, emptied after each test.

Making a database by copy takes a good part of a second on a busy machine; most tests of the core write
a few rows. A module or folder that imports `app` from here runs on these instead.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import Flask

from tests.support import postgres
from tests.support.applications import application
from tests.support.databases import ENGINES
from widget.config import Settings
from widget.db import Base, db
from widget.extensions import limiter
from widget.services.audit import GENESIS
from widget.services.remembered import Remembered
from widget.web.reading.layer import EXTENSION

# The limiter is one for the process and counts where the application made last told it to: each of ours keeps its own.
_LIMITS = "byline.tests.limits"
# Each folder that imports these fixtures has its own application, and so its own database.
_numbers = count(1)


@pytest.fixture(scope="session")
def lasting_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on a migrated SQLite file."""
    path = tmp_path_factory.mktemp("lasting") / "byline.sqlite3"
    shutil.copyfile(sqlite_template, path)
    yield from _application(f"sqlite:///{path}", path.parent)


@pytest.fixture(scope="session")
def lasting_postgresql(
    postgres_server: str, postgres_template: str, worker_number: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application on a migrated PostgreSQL database."""
    name = f"lasting_{worker_number}_{next(_numbers)}"
    url = postgres.create(postgres_server, name, postgres_template)
    yield from _application(url, tmp_path_factory.mktemp("lasting"))
    postgres.drop(postgres_server, name)


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application of one engine, with nothing in its database; the test runs once on each."""
    app: Flask = request.getfixturevalue(f"lasting_{request.param}")
    vars(limiter).update(app.extensions[_LIMITS])
    yield app
    vars(limiter).update(app.extensions[_LIMITS])
    with app.app_context():
        db.session.remove()
        empty()
        limiter.reset()
        # The versions of the next test's threads are those of this one's, too.
        app.extensions[EXTENSION].forget()


def empty() -> None:
    """Delete every row, the append-only ones too, and begin the audit trail anew."""
    # The ids and versions of the next test's sites are those of this one's.
    Remembered.forget_all()
    tables = [table.name for table in Base.metadata.tables.values()]
    deletions = [f'DELETE FROM "{name}"' for name in tables]  # noqa: S608
    genesis = f"INSERT INTO audit_head (id, hash) VALUES (1, '{GENESIS}')"  # noqa: S608
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # As a replica applies changes: neither triggers nor foreign keys are looked at.
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql("; ".join([*deletions, genesis]))
            # Numbers begin at 1 again, as they do in SQLite's empty tables.
            connection.exec_driver_sql(
                "SELECT setval(oid::regclass, 1, false) FROM pg_class"
                " WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
            )
            connection.commit()
            return
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        script = ["PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE", *(f"DROP TRIGGER {t[0]}" for t in triggers)]
        script += [*deletions, genesis, "INSERT INTO comment_terms(comment_terms) VALUES ('delete-all')"]
        script += [*(t[1] for t in triggers), "COMMIT", "PRAGMA foreign_keys = ON"]
        raw.executescript(";\n".join(script))


def _application(url: str, folder: Path) -> Iterator[Flask]:
    app = application(Settings.for_tests(database_url=url, instance=str(folder / "instance")))
    app.extensions[_LIMITS] = dict(vars(limiter))
    yield app
    app.extensions[EXTENSION].close()
    with app.app_context():
        db.engine.dispose()
