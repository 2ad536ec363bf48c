"""Fixtures for tests that touch a database: each test has its own, freshly migrated, on both engines.

The migrations run once per worker and engine; what a test gets is a copy of the outcome.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import postgres, redis, system
from tests.support.servers import Server

# The application is imported where it is used: the many tests of pure rules start without it.
if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from flask_sqlalchemy.session import Session

    from widget.config import Settings

# One number per database, so that no test ever meets the name of another's.
_numbers = count(1)


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest migration, in an application of its own."""
    import flask_migrate

    from widget.app import create_app
    from widget.config import Settings
    from widget.db import db
    from widget.paths import MIGRATIONS

    app = create_app(Settings.for_tests(database_url=url))
    with app.app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of the run's PostgreSQL server; skips the test where there is none, fails it in CI."""
    given = os.environ.get(postgres.ENVIRONMENT)
    if given:
        yield given
        return
    binaries = system.POSTGRES.locate()
    if binaries is None:
        system.skip_for_want_of(system.POSTGRES)
    yield from _lasting(*postgres.start(binaries))


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of the run's Redis server, without a database; skips where there is none, fails in CI."""
    given = os.environ.get(redis.ENVIRONMENT)
    if given:
        yield given
        return
    program = system.REDIS.locate()
    if program is None:
        system.skip_for_want_of(system.REDIS)
    yield from _lasting(*redis.start(program))


@pytest.fixture
def redis_url(redis_server: str, worker_number: int) -> str:
    """The URL of an empty Redis database that no other worker uses."""
    url = f"{redis_server}/{worker_number}"
    redis.empty(url)
    return url


@pytest.fixture(scope="session")
def worker_number() -> int:
    """This worker's number, 0 in a run without workers."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that nobody has open."""
    path = tmp_path_factory.mktemp("template") / "byline.sqlite3"
    migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        # Whatever is still in the write-ahead log belongs into the file, which alone is copied.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, worker_number: int) -> Iterator[str]:
    """The name of a migrated PostgreSQL database that nobody is connected to."""
    name = f"template_{worker_number}"
    migrate(postgres.create(postgres_server, name))
    yield name
    postgres.drop(postgres_server, name)


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The URL of this test's own migrated SQLite database."""
    path = tmp_path / "byline.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgres_server: str, postgres_template: str, worker_number: int) -> Iterator[str]:
    """The URL of this test's own migrated PostgreSQL database."""
    name = f"test_{worker_number}_{next(_numbers)}"
    yield postgres.create(postgres_server, name, postgres_template)
    postgres.drop(postgres_server, name)


@pytest.fixture
def empty_postgresql_url(postgres_server: str, worker_number: int) -> Iterator[str]:
    """The URL of this test's own PostgreSQL database without any table, for tests of migrations."""
    name = f"empty_{worker_number}_{next(_numbers)}"
    yield postgres.create(postgres_server, name)
    postgres.drop(postgres_server, name)


ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=ENGINES)
def engine_url(request: pytest.FixtureRequest) -> str:
    """The URL of this test's own migrated database: the test runs twice, once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=ENGINES)
def empty_engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of this test's own database without any table, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    url: str = request.getfixturevalue("empty_postgresql_url")
    return url


@pytest.fixture
def settings(engine_url: str, tmp_path: Path) -> "Settings":
    """Settings for a server on this test's database, with an instance folder that goes away."""
    from widget.config import Settings

    return Settings.for_tests(database_url=engine_url, instance=str(tmp_path / "instance"))


@pytest.fixture
def app(settings: "Settings") -> Iterator["Flask"]:
    """The application on this test's database."""
    from tests.support.applications import application
    from widget.db import db
    from widget.web.reading.layer import EXTENSION

    app = application(settings)
    yield app
    app.extensions[EXTENSION].close()
    with app.app_context():
        db.engine.dispose()
    # Sessions are kept by the address of their context: one left behind would be met by a later test.
    left = dict(db.session.registry.registry)
    db.session.registry.registry.clear()
    assert not left, "a session outlived its application context"


@pytest.fixture
def session(app: "Flask") -> Iterator["Session"]:
    """A session on this test's database, within an application context; what is not committed is lost."""
    from widget.db import db

    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    """A client with its own cookies; CSRF protection is on, as everywhere."""
    from tests.support.client import Client

    app.test_client_class = Client
    return app.test_client()


def _lasting(server: Server, url: str) -> Iterator[str]:
    """Hand out the URL of a running server, and stop it afterwards."""
    try:
        yield url
    finally:
        server.stop()
