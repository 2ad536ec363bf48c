"""The desk as tests meet it: two sites, colleagues who sign in at the door, readers and what they wrote.

Unlike the newsroom of the core's tests it lives now: the server behind the client asks the clock.
"""

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from tests.support.newsroom import PASSWORD, hash_of_password
from tests.support.servers import free_port
from widget import clock
from widget.app import create_app
from widget.config import Settings
from widget.db import db
from widget.models import Account, Audience, Ban, Comment, FindingRow, Role, Site, StaffRole, Thread
from widget.services import appeals, comments, directory, netiquettes, reviews, sites, threads
from widget.services.articles import Article
from widget.services.comments import Submission

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_NUMBERS = count(1)

Value = TypeVar("Value")


class Office:
    """What the tests of the desk find.

    It opens an application context for each of its own steps and closes it again: one that stayed open
    would be shared by all requests of a test, and with it who is signed in.
    """

    def __init__(self, app: Flask, roles: tuple[str, ...] = ()) -> None:
        """Make two sites with a thread each, and the staff asked for."""
        self.app = app
        self.staff: dict[str, str] = {}
        self.site = self._make_site("harbour", "Harbour Post")
        self.other_site = self._make_site("hill", "Hill Courier")
        self.thread = self.make_thread(self.site, "The ferry keeps its last crossing")
        self.other_thread = self.make_thread(self.other_site, "The hill gets a second bus")
        for name in roles:
            self.appoint(name)

    @contextmanager
    def work(self) -> Iterator[Session]:
        """A session whose changes are committed at the end."""
        with self.app.app_context():
            session = db.session()
            yield session
            session.commit()

    def ask(self, query: Select[Value]) -> Value | None:
        """Return the first value that a query finds, as the database has it now."""
        with self.work() as session:
            return session.scalar(query)

    def appoint(self, name: str) -> None:
        """Make a colleague called after the role: `moderator`, `editor-elsewhere`, `admin-everywhere` …"""
        role, _, where = name.partition("-")
        site_id = {"": self.site, "elsewhere": self.other_site, "everywhere": None}[where]
        email = f"{name}@harbour.example"
        title = f"{name.title().replace('-', ' ')} Marlow"
        account_id = self.reader(
            title, "Harbour", email=email, email_key=email, password_hash=hash_of_password()
        )
        with self.work() as session:
            session.add(StaffRole(account_id=account_id, site_id=site_id, role=Role(role)))
        self.staff[name] = email

    def make_thread(self, site_id: int, title: str, opening: str | None = None) -> int:
        """Make a verified thread and return its id."""
        with self.work() as session:
            site = session.get_one(Site, site_id)
            number = next(_NUMBERS)
            article = Article(f"a{number}", f"{site.origins[0]}/news/{number}", title, "en")
            now = clock.now()
            return threads.register(session, site, article, published_at=now, opening=opening, now=now).id

    def reader(self, name: str = "Noor Lindqvist", place: str = "Sherbrooke", **columns: Any) -> int:
        """Make a confirmed reader who accepted the netiquette of both sites, and return the account's id."""
        key = f"reader{next(_NUMBERS)}@post.example"
        now = clock.now()
        values = {
            "email": key,
            "email_key": key,
            "email_confirmed_at": now,
            "language": "en",
            "created_at": now,
        }
        with self.work() as session:
            account = Account(name=name, place=place, **{**values, **columns})
            session.add(account)
            session.flush()
            directory.remember(session, account)
            for site_id in (self.site, self.other_site):
                netiquettes.accept(session, account.id, netiquettes.in_force(session, site_id).id, now)
            return account.id

    def comment(
        self,
        text: str = "The last crossing is the one the night nurses take.",
        *,
        reader: int | None = None,
        thread: int | None = None,
        parent: int | None = None,
        minutes_ago: int = 14,
    ) -> int:
        """Send a comment as a reader does, and return its id."""
        account_id = reader or self.reader()
        sent = clock.now() - timedelta(minutes=minutes_ago)
        with self.work() as session:
            row = session.get_one(Thread, thread or self.thread)
            article = Article(row.article, row.url, row.title, row.language)
            key = f"k{next(_NUMBERS)}"
            submission = Submission(row.site_id, account_id, article, text, key, parent_id=parent)
            return comments.submit(session, submission, sent).comment_id

    def note(self, comment_id: int, rule: int, code: str, span: tuple[int, int] | None = None) -> None:
        """Put a finding on a comment."""
        start, end = span or (None, None)
        with self.work() as session:
            session.add(
                FindingRow(
                    comment_id=comment_id,
                    rule=rule,
                    code=code,
                    span_start=start,
                    span_end=end,
                    params={},
                    audience=Audience.EDITOR,
                    check_version=1,
                )
            )
            session.flush()
            reviews.count(session, comment_id)

    def appeal(self, body: str, site: int | None = None, thread: int | None = None) -> int:
        """Let somebody who wrote, and whom nobody here banned, reply to a ban; return the appeal's id."""
        site = site or self.site
        banned = self.reader("Ilse Marchetti", "Port Sel")
        self.comment("The tram is late again.", reader=banned, thread=thread)
        with self.work() as session:
            session.add(
                Ban(
                    account_id=banned,
                    site_id=site,
                    rule_id=netiquettes.in_force(session, site).rules[6].id,
                    created_at=clock.now(),
                    created_by_name="Somebody Else",
                )
            )
        with self.work() as session:
            return appeals.send(session, banned, site, body, clock.now()).id

    def state(self, comment_id: int) -> tuple[str, int]:
        """Return a comment's state and version as the database has them now."""
        with self.work() as session:
            row = session.get_one(Comment, comment_id)
            return row.state.value, row.version

    def _make_site(self, key: str, name: str) -> int:
        with self.work() as session:
            site = sites.create(
                session,
                key=key,
                name=name,
                default_language="en",
                languages=["en", "fr", "ar", "zh"],
                origins=[f"https://{key}.example"],
                now=clock.now(),
            )
            return site.id


@dataclass
class Colleague:
    """A signed-in member of staff at a client of their own, whose posts carry what a browser sends."""

    client: FlaskClient
    token: str

    @classmethod
    def at(cls, client: FlaskClient, email: str, password: str = PASSWORD) -> "Colleague":
        """Sign in; raise AssertionError when the door stays shut."""
        answer = sign_in(client, email, password)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return cls(client, token_of(client.get("/desk/")))

    def get(self, path: str, *, script: bool = False) -> TestResponse:
        """Ask for a page, or for the fragment that the desk's script gets."""
        return self.client.get(path, headers=_SCRIPT if script else {})

    def post(self, path: str, *, script: bool = False, **fields: object) -> TestResponse:
        """Send a form."""
        headers = {"Sec-Fetch-Site": "same-origin", **(_SCRIPT if script else {})}
        return self.client.post(path, data={"csrf_token": self.token, **fields}, headers=headers)

    def decide(
        self,
        comment_id: int,
        action: str = "publish",
        version: int = 1,
        *,
        script: bool = False,
        **fields: object,
    ) -> TestResponse:
        """Decide a comment in a version."""
        path = f"/desk/comments/{comment_id}/decide"
        return self.post(path, script=script, action=action, expected_version=version, **fields)


_SCRIPT = {"X-Requested-With": "byline"}


def sign_in(client: FlaskClient, email: str, password: str, **fields: object) -> TestResponse:
    """Fill in the desk's door."""
    token = token_of(client.get("/desk/sign-in"))
    return client.post(
        "/desk/sign-in",
        data={"csrf_token": token, "email": email, "password": password, **fields},
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def token_of(page: TestResponse) -> str:
    """Return the token that a page's forms carry."""
    found = _TOKEN.search(page.get_data(as_text=True))
    assert found is not None, page.get_data(as_text=True)[:500]
    return unescape(found[1])


# Where a served application says that it is to be found.
ADDRESS = "BYLINE_TEST_ADDRESS"


def _at_once(app: Flask) -> "WSGIApplication":
    """Return the application with every answer read and closed before it is sent.

    Werkzeug's server does not close one whose browser has gone away meanwhile, and its file would stay open.
    """

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        return Response.from_app(app, environ, buffered=True)(environ, start)

    return answer


@contextmanager
def serving(database_url: str, folder: Path, **settings: Any) -> Iterator[Flask]:
    """Serve an application on a port of its own, for a browser."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    own = {"database_url": database_url, "instance": str(folder), "base_url": address, **settings}
    app = create_app(Settings.for_tests(**own))
    app.config[ADDRESS] = address
    server = make_server("127.0.0.1", port, _at_once(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()
