"""Measure the desk as a newsroom grows: `make bench-desk` (COMMENTS=1000000, or less for a quick look).

Fills two newsrooms on each engine, one of 10,000 comments and one of as many as are asked for, signs an editor in, and
asks for every page of the desk; then decides waiting comments. For each page it prints the number of queries in both
newsrooms, the median and the 95th percentile of the server's time in milliseconds, and the ratio of the medians.
The two newsrooms are asked by turns, so that what else the machine does falls on both. Writes `bench/results/desk.json`.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from bench.desk.filling import Size, fill
from tests.support import postgres, system
from tests.support.client import Client
from widget import clock
from widget.app import create_app
from widget.config import Settings
from widget.db import begin_writing, db
from widget.models import Account, Comment, CommentState, Role, StaffRole
from widget.paths import MIGRATIONS
from widget.services import netiquettes, passwords

RESULTS = Path(__file__).parents[1] / "results" / "desk.json"
SMALL = 10_000
_ROUNDS, _DECISIONS = 15, 60
_PASSWORD = "seven kettles under snow"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

# Every list, and the searches that a moderator makes most.
PAGES = {
    "queue": "/desk/",
    "queue, mid-page": "/desk/?after={middle}",
    "one comment": "/desk/comments/{waiting}",
    "latest comments": "/desk/search",
    "search: two words": "/desk/search?q=lantern+quay",
    "search: a rare name": "/desk/search?q=%22Reader+17%22",
    "search: refused, rule 5": "/desk/search?state=refused&rule=5",
    "threads": "/desk/threads",
    "one thread": "/desk/threads/7",
    "one person": "/desk/people/17",
    "people by name": "/desk/people?q=Noor",
    "reports": "/desk/reports",
    "audit trail": "/desk/audit",
    "netiquette": "/desk/netiquette",
    "checks": "/desk/checks",
    "figures, 30 days": "/desk/figures",
}


@dataclass
class Measured:
    """What a page cost in one newsroom: queries a request, and the server's time for each in milliseconds."""

    queries: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median in milliseconds."""
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        """The 95th percentile in milliseconds."""
        return sorted(self.times)[int(len(self.times) * 0.95)]


@dataclass
class Newsroom:
    """An application on a filled database, with an editor signed in."""

    app: Flask
    client: FlaskClient
    token: str
    places: dict[str, str]

    def ask(self, path: str, into: Measured) -> None:
        """Ask for a page, and note what it cost."""
        with counted(self.app) as said:
            began = time.perf_counter()
            answer = self.client.get(path.format(**self.places), follow_redirects=True)
            into.times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")
        into.queries = len(said)

    def decide(self, comment_id: int, into: Measured) -> None:
        """Publish a waiting comment by the desk's own form."""
        with counted(self.app) as said:
            began = time.perf_counter()
            answer = self.client.post(
                f"/desk/comments/{comment_id}/decide",
                data={"csrf_token": self.token, "action": "publish", "expected_version": 1},
                headers={"Sec-Fetch-Site": "same-origin", "X-Requested-With": "byline"},
            )
            into.times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"deciding {comment_id}: {answer.status_code}")
        into.queries = len(said)

    def waiting(self, most: int) -> list[int]:
        """Return the ids of comments that wait, oldest first."""
        with self.app.app_context():
            pending = select(Comment.id).where(Comment.state == CommentState.PENDING)
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


def newsroom(url: str, folder: Path, size: Size) -> Newsroom:
    """Migrate and fill a database, appoint an editor and sign in."""
    began = time.perf_counter()
    settings = Settings.for_tests(database_url=url, instance=str(folder), second_factor="optional")
    app = create_app(settings)
    app.test_client_class = Client
    with app.app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        fill(db.session(), size)
        middle = db.session.get_one(Comment, size.comments - size.waiting // 2)
        places = {"middle": f"{middle.queued_at:%Y-%m-%dT%H:%M:%S}~{middle.id}", "waiting": str(middle.id)}
        _appoint()
    client = app.test_client()
    token = _TOKEN.search(client.get("/desk/sign-in").get_data(as_text=True))
    assert token is not None
    answer = client.post(
        "/desk/sign-in",
        data={"csrf_token": token[1], "email": "editor@growth.example", "password": _PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 303, answer.status_code
    token = _TOKEN.search(client.get("/desk/").get_data(as_text=True))
    assert token is not None
    print(f"  {size.comments:>9,} comments filled in {time.perf_counter() - began:.0f} s", flush=True)
    return Newsroom(app, client, token[1], places)


def _appoint() -> None:
    """Make the editor of the site."""
    session = db.session()
    begin_writing(session)
    now = clock.now()
    editor = Account(
        name="Edda Voss",
        place="Newsroom",
        email="editor@growth.example",
        email_key="editor@growth.example",
        email_confirmed_at=now,
        language="en",
        created_at=now,
        password_hash=passwords.hashed(_PASSWORD),
    )
    session.add(editor)
    session.flush()
    session.add(StaffRole(account_id=editor.id, site_id=1, role=Role.EDITOR))
    netiquettes.accept(session, editor.id, netiquettes.in_force(session, 1).id, now)
    session.commit()


def compare(small: Newsroom, large: Newsroom) -> dict[str, tuple[Measured, Measured]]:
    """Ask both newsrooms for every page by turns, then decide in both by turns."""
    found: dict[str, tuple[Measured, Measured]] = {}
    for name, path in PAGES.items():
        found[name] = (Measured(), Measured())
        for measured, where in zip((Measured(), Measured()), (small, large), strict=True):
            where.ask(path, measured)  # Once for what is only loaded the first time.
        for _ in range(_ROUNDS):
            small.ask(path, found[name][0])
            large.ask(path, found[name][1])
    found["decide"] = (Measured(), Measured())
    for one, other in zip(small.waiting(_DECISIONS), large.waiting(_DECISIONS), strict=True):
        small.decide(one, found["decide"][0])
        large.decide(other, found["decide"][1])
    return found


def _print(engine: str, most: int, found: dict[str, tuple[Measured, Measured]]) -> None:
    print(f"\n{engine}: {SMALL:,} and {most:,} comments; milliseconds, median (95th percentile)")
    print(f"  {'page':<26}{'queries':>9}{'small':>18}{'large':>20}{'ratio':>8}")
    for name, (small, large) in found.items():
        queries = str(small.queries) if small.queries == large.queries else f"{small.queries}→{large.queries}"
        one, other = f"{small.median:.1f} ({small.p95:.1f})", f"{large.median:.1f} ({large.p95:.1f})"
        print(f"  {name:<26}{queries:>9}{one:>18}{other:>20}{large.median / small.median:>8.2f}")


def main() -> int:
    """Measure both engines, or those that the machine has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=1_000_000)
    most = parser.parse_args().comments
    os.environ.pop("DATABASE_URL", None)
    results: dict[str, dict[str, list[dict[str, object]]]] = {}
    folder = Path(tempfile.mkdtemp(prefix="byline-bench-"))
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        urls = {"SQLite": [f"sqlite:///{folder / name}.sqlite3" for name in ("small", "large")]}
        binaries = system.POSTGRES.locate()
        if binaries is None:
            print("PostgreSQL is not measured: its server is not on this machine.")
        else:
            server, url = postgres.start(binaries)
            ending.callback(server.stop)
            urls["PostgreSQL"] = [postgres.create(url, name) for name in ("small", "large")]
        for engine, (one, other) in urls.items():
            print(f"{engine}:", flush=True)
            small = newsroom(one, folder, Size.of(SMALL))
            large = newsroom(other, folder, Size.of(most))
            found = compare(small, large)
            _print(engine, most, found)
            results[engine] = {name: [asdict(one) for one in pair] for name, pair in found.items()}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"comments": [SMALL, most], **results}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
