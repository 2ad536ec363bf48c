"""Looking changes nothing: every page that can be asked for by GET, asked for as an administrator."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.client import Client
from tests.support.desk import Colleague, Office
from tests.support.newsroom import hash_of_password
from widget import clock
from widget.db import Base, db
from widget.mail import links
from widget.models import Account, Site
from widget.services import letterbox
from widget.services.articles import Article
from widget.services.letterbox import Letter

FRAME = "article=a1&url=https://harbour.example/news/1&title=T&lang=en&host=https://harbour.example"


@pytest.fixture
def office(app: Flask) -> Office:
    app.test_client_class = Client
    return Office(app, ("admin-everywhere",))


@pytest.fixture
def chief(app: Flask, office: Office) -> Colleague:
    """An administrator of all sites, signed in at the desk."""
    return Colleague.at(app.test_client(), office.staff["admin-everywhere"])


@pytest.fixture
def things(app: Flask, office: Office) -> dict[str, list[object]]:
    """What the parts of an address can stand for."""
    reader = office.reader(password_hash=hash_of_password())
    newcomer = office.reader("Bo Falk", email_confirmed_at=None, password_hash=hash_of_password())
    comment = office.comment(reader=reader)
    office.comment(reader=newcomer)
    with office.work() as session:
        site = session.get_one(Site, office.site)
        article = Article("a1", f"{site.origins[0]}/news/1", "T", "en")
        letterbox.correct(session, site, article, Letter("A typo."), clock.now())
    with app.app_context():
        asked, known = db.session.get_one(Account, newcomer), db.session.get_one(Account, reader)
        token = links.confirm(asked, asked.email_key).rpartition("/")[2]
        reset = links.reset(known, known.email_key).rpartition("/")[2]
    return {
        "site_key": ["harbour", "nobody"],
        "site": ["harbour", "nobody"],
        "site_id": [office.site, office.other_site, 999],
        "thread_id": [office.thread, office.other_thread, 999],
        "comment_id": [comment, 999],
        "comment": [comment, 999],
        "account_id": [reader, newcomer, 999],
        "token": [token, reset, "made-up"],
        "digest": ["0123456789abcdef"],
        "filename": ["reading/reading.css"],
        "number": [5, 999],
        "table": ["hours", "moderators", "nothing"],
        "month": ["2026-01", "nothing"],
    }


def addresses(app: Flask, things: dict[str, list[object]]) -> Iterator[str]:
    """Yield every address that answers GET, with each thing in each part and with usual parameters."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        unknown = rule.arguments - things.keys()
        assert not unknown, f"{rule.rule}: say in `things` what {unknown} can stand for"
        choices = [dict[str, object]()]
        for argument in sorted(rule.arguments):
            choices = [{**chosen, argument: thing} for chosen in choices for thing in things[argument]]
        adapter = app.url_map.bind("127.0.0.1:8000")
        for chosen in choices:
            path = adapter.build(rule.endpoint, chosen)
            yield path
            yield f"{path}?{FRAME}&site=harbour&page=1&order=oldest&comment=1&reply=1&search=a&after=x"


def rows(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for name, table in Base.metadata.tables.items()
        }


def test_no_safe_request_changes_a_row(
    app: Flask, office: Office, chief: Colleague, things: dict[str, list[object]]
) -> None:
    before = rows(app)
    answers: dict[int, int] = {}
    for path in addresses(app, things):
        with chief.client.get(path) as response:
            assert response.status_code < 500, path
            answers[response.status_code] = answers.get(response.status_code, 0) + 1
        if "?" not in path:
            with chief.client.head(path) as head:
                assert head.status_code == response.status_code, path
    assert rows(app) == before
    # The crawl reached pages, and the desk's among them.
    assert answers[200] > 30, answers
    assert chief.get("/desk/").status_code == 200


def test_a_stranger_changes_nothing_and_sees_no_desk(
    app: Flask, office: Office, things: dict[str, list[object]]
) -> None:
    before, client = rows(app), app.test_client()
    for path in addresses(app, things):
        with client.get(path) as response:
            assert response.status_code < 500, path
            door = path.partition("?")[0] == "/desk/sign-in"
            led_away = response.status_code in {302, 303}
            assert door or not path.startswith("/desk/") or led_away, path
    assert rows(app) == before
