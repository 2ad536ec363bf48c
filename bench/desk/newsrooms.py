"""The newsrooms that are measured: databases of either engine, filled once, with an application in front of each."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import make_url

from bench.desk.filling import Size, fill
from bench.desk.words import name
from tests.support import postgres, servers, system
from tests.support.client import Client
from widget import clock
from widget.app import create_app
from widget.config import Settings
from widget.db import begin_writing, db, refresh_statistics
from widget.models import Account, Comment, CommentState, Identity, IdentityRow, Role, StaffRole
from widget.paths import MIGRATIONS
from widget.services import netiquettes, passwords, settled_days

PASSWORD = "seven kettles under snow"
EMAIL = "editor@growth.example"
# As a server of its own would be set up, with every commit on the disk.
_SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_BY_SCRIPT = {"Sec-Fetch-Site": "same-origin", "X-Requested-With": "byline"}


@dataclass
class Measured:
    """What a page cost in one newsroom: queries a request, and for each the server's time, and the processor's.

    Milliseconds. The processor's time is this process's: on SQLite everything, on PostgreSQL all but the database.
    """

    queries: int = 0
    times: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    @contextmanager
    def clocked(self, app: Flask) -> Iterator[None]:
        """Note what happens meanwhile as one request."""
        with counted(app) as said:
            began, worked = time.perf_counter(), time.process_time()
            yield
            self.times.append((time.perf_counter() - began) * 1000)
            self.worked.append((time.process_time() - worked) * 1000)
        self.queries = max(self.queries, len(said))


@dataclass
class Newsroom:
    """An application on a filled database, with an editor signed in."""

    app: Flask
    client: FlaskClient
    token: str
    places: dict[str, str]

    def ask(self, path: str, into: Measured) -> None:
        """Ask for a page, and note what it cost; one that begins with `~` is asked for as the desk's script does."""
        address, headers = path.lstrip("~").format(**self.places), _BY_SCRIPT if path.startswith("~") else {}
        with into.clocked(self.app):
            answer = self.client.get(address, headers=headers, follow_redirects=True)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")

    def decide(self, comment_id: int, into: Measured) -> None:
        """Publish a waiting comment by the desk's own form."""
        self._post(f"/desk/comments/{comment_id}/decide", {"action": "publish", "expected_version": 1}, into)

    def decide_many(self, comment_ids: list[int], into: Measured) -> None:
        """Refuse waiting comments at once, by the desk's own form."""
        picks = [f"{comment_id}:1" for comment_id in comment_ids]
        self._post("/desk/many", {"action": "refuse", "rule": 5, "pick": picks}, into)

    def _post(self, path: str, data: dict[str, object], into: Measured) -> None:
        with into.clocked(self.app):
            answer = self.client.post(path, data={"csrf_token": self.token, **data}, headers=_BY_SCRIPT)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")

    def waiting(self, most: int) -> list[int]:
        """Return the ids of comments that wait and can be published, oldest first."""
        with self.app.app_context():
            doubted = select(IdentityRow.account_id).where(IdentityRow.standing == Identity.DOUBT)
            pending = select(Comment.id).where(
                Comment.state == CommentState.PENDING,
                Comment.parent_id.is_(None),
                Comment.version == 1,
                Comment.account_id.not_in(doubted),
            )
            return list(db.session.scalars(pending.order_by(Comment.id).limit(most)))


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Note every statement that reaches the application's database."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


@contextmanager
def engines(folder: Path, sizes: list[int], only: str | None = None) -> Iterator[dict[str, list[str]]]:
    """Yield the URLs of a database for each size, on each engine that the machine has, or on one, in that folder.

    Those there are already are used again.
    """
    urls = {"SQLite": [f"sqlite:///{folder / f'newsroom-{size}.sqlite3'}" for size in sizes]}
    if only == "SQLite":
        yield urls
        return
    if only is not None:
        urls = {}
    binaries = system.POSTGRES.locate()
    if binaries is None:
        print("PostgreSQL is not measured: its server is not on this machine.")
        yield urls
        return
    data, owner = folder / "postgresql", servers.account()
    data.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o755)
    if owner.user is not None and owner.group is not None:
        os.chown(data, owner.user, owner.group)
    server, url = postgres.start(binaries, {**postgres.SETTINGS, **_SETTINGS}, data)
    try:
        urls["PostgreSQL"] = []
        for size in sizes:
            database = f"newsroom_{size}"
            urls["PostgreSQL"].append(
                make_url(url).set(database=database).render_as_string(hide_password=False)
                if postgres.exists(url, database)
                else postgres.create(url, database)
            )
        yield urls
    finally:
        server.stop()


def prepare(url: str, folder: Path, size: Size) -> None:
    """Migrate a database, fill it if it is empty, and count the days that are over."""
    began = time.perf_counter()
    app = _application(url, folder)
    with app.app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        session = db.session()
        if session.scalar(select(func.count(StaffRole.id))) == 0:
            fill(session, size)
            _appoint()
        session.rollback()
        settled_days.settle(session, clock.now())
        _tidy(url)
        db.engine.dispose()
    print(f"  {size.comments:>9,} comments ready in {time.perf_counter() - began:.0f} s", flush=True)


@contextmanager
def copied(url: str) -> Iterator[str]:
    """Copy a database that nobody is connected to, and yield the copy's URL: what is decided there is gone afterwards."""
    kept = make_url(url)
    assert kept.database is not None
    if kept.drivername.startswith("sqlite"):
        with tempfile.TemporaryDirectory(dir=Path(kept.database).parent) as beside:
            copy = shutil.copyfile(kept.database, Path(beside) / "measured.sqlite3")
            yield kept.set(database=str(copy)).render_as_string(hide_password=False)
        return
    server = kept.set(database="postgres").render_as_string(hide_password=False)
    name = f"{kept.database}_measured"
    try:
        yield postgres.create(server, name, kept.database)
    finally:
        postgres.drop(server, name)


def newsroom(url: str, folder: Path, size: Size) -> Newsroom:
    """Sign the editor of a database that was prepared in."""
    app = _application(url, folder)
    with app.app_context():
        places = _places(size)
    client = app.test_client()
    token = _TOKEN.search(client.get("/desk/sign-in").get_data(as_text=True))
    assert token is not None
    answer = client.post(
        "/desk/sign-in",
        data={"csrf_token": token[1], "email": EMAIL, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 303, answer.status_code
    token = _TOKEN.search(client.get("/desk/").get_data(as_text=True))
    assert token is not None
    return Newsroom(app, client, token[1], places)


def _application(url: str, folder: Path) -> Flask:
    app = create_app(Settings.for_tests(database_url=url, instance=str(folder), second_factor="optional"))
    app.test_client_class = Client
    return app


def _tidy(url: str) -> None:
    """Do what the engine does by itself in a newsroom that lasts: vacuum, statistics, the log written back."""
    refresh_statistics(db.session())
    db.session.remove()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if url.startswith("sqlite"):
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        else:
            connection.execute(text("VACUUM ANALYZE"))


def _places(size: Size) -> dict[str, str]:
    """Return what stands for the parts of addresses: a comment in the middle of the queue, a name, a reply …"""
    session = db.session()
    middle = session.get_one(Comment, size.decided + size.waiting // 2)
    reply = session.scalars(
        select(Comment.id).where(Comment.root_id.is_not(None)).order_by(Comment.id.desc()).limit(1)
    ).one()
    editor = session.scalars(select(Account.id).where(Account.email_key == EMAIL)).one()
    account = session.scalars(
        select(Comment.account_id).where(Comment.id == size.decided - 500).limit(1)
    ).one()
    assert middle.queued_at is not None
    return {
        "middle": f"{middle.queued_at:%Y-%m-%dT%H:%M:%S}~{middle.id}",
        "since": f"{middle.queued_at:%Y-%m-%dT%H:%M:%S}",
        "waiting": str(middle.id),
        "cards": ",".join(str(middle.id + number) for number in range(25)),
        "reply": str(reply),
        "decided": str(size.decided // 2),
        "editor": str(editor),
        "person": str(account),
        "name": name(account or 1).split()[1],
        "full": name(account or 1).replace(" ", "+"),
        "thread": str(middle.thread_id),
    }


def _appoint() -> None:
    """Make the editor of the site."""
    session = db.session()
    begin_writing(session)
    now = clock.now()
    editor = Account(
        name="Edda Voss",
        place="Newsroom",
        email=EMAIL,
        email_key=EMAIL,
        email_confirmed_at=now,
        language="en",
        created_at=now,
        password_hash=passwords.hashed(PASSWORD),
    )
    session.add(editor)
    session.flush()
    session.add(StaffRole(account_id=editor.id, site_id=1, role=Role.EDITOR))
    netiquettes.accept(session, editor.id, netiquettes.in_force(session, 1).id, now)
    session.commit()


def remove(folder: Path) -> None:
    """Remove a folder with everything in it."""
    shutil.rmtree(folder, ignore_errors=True)
