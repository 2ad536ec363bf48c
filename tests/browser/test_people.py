"""A ban, the one reply to it, and a colleague who lifts it, as reader and staff see them in a browser."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.support.desk import ADDRESS, PASSWORD, Office, serving
from tests.support.newsroom import hash_of_password
from widget.models import Appeal, Comment, Site, Thread

PICTURES = Path("test-results/people")
EMAIL = "noor@post.example"


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, served on a port of its own for as long as the test takes."""
    with serving(sqlite_url, tmp_path) as app:
        yield app


@pytest.fixture
def office(app: Flask) -> Office:
    """A site with a moderator and an editor."""
    return Office(app, ("moderator", "editor"))


@pytest.fixture
def reader(office: Office) -> int:
    """Somebody who can sign in under the article."""
    return office.reader(
        "Noor Lindqvist", "Sherbrooke", email=EMAIL, email_key=EMAIL, password_hash=hash_of_password()
    )


def at_desk(browser: Browser, office: Office, who: str) -> Page:
    """Sign a colleague in at the desk, in a profile of their own."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.goto(office.app.config[ADDRESS] + "/desk/")
    page.get_by_label("E-mail").fill(office.staff[who])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Queue")).to_be_attached()
    return page


def at_frame(page: Page, office: Office) -> None:
    """Open the composer of the thread, and sign in where nobody is."""
    with office.work() as session:
        thread = session.get_one(Thread, office.thread)
        key = session.get_one(Site, office.site).key
        query = {"article": thread.article, "url": thread.url, "title": thread.title, "lang": "en"}
    address = office.app.config[ADDRESS]
    page.goto(f"{address}/embed/{key}?{urlencode({**query, 'host': address, 'view': 'sign-in'})}")
    if page.get_by_label("Password").count():
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Signed in as")).to_be_visible()


def shown(page: Page, name: str) -> None:
    """Keep pictures of a page on a desk's screen and a telephone's, light and dark, and let axe look at it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        # The frame's own ground is that of the page around it, which is dark where the frame is.
        page.evaluate(
            """dark => { if (location.pathname.startsWith("/embed/"))
                           document.documentElement.style.background = dark ? "#16181b" : "#fff"; }""",
            scheme == "dark",
        )
        found = [f"{one['id']}: {one['help']}" for one in Axe().run(page).response["violations"]]
        assert found == [], (name, scheme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
        page.set_viewport_size({"width": 1280, "height": 900})


def test_a_banned_reader_replies_a_colleague_lifts_the_ban_and_the_reader_writes_again(
    page: Page, browser: Browser, office: Office, reader: int
) -> None:
    office.comment("Nobody asked the night nurses, and the mayor called them idlers.", reader=reader)
    moderator = at_desk(browser, office, "moderator")
    moderator.get_by_role("button", name="Publish", exact=True).click()
    expect(moderator.get_by_text("Published").first).to_be_visible()
    moderator.goto(f"{office.app.config[ADDRESS]}/desk/people/{reader}")
    moderator.get_by_text("Ban from Harbour Post").click()
    form = moderator.locator('form[data-form="ban"]')
    form.get_by_label("7 days").check()
    form.get_by_role("radio", name="Respect").first.check()
    form.get_by_label("remove all of it under the same rule").check()
    form.get_by_label("Note to the writer").fill("“Idlers” is an insult.")
    shown(moderator, "ban")
    form.get_by_role("button", name="Ban the writer").click()
    expect(moderator.get_by_text("Noor Lindqvist is banned: 7 days.")).to_be_visible()
    shown(moderator, "person")
    assert office.ask(select(Comment.state).where(Comment.account_id == reader)) == "removed"

    at_frame(page, office)
    expect(page.get_by_text("You are banned from commenting")).to_be_visible()
    expect(page.get_by_text("“Idlers” is an insult.").first).to_be_visible()
    assert not page.get_by_role("button", name="Send to the editors").count()
    shown(page, "frame-banned")
    page.get_by_label("Your reply to the decision").fill(
        "I was quoting the mayor, as anybody can read there."
    )
    page.get_by_role("button", name="Send the reply").click()
    expect(page.get_by_text("Your reply is with the editors.")).to_be_visible()
    expect(page.get_by_role("button", name="Send the reply")).to_have_count(0)
    shown(page, "frame-replied")

    editor = at_desk(browser, office, "editor")
    expect(editor.get_by_role("link", name="Appeals")).to_have_text("Appeals 1", use_inner_text=False)
    editor.get_by_role("link", name="Appeals").click()
    expect(editor.get_by_text("I was quoting the mayor")).to_be_visible()
    shown(editor, "appeals")
    editor.get_by_label("is lifted").check()
    editor.get_by_label("Answer to the person").fill("You are right: it was a quotation.")
    editor.get_by_role("button", name="Decide and answer").click()
    expect(editor.get_by_text("The ban of Noor Lindqvist is lifted")).to_be_visible()
    expect(editor.get_by_text("No appeal waits at the moment.")).to_be_visible()
    assert office.ask(select(Appeal.outcome)) == "lifted"

    at_frame(page, office)
    page.get_by_label("Your comment").fill("Then let me say it in my own words.")
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_text("Your comment is with the editors.")).to_be_visible()
    for colleague in (moderator, editor):
        colleague.close()


def test_the_pages_of_threads_can_be_used_by_everybody(browser: Browser, office: Office, reader: int) -> None:
    office.comment("The last crossing is the one the night nurses take.", reader=reader)
    desk = at_desk(browser, office, "editor")
    desk.goto(f"{office.app.config[ADDRESS]}/desk/threads")
    shown(desk, "threads")
    desk.get_by_role("link", name="The ferry keeps its last crossing").click()
    for summary in ("Close it on a day", "Correct title and address", "Merge it into another thread"):
        desk.get_by_text(summary, exact=True).click()
    shown(desk, "thread")
    expect(desk.get_by_role("button", name="Merge", exact=False).first).to_be_visible()
    desk.close()


def test_a_doubt_is_asked_about_and_stands_in_its_list(browser: Browser, office: Office, reader: int) -> None:
    office.comment("The last crossing is the one the night nurses take.", reader=reader)
    desk = at_desk(browser, office, "moderator")
    desk.goto(f"{office.app.config[ADDRESS]}/desk/people/{reader}")
    desk.get_by_text("Ask the person to confirm").click()
    desk.get_by_label("Question").fill("Do you live in Sherbrooke?")
    desk.get_by_role("button", name="Send the question").click()
    expect(desk.get_by_text("Noor Lindqvist is asked by mail.")).to_be_visible()
    desk.get_by_text("Add a note").click()
    desk.locator("textarea[name=body]").fill("Called the desk on Monday.")
    desk.get_by_role("button", name="Keep the note").click()
    expect(desk.get_by_text("Called the desk on Monday.")).to_be_visible()
    shown(desk, "identity")
    desk.get_by_role("button", name="Take back").click()
    expect(desk.get_by_text("The note is taken back.")).to_be_visible()
    expect(desk.get_by_text("Called the desk on Monday.")).to_have_count(0)
    desk.get_by_role("link", name="People in doubt").click()
    expect(desk.get_by_role("row", name="Noor Lindqvist")).to_contain_text("no answer yet")
    shown(desk, "doubts")
    desk.close()
