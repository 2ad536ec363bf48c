"""Marking findings as wrong by keyboard: one key each, nothing moves, and the checks page counts them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from tests.browser.test_desk import card, enter, press
from tests.support.desk import ADDRESS, Office, serving
from widget.models import Overturning

PICTURES = Path("test-results/overturning")


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, served on a port of its own for as long as the test takes."""
    with serving(sqlite_url, tmp_path) as app:
        yield app


@pytest.fixture
def office(app: Flask) -> Office:
    """A site with an editor."""
    return Office(app, ("editor",))


def picture(page: Page, name: str) -> None:
    """Keep a picture for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def test_marks_by_key_take_the_underline_and_the_proposal_away_and_are_counted(
    page: Page, office: Office
) -> None:
    first = office.comment("What a SHAME, it will NEVER do for the quay.", minutes_ago=20)
    second = office.comment("Another letter about the pier.", minutes_ago=10)
    queue = enter(page, office)
    here = card(page, first)
    expect(here.locator("mark")).to_have_text(["SHAME", "NEVER"])
    expect(here).to_have_attribute("data-proposed", "5")
    place = here.bounding_box()
    press(page, "w", "w")
    expect(here.get_by_role("button", name="It stands after all")).to_have_count(2)
    expect(here.locator("mark")).to_have_count(0)
    expect(here.locator("s", has_text="A word in capitals")).to_be_visible()
    expect(here.get_by_text("Marked wrong by Editor Marlow")).to_have_count(2)
    expect(here).to_have_attribute("aria-current", "true")
    assert (here.bounding_box() or {})["y"] == (place or {})["y"]
    assert page.evaluate("document.activeElement === document.body")
    picture(page, "two-marked")
    # A third time there is nothing left to mark; the last mark goes with shift.
    press(page, "w", "Shift+W")
    expect(here.locator("mark")).to_have_text(["NEVER"])
    expect(here).to_have_attribute("data-proposed", "5")
    press(page, "w")
    expect(here.locator("mark")).to_have_count(0)
    # `r` proposes no rule any more: Enter alone refuses nothing.
    press(page, "r", "Enter")
    expect(here.get_by_role("alert")).to_have_text("Choose the rule that this rests on.")
    expect(here.get_by_role("radio", checked=True)).to_have_count(0)
    press(page, "Escape")
    press(page, "w", "p")
    expect(here).to_contain_text("Published")
    expect(card(page, second)).to_have_attribute("aria-current", "true")
    expect(queue.get_by_role("listitem")).to_have_count(2)
    page.get_by_role("link", name="Checks").click()
    row = page.get_by_role("row", name="Capitals")
    expect(row).to_contain_text("2 (100%)")
    picture(page, "figures")
    assert office.ask(select(func.count()).select_from(Overturning)) == 2


def test_a_mark_with_the_mouse_keeps_the_focus_where_it_was(page: Page, office: Office) -> None:
    comment = office.comment("What a SHAME, it will NEVER do for the quay.")
    enter(page, office)
    here = card(page, comment)
    here.get_by_role("button", name="Wrong").first.focus()
    page.keyboard.press("Enter")
    expect(here.get_by_role("button", name="It stands after all")).to_be_focused()
    page.keyboard.press("Enter")
    expect(here.get_by_role("button", name="Wrong")).to_have_count(2)
    expect(here.locator("mark")).to_have_count(2)


def test_where_the_keyboard_writes_another_script_the_place_of_the_key_counts(
    page: Page, office: Office
) -> None:
    comment = office.comment("What a SHAME that is for the quay.")
    enter(page, office)
    page.wait_for_timeout(350)
    send = "(event) => document.dispatchEvent(new KeyboardEvent('keydown', {...event, bubbles: true}))"
    page.evaluate(send, {"key": "ц", "code": "KeyW"})
    expect(card(page, comment).locator("mark")).to_have_count(0)
    page.evaluate(send, {"key": "Ц", "code": "KeyW", "shiftKey": True})
    expect(card(page, comment).locator("mark")).to_have_count(1)


def test_on_the_comments_own_page_and_without_script_the_form_is_sent(
    browser: Browser, page: Page, office: Office
) -> None:
    comment = office.comment("What a SHAME that is for the quay.")
    enter(page, office)
    page.goto(f"{office.app.config[ADDRESS]}/desk/comments/{comment}")
    expect(page.locator("html.script")).to_be_attached()
    page.keyboard.press("w")
    expect(page.get_by_text("Marked wrong by Editor Marlow")).to_be_visible()
    expect(page.locator("mark")).to_have_count(0)
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(f"{office.app.config[ADDRESS]}/desk/")
    plain.get_by_role("button", name="It stands after all").click()
    expect(plain.locator("mark")).to_have_text("SHAME")
    context.close()
