"""The public page of figures: off until a site turns it on, cacheable, and silent about few people."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.client import Client
from tests.support.desk import Office
from tests.support.history import History
from widget import clock
from widget.models import Account, Appeal, AppealOutcome, Ban, Site
from widget.services import netiquettes


@pytest.fixture
def office(app: Flask) -> Office:
    """A site with a past of last month, ten refusals under one rule and two under another."""
    office = Office(app, ("editor",))
    reader = office.reader()
    with office.work() as session:
        editor = session.scalars(select(Account).where(Account.email == office.staff["editor"])).one()
        past = History(session, office.thread, reader)
        day = (clock.now().replace(day=1) - timedelta(days=10)).replace(hour=12)
        for number, rule in enumerate([7] * 10 + [4] * 6 + [9] * 2 + [None] * 30):
            past.decided(
                day + timedelta(minutes=number), timedelta(minutes=25), editor.id, editor.name, rule=rule
            )
    return office


@pytest.fixture
def month() -> str:
    return (clock.now().replace(day=1) - timedelta(days=10)).strftime("%Y-%m")


def switch(office: Office) -> None:
    with office.work() as session:
        session.get_one(Site, office.site).transparency = True


def test_it_is_off_until_the_site_turns_it_on(app: Flask, office: Office, month: str) -> None:
    client = Client(app)
    for path in ("/transparency/harbour", f"/transparency/harbour/{month}"):
        assert client.get(path).status_code == 404
    switch(office)
    for path in ("/transparency/harbour", f"/transparency/harbour/{month}"):
        assert client.get(path).status_code == 200
    for path in ("/transparency/hill", "/transparency/nobody", f"/transparency/hill/{month}"):
        assert client.get(path).status_code == 404


def test_it_is_the_same_for_everybody_and_may_be_kept(app: Flask, office: Office, month: str) -> None:
    switch(office)
    client = Client(app)
    for path in ("/transparency/harbour", f"/transparency/harbour/{month}"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"].startswith("public")
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        assert client.get(f"{path}?utm_source=x").get_data() == answer.get_data()


def test_it_tells_the_month_and_nothing_exact_of_few(app: Flask, office: Office, month: str) -> None:
    switch(office)
    page = Client(app).get(f"/transparency/harbour/{month}").get_data(as_text=True)
    for row in (
        "Comments received</th><td>48</td>",
        "Published</th><td>30</td>",
        "Refused</th><td>18</td>",
        "Respect for one another</bdi></th><td>10</td>",
        # Two under rule 9 would be what is left over, so rule 4 hides with it.
        "Other rules, together</th><td>8</td>",
        "Half were decided within</th><td>25 min</td>",
        "People banned from commenting</th><td>fewer than 5</td>",
    ):
        assert row in page, row
    assert "Editor Marlow" not in page
    assert f"/transparency/harbour/{month}?lang=en" in Client(app).get("/transparency/harbour").get_data(
        as_text=True
    )


def test_the_running_month_and_other_addresses_do_not_exist(app: Flask, office: Office) -> None:
    switch(office)
    client = Client(app)
    now = clock.now()
    for month in (
        f"{now:%Y-%m}",
        "2020-01",
        "9999-12",
        "0001-01",
        "2026-13",
        "2026-1",
        "2026-01-01",
        "x",
        "20261",
        "2026W01",
    ):
        assert client.get(f"/transparency/harbour/{month}").status_code == 404, month


def test_it_speaks_the_sites_languages(app: Flask, office: Office, month: str) -> None:
    switch(office)
    client = Client(app)
    assert 'lang="ar" dir="rtl"' in client.get(f"/transparency/harbour/{month}?lang=ar").get_data(
        as_text=True
    )
    # Spanish is none of this site's.
    assert '<html lang="en"' in client.get(f"/transparency/harbour/{month}?lang=es").get_data(as_text=True)


def reply(office: Office, outcome: AppealOutcome | None, *, everywhere: bool = False, ago: int = 10) -> None:
    """Put a banned person's reply of last month into the tables, and what became of it the same day."""
    person = office.reader()
    at = clock.now().replace(day=1) - timedelta(days=ago)
    with office.work() as session:
        ban = Ban(
            account_id=person,
            site_id=None if everywhere else office.site,
            rule_id=netiquettes.in_force(session, office.site).rules[6].id,
            created_at=at,
            created_by_name="Editor Marlow",
        )
        session.add(ban)
        session.flush()
        handled = {"handled_at": at, "handled_by_name": "Editor Marlow"} if outcome else {}
        words = f"I was quoting, said {person}."
        session.add(
            Appeal(ban_id=ban.id, site_id=office.site, body=words, created_at=at, outcome=outcome, **handled)
        )


def test_it_tells_how_many_replied_to_a_ban_and_what_became_of_it(
    app: Flask, office: Office, month: str
) -> None:
    switch(office)
    kept, lifted, shortened = AppealOutcome.KEPT, AppealOutcome.LIFTED, AppealOutcome.SHORTENED
    for outcome in [kept] * 7 + [lifted] * 3 + [shortened] * 2 + [None] * 4:
        reply(office, outcome)
    for _ in range(5):
        # Neither a ban from all sites nor one of another month belongs here.
        reply(office, kept, everywhere=True)
        reply(office, lifted, ago=80)
    page = Client(app).get(f"/transparency/harbour/{month}").get_data(as_text=True)
    for row in (
        "Replies to bans received</th><td>16</td>",
        "Replies to bans decided</th><td>12</td>",
        "the ban stands</th><td>7</td>",
        "Other outcomes, together</th><td>5</td>",
    ):
        assert row in page, row
    assert "the ban was lifted" not in page
    assert "I was quoting" not in page


def test_few_replies_to_bans_are_told_of_as_few(app: Flask, office: Office, month: str) -> None:
    switch(office)
    for _ in range(4):
        reply(office, AppealOutcome.LIFTED)
    page = Client(app).get(f"/transparency/harbour/{month}").get_data(as_text=True)
    assert "Replies to bans received</th><td>fewer than 5</td>" in page
    assert "Replies to bans decided</th><td>fewer than 5</td>" in page
    assert "the ban was lifted" not in page
