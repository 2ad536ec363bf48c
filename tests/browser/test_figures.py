"""Figures, second reading and audit trail in a real browser: pictures, barriers, keys."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser.test_desk import press
from tests.support.client import Client
from tests.support.desk import ADDRESS, PASSWORD, Colleague, Office, serving
from tests.support.history import History
from widget import clock
from widget.models import Account, Audience, Decision, FindingRow, Overturning, SecondReading, Site
from widget.services import errands

PICTURES = Path(__file__).resolve().parents[2] / "test-results" / "figures"
# Decisions are not obeyed for 300 ms after the card changed.

# By how much each hour of the day (UTC) writes, and when the desk is there.
_WRITING = (1, 1, 0, 0, 0, 1, 3, 6, 7, 6, 5, 6, 8, 6, 5, 5, 6, 7, 9, 10, 9, 7, 4, 2)
_RULES = (7, 7, 7, 7, 4, 4, 9, 9, 5, 13, 10)


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, served on a port of its own for as long as the test takes."""
    with serving(sqlite_url, tmp_path) as app:
        yield app


@pytest.fixture
def office(app: Flask) -> Office:
    """A desk of three with a past of thirty days."""
    office = Office(app, ("admin-everywhere", "editor", "moderator"))
    fill(office)
    editor = Colleague.at(Client(app), office.staff["editor"])
    parent = office.comment("The last crossing is the one the night nurses take.")
    editor.decide(parent)
    editor.decide(office.comment("And the bakers. Nobody asked the bakers.", parent=parent))
    editor.decide(office.comment("Whoever wants this ferry is a fool."), "refuse", rule=7)
    editor.post(f"/desk/threads/{office.thread}/close", notice="We have heard everybody.")
    with office.work() as session:
        errands.run(session, clock.now())
    return office


def fill(office: Office) -> None:
    """Write a month of comments, decisions, findings and second readings, the same every time."""
    chance = random.Random(7)
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with office.work() as session:
        people = {
            email: session.scalars(select(Account).where(Account.email == email)).one()
            for email in office.staff.values()
        }
        moderators = list(people.values())[1:]
        reader = office_reader(session)
        for thread in (office.thread, office.other_thread):
            past = History(session, thread, reader)
            for day in range(1, 32):
                for hour, weight in enumerate(_WRITING):
                    for _ in range(chance.randint(0, weight) // (4 if thread == office.thread else 9)):
                        queued = (
                            today - timedelta(days=day) + timedelta(hours=hour, minutes=chance.randint(0, 59))
                        )
                        night = timedelta(hours=max(0, 7 - queued.hour)) if queued.hour < 7 else timedelta()
                        took = night + timedelta(minutes=chance.lognormvariate(3.2, 0.9))
                        who = chance.choice(moderators)
                        rule = chance.choice(_RULES) if chance.random() < 0.13 else None
                        decision = past.decided(queued, took, who.id, who.name, rule=rule)
                        read_again(session, past.site_id, decision, rule, moderators[0], queued, chance)
            for minutes in (4, 11, 26, 63):
                past.comment(clock.now() - timedelta(minutes=minutes))
        site = session.get_one(Site, office.site)
        site.transparency, site.second_reading_percent = True, 100


def office_reader(session: Session) -> int:
    """Return the id of somebody who writes."""
    now = clock.now()
    account = Account(
        name="Noor Lindqvist", place="Sherbrooke", language="en", created_at=now, email_confirmed_at=now
    )
    session.add(account)
    session.flush()
    return account.id


def read_again(
    session: Session,
    site_id: int,
    decision_id: int,
    rule: int | None,
    who: Account,
    at: datetime,
    chance: random.Random,
) -> None:
    """Now and then write a second reading, and a finding that was right or wrong."""
    if chance.random() < 0.12:
        second = rule if chance.random() < 0.85 else (7 if rule is None else None)
        session.add(
            SecondReading(
                decision_id=decision_id,
                site_id=site_id,
                drawn_at=at,
                account_id=who.id,
                name=who.name,
                outcome="refuse" if second else "publish",
                rule=second,
                read_at=at + timedelta(hours=20),
            )
        )
    if chance.random() < 0.3:
        finding = FindingRow(
            comment_id=session.get_one(Decision, decision_id).comment_id,
            rule=5,
            code="shouting.word",
            params={},
            audience=Audience.EDITOR,
            check_version=1,
            check_name=chance.choice(("shouting", "respect", "language", "vulgarity")),
        )
        session.add(finding)
        session.flush()
        if chance.random() < 0.2:
            session.add(Overturning(finding_id=finding.id, account_id=who.id, name=who.name, created_at=at))


def enter(page: Page, office: Office, who: str, path: str) -> None:
    """Sign in and go to a page of the desk."""
    page.goto(office.app.config[ADDRESS] + f"/desk/sign-in?next={path}")
    page.get_by_label("E-mail").fill(office.staff[who])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("html.script")).to_be_attached()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def barriers(page: Page) -> list[str]:
    """Return what axe finds on the page."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


# Each width and each scheme once.
SIZES = [(390, "dark"), (1280, "light")]


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_pages_are_without_barriers_and_fit(
    browser: Browser, office: Office, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB", reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    enter(page, office, "admin-everywhere", "/desk/figures")
    month = (clock.now().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    for name, path in (
        ("figures", "/desk/figures"),
        ("audit", "/desk/audit"),
        ("second-reading", "/desk/second-reading"),
        ("second-reading-refusing", "/desk/second-reading?open=refuse"),
        ("transparency", "/transparency/harbour"),
        ("transparency-month", f"/transparency/harbour/{month}"),
    ):
        page.goto(office.app.config[ADDRESS] + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        picture(page, f"{name}-{width}-{scheme}")
        assert barriers(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, path
    assert complaints == []
    context.close()


def test_the_second_reading_is_worked_off_by_keyboard(page: Page, app: Flask) -> None:
    office = Office(app, ("editor", "moderator"))
    with office.work() as session:
        session.get_one(Site, office.site).second_reading_percent = 100
    editor = Colleague.at(Client(app), office.staff["editor"])
    for number in range(2):
        editor.decide(office.comment(f"Letter {number} about the pier.", minutes_ago=60 - number))
    enter(page, office, "moderator", "/desk/second-reading")
    expect(page.get_by_text("Letter 0 about the pier.")).to_be_visible()
    press(page, "r", "1", "2", "Enter")
    expect(page.get_by_text("Letter 1 about the pier.")).to_be_visible()
    press(page, "r")
    expect(page.get_by_role("group", name="Rule")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Rule")).to_be_hidden()
    press(page, "p")
    expect(page.get_by_text("There is nothing for you to read again.")).to_be_visible()
    with office.work() as session:
        rows = session.execute(
            select(SecondReading.outcome, SecondReading.rule).order_by(SecondReading.decision_id)
        )
        assert rows.all() == [("refuse", 12), ("publish", None)]


@pytest.mark.parametrize("width", [390, 1280])
def test_arabic_reads_from_the_right(browser: Browser, office: Office, width: int) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="ar", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(office.app.config[ADDRESS] + "/desk/sign-in?next=/desk/figures")
    page.locator("[name=email]").fill(office.staff["editor"])
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").click()
    expect(page.locator("html[dir=rtl].script")).to_be_attached()
    expect(page.locator("svg").first).to_be_attached()
    picture(page, f"figures-{width}-arabic")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    context.close()
