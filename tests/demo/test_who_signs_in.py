"""The demo's one second factor: shown to everybody, and it opens the desk."""

import pyotp
import pytest
from flask import Flask

from tests.support.client import Client
from tests.support.desk import sign_in, token_of
from widget import clock
from widget.app import create_app
from widget.config import Settings
from widget.db import db
from widget.demo import content, newsroom
from widget.demo.setup import PASSWORD
from widget.models import Site
from widget.services import sites
from widget.services.sealing import Seal


@pytest.fixture
def demo(sqlite_url: str) -> Flask:
    """A demo with its site and staff, and nothing else."""
    settings = Settings.for_tests(demo=True, database_url=sqlite_url, second_factor="required")
    app = create_app(settings)
    app.test_client_class = Client
    ours = content.load()
    with app.app_context():
        session = db.session()
        site: Site = sites.create(
            session,
            key=ours.site.key,
            name=ours.site.name,
            default_language="en",
            languages=["en"],
            origins=[settings.base_url],
            now=clock.now(),
        )
        site_id = site.id
        session.commit()
        newsroom.hire(session, ours, site_id, PASSWORD, Seal.of(settings), clock.now())
    return app


def test_one_account_shows_its_second_factor_and_signs_in_with_it(demo: Flask) -> None:
    client = Client(demo)
    accounts = client.get("/demo/accounts.json").get_json()
    (shown,) = [account for account in accounts if account["totp"]]
    totp = pyotp.TOTP(shown["totp"])
    assert client.get("/demo/").get_data(as_text=True).count(shown["totp"]) == 1
    answer = sign_in(client, shown["email"], shown["password"])
    assert answer.headers["Location"].startswith("/desk/sign-in/code")
    data = {"csrf_token": token_of(client.get("/desk/sign-in/code")), "code": totp.now()}
    form = {"Sec-Fetch-Site": "same-origin"}
    assert client.post("/desk/sign-in/code", data=data, headers=form).status_code == 303
    assert client.get("/desk/").status_code == 200


def test_everybody_else_does_without_even_where_it_is_required(demo: Flask) -> None:
    client = Client(demo)
    account = next(row for row in client.get("/demo/accounts.json").get_json() if row["role"] == "admin")
    assert account["totp"] is None
    assert sign_in(client, account["email"], account["password"]).status_code == 303
    assert client.get("/desk/staff").status_code == 200
