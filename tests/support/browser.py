"""Fixtures for tests in a real browser: the machine's Chromium, one for the run, a clean profile per test."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support import system

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Playwright

# It speaks to no one but the servers under test; the sandbox and shared memory are lacking in containers.
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)
# Long enough for two busy cores; an expectation that is met never waits for it.
PATIENCE = 15_000


@pytest.fixture(scope="session")
def playwright() -> Iterator["Playwright"]:
    """Playwright itself; imported here, since few runs need it."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: "Playwright") -> Iterator["Browser"]:
    """The machine's Chromium, without a window; skips the test where there is none, fails it in CI."""
    program = system.CHROMIUM.locate()
    if program is None:
        system.skip_for_want_of(system.CHROMIUM)
    browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture
def context(browser: "Browser") -> Iterator["BrowserContext"]:
    """A profile of this test's own: no cookies, English, Greenwich time, a desktop's width."""
    context = browser.new_context(
        locale="en-GB", timezone_id="UTC", viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: "BrowserContext", request: pytest.FixtureRequest) -> Iterator["Page"]:
    """A page in `context`; the test fails if any page of it reports an error nobody announced.

    Errors are what scripts throw and what the console shows as such, refused code and failed requests
    included. A test that provokes them is marked `console_errors`.
    """
    complaints: list[str] = []

    def on_console(message: "ConsoleMessage") -> None:
        if message.type == "error":
            complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def on_error(error: "Error") -> None:
        complaints.append(f"uncaught: {error}")

    def watch(opened: "Page") -> None:
        opened.on("console", on_console)
        opened.on("pageerror", on_error)

    context.on("page", watch)
    yield context.new_page()
    if complaints and request.node.get_closest_marker("console_errors") is None:
        pytest.fail("the browser reported errors:\n  " + "\n  ".join(complaints), pytrace=False)
