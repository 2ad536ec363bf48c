"""A small newsroom for tests of the desk: two sites, staff of every role, readers and what they wrote."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from widget import clock
from widget.models import Account, Audience, Comment, FindingRow, Role, Site, Thread
from widget.services import comments, netiquettes, sites, staff, threads
from widget.services.comments import Submission
from widget.services.threads import Article

PASSWORD = "four lanterns over a quiet harbour"

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_NUMBERS = count(1)


@dataclass
class Newsroom:
    """What the tests of the desk find: ids, since every request reads the database anew."""

    session: Any
    site: int
    other_site: int
    thread: int = 0
    other_thread: int = 0
    staff: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, session: Any, roles: tuple[str, ...] = ()) -> "Newsroom":
        """Make two sites with a thread each, and the staff asked for."""
        room = cls(session, _site(session, "harbour", "Harbour Post"), _site(session, "hill", "Hill Courier"))
        room.thread = room.make_thread(room.site, "The ferry keeps its last crossing")
        room.other_thread = room.make_thread(room.other_site, "The hill gets a second bus")
        for name in roles:
            room.appoint(name)
        return room

    def appoint(self, name: str) -> None:
        """Give `moderator`, `editor`, `admin`, or the same `-elsewhere` or `-everywhere`, a colleague."""
        role, _, where = name.partition("-")
        site_id = {"": self.site, "elsewhere": self.other_site, "everywhere": None}[where]
        email = f"{name}@harbour.example"
        staff.appoint(
            self.session(),
            name=f"{name.title().replace('-', ' ')} Marlow",
            place="Harbour",
            email=email,
            password=PASSWORD,
            role=Role(role),
            site_id=site_id,
            language="en",
            now=clock.now(),
        )
        self.session.commit()
        self.staff[name] = email

    def make_thread(self, site_id: int, title: str, opening: str | None = None) -> int:
        """Make a verified thread and return its id."""
        site = self.session.get(Site, site_id)
        article = Article(f"a{next(_NUMBERS)}", f"{site.origins[0]}/news/{next(_NUMBERS)}", title, "en")
        thread = threads.register(
            self.session(), site, article, published_at=clock.now(), opening=opening, now=clock.now()
        )
        thread_id = thread.id
        self.session.commit()
        return thread_id

    def reader(self, name: str = "Noor Lindqvist", place: str = "Sherbrooke", **columns: Any) -> int:
        """Make a confirmed reader who accepted the netiquette of both sites, and return the account's id."""
        key = f"reader{next(_NUMBERS)}@post.example"
        now = clock.now()
        values = {"email": key, "email_key": key, "email_confirmed_at": now, "language": "en", "created_at": now}
        account = Account(name=name, place=place, **{**values, **columns})
        self.session.add(account)
        self.session.flush()
        for site_id in (self.site, self.other_site):
            netiquettes.accept(self.session(), account.id, netiquettes.in_force(self.session(), site_id).id, now)
        account_id = account.id
        self.session.commit()
        return account_id

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
        row = self.session.get(Thread, thread or self.thread)
        article = Article(row.article, row.url, row.title, row.language)
        account_id = reader or self.reader()
        sent = clock.now() - timedelta(minutes=minutes_ago)
        submission = Submission(row.site_id, account_id, article, text, f"k{next(_NUMBERS)}", parent_id=parent)
        comment_id = comments.submit(self.session(), submission, sent).comment.id
        self.session.commit()
        return comment_id

    def note(self, comment_id: int, rule: int, code: str, span: tuple[int, int] | None = None) -> None:
        """Put a finding on a comment."""
        start, end = span or (None, None)
        self.session.add(
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
        self.session.commit()

    def state(self, comment_id: int) -> tuple[str, int]:
        """Return a comment's state and version as the database has them now."""
        self.session.rollback()
        self.session.expire_all()
        row = self.session.get(Comment, comment_id)
        return row.state.value, row.version


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
        self, comment_id: int, action: str = "publish", version: int = 1, *, script: bool = False, **fields: object
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


def _site(session: Any, key: str, name: str) -> int:
    site = sites.create(
        session(),
        key=key,
        name=name,
        default_language="en",
        languages=["en", "fr", "ar", "zh"],
        origins=[f"https://{key}.example"],
        now=clock.now(),
    )
    site_id = site.id
    session.commit()
    return site_id
