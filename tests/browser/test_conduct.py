"""The checks between writer and editor, in each of the five languages: hinted, sent anyway, flagged, cited, overturned."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser import test_frame
from tests.browser.test_desk import press
from tests.browser.test_frame import ARABIC, LIVELY, Site

site, cookies, signed_in = test_frame.site, test_frame.cookies, test_frame.signed_in

RESULTS = Path("test-results/conduct")
# By language: the article, what is written under it, the words that are underlined, and the rule that is proposed.
WRITTEN = {
    "en": (LIVELY, "Nobody asked the parents, which is a SHAME for every family.", "SHAME", 5),
    "fr": ("tarif-de-l-eau", "Personne ne nous a posé la QUESTION avant de voter ce tarif.", "QUESTION", 5),
    "es": ("linea-9-hospital", "Nadie preguntó NUNCA a los vecinos del barrio por el trazado.", "NUNCA", 5),
    "ar": (
        ARABIC,
        "لم يسأل أحد أهالي الحي عن الموعد، وهذا **مؤسف** في رأيي.",
        "**مؤسف**",
        5,
    ),
    "zh": ("last-ferry-midnight", "没有人问过夜班工人的意见，这件事**实在**令人遗憾。", "**实在**", 5),
}


@pytest.fixture
def desk(browser: Browser, site: Site) -> Iterator[Page]:
    """An editor of the demo before the queue."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    editor = site.demo.account("editor")
    page.goto(f"{site.demo.base_url}/desk/")
    page.get_by_label("E-mail").fill(editor["email"])
    page.get_by_label("Password").fill(editor["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("list", name="Queue")).to_be_visible()
    yield page
    context.close()


def card_of(desk: Page, text: str) -> Locator:
    """Return the card of a comment that waits, made the current one with `j`."""
    desk.reload()
    card = desk.get_by_role("list", name="Queue").get_by_role("listitem").filter(has_text=text)
    expect(card).to_have_count(1)
    while card.get_attribute("aria-current") is None:
        desk.keyboard.press("j")
    return card


def picture(page: Page | Locator, name: str) -> None:
    """Keep what a person sees."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=RESULTS / f"{name}.png")


@pytest.mark.parametrize("language", WRITTEN)
def test_hinted_sent_anyway_flagged_and_cited(
    signed_in: BrowserContext, page: Page, site: Site, desk: Page, language: str
) -> None:
    article, text, words, rule = WRITTEN[language]
    page.goto(site.address(article))
    page.locator("textarea#text").press_sequentially(text)
    expect(page.locator(".mirror mark").first).to_have_text(words)
    expect(page.locator("#hints").get_by_role("listitem").first).to_contain_text(str(rule))
    send = page.locator("#compose .main")
    expect(send).to_have_text(send.get_attribute("data-anyway") or "")
    picture(page, f"{language}-1-hint")
    send.click()
    expect(page.locator("#news")).to_be_focused()
    expect(page.locator(".mine li").filter(has_text=words)).to_have_attribute("data-state", "pending")

    card = card_of(desk, text)
    expect(card.locator(".letter mark").first).to_have_text(words)
    expect(card.locator(".chip").first).to_contain_text(str(rule))
    expect(card).to_have_attribute("data-proposed", str(rule))
    picture(desk, f"{language}-2-card")
    # Two keys: the proposed rule is taken.
    press(desk, "r")
    expect(card.get_by_role("radio", checked=True)).to_have_value(str(rule))
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-status]")).to_contain_text("Refused")

    page.goto(site.address(article))
    refused = page.locator(".mine li").filter(has_text=words)
    expect(refused).to_have_attribute("data-state", "refused")
    expect(refused).to_contain_text(str(rule))
    picture(refused, f"{language}-3-refused")


def test_a_finding_that_is_wrong_is_overturned_and_proposes_nothing(
    signed_in: BrowserContext, page: Page, site: Site, desk: Page
) -> None:
    text = "The brass band was FANTASTIC, and the whole quay sang along."
    page.goto(site.address())
    page.locator("textarea#text").fill(text)
    expect(page.locator(".mirror mark")).to_have_text("FANTASTIC")
    page.locator("#compose .main").click()
    expect(page.locator("#news")).to_be_focused()
    card = card_of(desk, text)
    expect(card).to_have_attribute("data-proposed", "5")
    press(desk, "w")
    expect(card.locator(".letter mark")).to_have_count(0)
    expect(card).to_have_attribute("data-proposed", "")
    picture(desk, "overturned")
    press(desk, "p")
    expect(card).to_contain_text("Published")
