"""A reader's own account shuts nobody out, at both widths, light and dark, also from right to left."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support.demo import Demo

PAGES = ("", "signature", "address", "password", "closing")


def _barriers(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    sideways = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [
        *(f"{page.url} {item['id']}: {node['html']}" for item in found for node in item["nodes"]),
        *([f"{page.url} scrolls sideways"] if sideways else []),
    ]


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(1280, "light", "en-GB"), (390, "dark", "ar")], ids=["1280", "390-ar"]
)
def test_no_page_of_ones_own_account_shuts_anybody_out(
    browser: Browser, demo: Demo, width: int, scheme: str, locale: str
) -> None:
    reader = demo.account("reader")
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale=locale, reduced_motion="reduce"
    )
    page.goto(f"{demo.base_url}/account/")
    assert page.locator("html").get_attribute("lang") == locale.split("-")[0]
    assert _barriers(page) == []
    page.locator("input[name=email]").fill(reader["email"])
    page.locator("input[name=password]").fill(reader["password"])
    page.locator("input[name=password]").press("Enter")
    page.wait_for_selector("a[href*='/account/closing']")
    for name in PAGES:
        answer = page.goto(f"{demo.base_url}/account/{name}")
        assert answer is not None, name
        assert answer.status == 200, name
        assert _barriers(page) == []
    page.close()
