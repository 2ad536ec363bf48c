"""Amending the netiquette, told once through: an editor changes a rule, a reader sees what changed and accepts it.

Each step leaves a screenshot under `test-results/amending/`.
"""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.demo import ROOT, Demo

# What a step is looked at in.
LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1280), ("light", 390), ("dark", 1280))
RESULTS = ROOT / "test-results" / "amending"
RULE = "Words in capitals, and rows of exclamation marks, read as shouting. Leave styling out."
SUMMARIES = {
    "en": "Rule 5 now speaks of exclamation marks too.",
    "fr": "La règle 5 parle désormais aussi des points d’exclamation.",
    "es": "La regla 5 habla ahora también de los signos de exclamación.",
    "ar": "صارت القاعدة 5 تذكر علامات التعجب أيضًا.",
    "zh": "第5条现在也提到感叹号。",
}
TEXT = "The night nurses take that crossing, and nobody has asked them yet."


class Telling:
    """An editor and a reader at two browsers, and a camera."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        RESULTS.mkdir(parents=True, exist_ok=True)
        self.demo, self.shots = demo, 0
        self.errors: list[str] = []
        self.staff, self.reader = self._page(browser), self._page(browser)
        self.article = next(
            row
            for row in demo.data("/demo/articles.json")
            if row["state"] == "open" and row["language"] == "en"
        )

    def _page(self, browser: Browser) -> Page:
        context = browser.new_context(
            locale="en-GB", viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        return page

    @property
    def frame(self) -> Locator:
        """What stands in the composer's frame."""
        return self.reader.frame_locator('iframe[title="Leave a reply"]').locator("main")

    def shot(self, page: Page, name: str, part: Locator | None = None) -> None:
        """Keep what a person sees now, or a part of it: on a desk and on a telephone, by day and by night."""
        self.shots += 1
        for scheme, width in LOOKS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            path = RESULTS / f"{self.shots:02d}-{name}-{scheme}-{width}.png"
            if part is None:
                page.screenshot(path=path, full_page=True)
            else:
                part.screenshot(path=path)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})

    def sign_in_as_reader(self) -> None:
        """Go to the article as a reader who accepted version 1, and sign in."""
        account = self.demo.account("reader")
        self.reader.goto(self.article["url"])
        self.reader.locator("byline-comments").scroll_into_view_if_needed()
        self.reader.locator('iframe[title="Leave a reply"]').scroll_into_view_if_needed()
        self.frame.get_by_role("button", name="Sign in").click()
        expect(self.frame.get_by_role("button", name="Forgotten your password?")).to_be_visible()
        self.frame.get_by_label("E-mail").fill(account["email"])
        self.frame.get_by_label("Password").fill(account["password"])
        self.frame.get_by_role("button", name="Sign in").click()
        expect(self.frame.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.fixture
def telling(browser: Browser, demo: Demo) -> Iterator[Telling]:
    """The two browsers."""
    told = Telling(browser, demo)
    yield told
    told.staff.context.close()
    told.reader.context.close()


def test_a_rule_is_amended_and_its_readers_accept_it(telling: Telling) -> None:
    reader_begins_under_version_one(telling)
    editor_amends_a_rule(telling)
    editor_previews_and_publishes(telling)
    reader_sees_the_change_and_accepts(telling)
    public_page_shows_both_versions(telling)
    assert telling.errors == []


def reader_begins_under_version_one(telling: Telling) -> None:
    telling.sign_in_as_reader()
    telling.frame.get_by_label("Your comment").fill(TEXT)
    expect(telling.frame.get_by_role("checkbox")).to_have_count(0)


def editor_amends_a_rule(telling: Telling) -> None:
    staff, account = telling.staff, telling.demo.account("editor")
    staff.goto(f"{telling.demo.base_url}/desk/")
    staff.get_by_label("E-mail").fill(account["email"])
    staff.get_by_label("Password").fill(account["password"])
    staff.get_by_role("button", name="Sign in").click()
    staff.get_by_role("link", name="Netiquette").click()
    telling.shot(staff, "desk-versions")
    staff.get_by_role("button", name="Begin an amendment").click()
    staff.get_by_role("link", name="No shouting, no styling").click()
    english = staff.get_by_role("group", name="English")
    english.get_by_label("Text").fill(RULE)
    for language in ("français", "español", "العربية", "中文"):
        field = staff.get_by_role("group", name=language).get_by_label("Text")
        field.fill(field.input_value() + " !!!")
    telling.shot(staff, "desk-rule")
    staff.get_by_role("button", name="Keep in the draft").click()
    expect(staff.get_by_role("row").filter(has_text="No shouting, no styling")).to_contain_text("amended")
    telling.shot(staff, "desk-draft")


def editor_previews_and_publishes(telling: Telling) -> None:
    staff = telling.staff
    staff.get_by_role("link", name="Preview and publish").click()
    expect(staff.get_by_role("region", name="English").locator("ins").first).to_be_visible()
    staff.get_by_role("button", name="Publish version 2").click()
    expect(staff.get_by_role("alert")).to_contain_text("Tell readers what changed, in French too.")
    for language, summary in SUMMARIES.items():
        staff.locator(f"#summaries-{language}").fill(summary)
    telling.shot(staff, "desk-preview")
    staff.get_by_role("button", name="Publish version 2").click()
    expect(staff.get_by_role("status").filter(has_text="Version 2 is in force.")).to_be_visible()
    expect(staff.get_by_role("article", name="Version 2")).to_contain_text(SUMMARIES["en"])
    telling.shot(staff, "desk-published")


def reader_sees_the_change_and_accepts(telling: Telling) -> None:
    # The page was open all the while: what was typed is sent, and comes back with the amendment.
    telling.frame.get_by_role("button", name="Send to the editors").click()
    amended = telling.frame.get_by_role("region", name=re.compile("The netiquette was amended on"))
    expect(amended).to_contain_text(SUMMARIES["en"])
    expect(amended.locator("ins").filter(has_text="exclamation marks")).to_be_visible()
    expect(telling.frame.get_by_label("Your comment")).to_have_value(TEXT)
    tick = telling.frame.get_by_role("checkbox", name="version 2")
    expect(tick).not_to_be_checked()
    telling.shot(telling.reader, "reader-amended", telling.frame)
    tick.check()
    telling.frame.get_by_role("button", name="Send to the editors").click()
    expect(telling.frame.get_by_role("list", name="My comments here")).to_contain_text(TEXT)
    expect(telling.frame.get_by_role("checkbox")).to_have_count(0)


def public_page_shows_both_versions(telling: Telling) -> None:
    page, site = telling.reader, telling.article["site"]
    page.goto(f"{telling.demo.base_url}/netiquette/{site}?lang=en")
    expect(page.locator("#rule-5")).to_contain_text(RULE)
    expect(page.get_by_text(SUMMARIES["en"])).to_be_visible()
    telling.shot(page, "public-in-force")
    page.get_by_role("link", name="What changed in version 2").click()
    expect(page.locator("ins").filter(has_text="exclamation marks")).to_be_visible()
    telling.shot(page, "public-changes")
    page.get_by_role("link", name="Version 1", exact=True).click()
    expect(page.get_by_text("This is an earlier version.")).to_be_visible()
    expect(page.locator("#rule-5")).not_to_contain_text("exclamation")
    page.goto(f"{telling.demo.base_url}/netiquette/{site}?lang=ar&version=2&changes=1")
    telling.shot(page, "public-changes-arabic")
