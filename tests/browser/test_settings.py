"""A site's settings in a browser: with the keyboard alone, with the preview alive, and the look in a publisher's page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests.support.browser import PATIENCE
from tests.support.desk import ADDRESS, PASSWORD, Office, serving
from widget.models import Site

PICTURES = Path("test-results/settings")


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, served on a port of its own for as long as the test takes."""
    with serving(sqlite_url, tmp_path) as app:
        yield app


@pytest.fixture
def office(app: Flask) -> Office:
    """Two sites; an editor of the first, and an administrator of both."""
    return Office(app, ("editor", "admin-everywhere"))


@pytest.fixture
def desk(page: Page, office: Office) -> Page:
    """The desk, with the administrator signed in."""
    page.goto(office.app.config[ADDRESS] + "/desk/")
    page.get_by_label("E-mail").fill(office.staff["admin-everywhere"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    # The keys are obeyed once the desk's script runs.
    expect(page.locator("html.script")).to_be_attached()
    return page


def go(desk: Page, office: Office, path: str) -> None:
    """Open a page of the desk."""
    desk.goto(f"{office.app.config[ADDRESS]}/desk/settings{path}")


def shown(page: Page, name: str) -> None:
    """Keep pictures of a page on a desk's screen and a telephone's, light and dark, and let axe look at it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = [f"{one['id']}: {one['help']}" for one in Axe().run(page).response["violations"]]
        assert found == [], (name, scheme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
        page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


def focused(page: Page) -> str:
    """Return the name of the field, or the words of the button, that has the focus."""
    return str(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if focused(page) == wanted:
            return
    raise AssertionError(f"{wanted} cannot be reached with Tab")


def accents(page: Page) -> list[str]:
    """Return the colour of a button in the preview, on the light page and on the dark one."""
    frame = page.frame_locator("iframe[data-preview]")
    buttons = frame.locator(".pane button")
    return [buttons.nth(place).evaluate("node => getComputedStyle(node).color") for place in (0, 1)]


# ── The settings ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.console_errors  # The form that is refused answers 422, which the console shows.
def test_settings_are_mended_and_saved_with_the_keyboard_alone(desk: Page, office: Office) -> None:
    desk.keyboard.press("g")
    desk.keyboard.press("e")
    expect(desk.get_by_role("heading", name="Settings")).to_be_visible()
    desk.get_by_role("link", name="Harbour Post").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Name")).to_have_value("Harbour Post")
    shown(desk, "settings")
    tab_to(desk, "comment_length")
    desk.keyboard.press("Control+a")
    desk.keyboard.type("50")
    tab_to(desk, "includes_comments")
    desk.keyboard.press("Space")
    tab_to(desk, "Save the settings")
    desk.keyboard.press("Enter")
    link = desk.get_by_role("alert").get_by_role("link", name="A comment may have")
    expect(link).to_be_visible()
    shown(desk, "settings-wrong")
    link.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Length of a comment")).to_be_focused()
    expect(desk.get_by_label("Length of a comment")).to_have_accessible_description(
        "A comment may have from 100 to 20000 characters. Give a number between them. "
        "What is sent already keeps its length."
    )
    desk.keyboard.press("Control+a")
    desk.keyboard.type("1500")
    # Enter in a field saves, as in any form.
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Saved.")).to_be_visible()
    with office.work() as session:
        site = session.get_one(Site, office.site)
        assert (site.comment_length, site.includes_comments) == (1500, True)


def test_a_new_site_is_made_and_everybody_can_use_the_page(desk: Page, office: Office) -> None:
    go(desk, office, "/new")
    shown(desk, "new")
    desk.get_by_role("textbox", name="Name").fill("Quay Gazette")
    desk.get_by_role("textbox", name="Key").fill("quay-gazette")
    desk.get_by_label("français").check()
    desk.get_by_label("Default language").select_option("fr")
    desk.get_by_label("Origins, one a line").fill("https://quay.example")
    desk.get_by_role("button", name="Create the site").click()
    expect(desk.get_by_text("Created Quay Gazette.")).to_be_visible()
    expect(desk.get_by_role("textbox", name="Embed code")).to_have_value(
        f'<byline-comments site="quay-gazette"></byline-comments>\n'
        f'<script async src="{office.app.config[ADDRESS]}/embed.js"></script>'
    )
    assert office.ask(select(Site.default_language).where(Site.key == "quay-gazette")) == "fr"


# ── The look ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_preview_follows_what_is_chosen_and_refuses_what_cannot_be_read(
    desk: Page, office: Office
) -> None:
    go(desk, office, f"/{office.site}/look")
    code = desk.get_by_role("textbox", name="Embed code")
    expect(code).to_have_value(
        f'<byline-comments site="harbour"></byline-comments>\n'
        f'<script async src="{office.app.config[ADDRESS]}/embed.js"></script>'
    )
    assert accents(desk) == ["rgb(11, 87, 164)", "rgb(138, 184, 238)"]
    desk.get_by_label("Accent", exact=True).fill("#7a1f3d")
    expect(code).to_have_value(re.compile("light-dark\\(#7a1f3d, #d4547e\\)"))
    expect(desk.get_by_text("This look is not saved yet.")).to_be_visible()
    frame = desk.frame_locator("iframe[data-preview]")
    expect(frame.locator(".pane-light button")).to_have_css("color", "rgb(122, 31, 61)")
    expect(frame.locator(".pane-dark button")).to_have_css("color", "rgb(212, 84, 126)")
    expect(desk.get_by_label("Choose the accent")).to_have_value("#7a1f3d")
    desk.get_by_label("Theme").select_option("dark")
    expect(frame.locator(".pane-light .byline")).to_have_class("byline dark solid")
    desk.get_by_label("Face of the comments").select_option("serif")
    expect(frame.locator(".pane-light .text").first).to_have_css(
        "font-family", 'Georgia, "Times New Roman", serif'
    )
    desk.get_by_label("Order").select_option("oldest")
    expect(frame.locator(".pane-light b").first).to_have_text("Tomas Hallgren")
    shown(desk, "look")
    # All of it is seen at once: there is nothing to scroll inside the frame.
    assert desk.frames[1].evaluate("document.documentElement.scrollHeight <= innerHeight")

    desk.get_by_label("Accent", exact=True).fill("#f2a900")
    problem = desk.get_by_text("This accent has a contrast of 2.0")
    expect(problem).to_be_visible()
    expect(desk.get_by_label("Accent", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(frame.locator(".pane-light button")).to_have_css("color", "rgb(212, 84, 126)")
    shown(desk, "look-wrong")
    desk.get_by_label("Accent", exact=True).fill("#9d6e00")
    expect(problem).to_be_hidden()
    desk.get_by_role("button", name="Save the look").click()
    expect(desk.get_by_text("Saved. Put the new code")).to_be_visible()
    expect(desk.get_by_text("This look is not saved yet.")).to_be_hidden()
    with office.work() as session:
        look = session.get_one(Site, office.site).look
    assert look == {"accent": "#9d6e00", "face": "serif", "theme": "dark", "order": "oldest"}


def test_the_code_is_copied(desk: Page, office: Office) -> None:
    address = office.app.config[ADDRESS]
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    go(desk, office, f"/{office.site}/look")
    desk.get_by_role("button", name="Copy the code").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Copied.", exact=True)).to_be_visible()
    assert '<byline-comments site="harbour">' in desk.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize(("ground", "colour"), [("#fff", "rgb(122, 31, 61)"), ("#111", "rgb(212, 84, 126)")])
def test_the_look_reaches_a_publishers_page_on_a_light_ground_and_on_a_dark_one(
    desk: Page, office: Office, ground: str, colour: str
) -> None:
    address = office.app.config[ADDRESS]
    with office.work() as session:
        site = session.get_one(Site, office.site)
        site.origins = [address]
        site.look = {"accent": "#7a1f3d", "face": "serif"}
    go(desk, office, f"/{office.site}/look")
    code = desk.get_by_role("textbox", name="Embed code").input_value()
    page = desk.context.new_page()
    body = f'<!doctype html><html lang="en"><title>Article</title><body bgcolor="{ground}">{code}'
    page.route(f"{address}/article", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(f"{address}/article")
    link = page.get_by_role("link", name="Report an error or a typo")
    expect(link).to_be_visible()
    section = page.locator("byline-comments section")
    expect(section).to_have_css("font-family", 'Georgia, "Times New Roman", serif')
    link.hover()
    expect(link).to_have_css("color", colour)
    # The composer's frame, into which no style of the page reaches, is dressed in the same accent.
    frame = page.frame_locator("byline-comments iframe")
    primary = frame.get_by_role("button", name="Register")
    expect(primary).to_have_css("background-color", colour)
    expect(primary).to_have_css("color", "rgb(255, 255, 255)" if ground == "#fff" else "rgb(22, 24, 27)")


def test_without_a_script_the_look_is_shown_by_a_button(browser: Browser, office: Office) -> None:
    page = browser.new_page(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(office.app.config[ADDRESS] + "/desk/")
    page.get_by_label("E-mail").fill(office.staff["editor"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{office.app.config[ADDRESS]}/desk/settings/{office.site}/look")
    expect(page.get_by_role("button", name="Copy the code")).to_be_hidden()
    page.get_by_label("Theme").select_option("dark")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("This look is not saved yet.")).to_be_visible()
    frame = page.frame_locator("iframe[data-preview]")
    expect(frame.locator(".pane-light .byline")).to_have_class("byline dark solid")
    assert office.ask(select(Site.look).where(Site.id == office.site)) == {}
    page.get_by_role("button", name="Save the look").click()
    expect(page.get_by_text("Saved. Put the new code")).to_be_visible()
    assert office.ask(select(Site.look).where(Site.id == office.site)) == {"theme": "dark"}
    page.close()
