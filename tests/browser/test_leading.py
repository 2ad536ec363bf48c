"""Where the composer leads: into its field, to one's own comments, back to the article, and past what is mended."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import test_frame as shared
from tests.browser.test_frame import ARABIC, CLOSED, LIVELY, Site, frame_of, violations

site, cookies, signed_in, host = shared.site, shared.cookies, shared.signed_in, shared.host


@pytest.mark.console_errors
def test_what_is_mended_is_said_no_more(page: Page, site: Site) -> None:
    """The field loses its mark with the first change; the line over the form is struck out where it stands."""
    page.goto(site.address())
    page.get_by_role("button", name="Register").click()
    summary, name = page.get_by_role("alert"), page.get_by_label("Full name")
    expect(summary).to_be_focused()
    height = summary.bounding_box()
    name.press_sequentially("N")
    expect(name).not_to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description("As it is to stand under your comments.")
    expect(page.locator("#name-problem")).to_have_count(0)
    expect(summary.get_by_role("link", name="full name")).to_have_count(0)
    expect(summary.locator("s")).to_contain_text("Please give your full name")
    assert summary.bounding_box() == height, "nothing moves under the hand"
    page.get_by_label("I have read the netiquette").check()
    expect(page.locator("#accepts-problem")).to_have_count(0)
    expect(page.get_by_label("Place of residence")).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []


def test_reply_before_the_frame_is_there_leads_to_the_field(
    signed_in: BrowserContext, page: Page, site: Site
) -> None:
    """Whoever presses it and types on loses no letter, though the composer had not been asked for yet."""
    page.goto(site.articles[LIVELY]["url"])
    page.locator("byline-comments").evaluate("element => element.scrollIntoView()")
    page.locator("byline-comments").get_by_role("article").first.get_by_role("link", name="Reply").click()
    expect(frame_of(page).get_by_label("Your comment")).to_be_focused()
    page.keyboard.type("Not a letter is lost.")
    expect(frame_of(page).get_by_label("Your comment")).to_have_value("Not a letter is lost.")


@pytest.mark.parametrize("words", ["Reply", "Report"])
def test_on_the_threads_own_page_the_frame_is_led_into(page: Page, site: Site, words: str) -> None:
    thread = site.demo.data(f"/public/ostrelle/thread.json?article={LIVELY}")["thread"]
    page.goto(thread["page"])
    expect(frame_of(page).get_by_label("Your comment")).to_be_visible()
    page.get_by_role("link", name=words, exact=True).first.click()
    target = frame_of(page).get_by_label("Your comment")
    expect(target if words == "Reply" else frame_of(page).get_by_role("heading", level=1)).to_be_focused()


def test_looking_at_the_composer_calls_nobody_into_it(host: Page) -> None:
    expect(frame_of(host).get_by_label("Your comment")).not_to_be_focused()


def test_a_closed_thread_is_about_ones_own_comments(page: Page, site: Site) -> None:
    """The notice stands once, over the list, and nothing invites anybody to write."""
    page.goto(site.articles[CLOSED]["url"])
    page.locator("byline-comments").evaluate("element => element.scrollIntoView()")
    page.locator('iframe[title="My comments here"]').scroll_into_view_if_needed()
    frame = page.frame_locator('iframe[title="My comments here"]')
    expect(frame.get_by_role("heading", name="My comments here")).to_be_visible()
    expect(frame.get_by_role("button", name="Sign in to see your comments")).to_be_visible()
    expect(frame.get_by_text("closed")).to_have_count(0)
    expect(page.locator("byline-comments").get_by_text("Comments on this article are closed.")).to_have_count(
        1
    )


def test_a_page_of_its_own_has_margins_and_a_way_back(page: Page, site: Site) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(site.address(ARABIC, reply="first"))
        box = page.locator("main").bounding_box()
        assert box is not None
        assert box["x"] >= 16
        assert box["x"] + box["width"] <= width - 16
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_role("banner")).to_contain_text("Ostrelle")
    page.get_by_role("contentinfo").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/threads/\d+$"))
