"""Hints while one writes: under the text, underlined in it, read out once, and never in the way."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Request, Route, expect

from tests.browser import test_frame
from tests.browser.test_frame import ARABIC, LIVELY, Site, draft, mine, violations

site, cookies, signed_in = test_frame.site, test_frame.cookies, test_frame.signed_in

# An article of the demo in each language, and a few ordinary words with formatting in them.
STYLED = {
    LIVELY: "Nobody asked the parents, and that is **really** a pity.",
    "tarif-de-l-eau": "Personne n’a demandé aux parents, et c’est **vraiment** dommage.",
    "linea-9-hospital": "Nadie preguntó a los padres, y eso es **realmente** una lástima.",
    ARABIC: "لم يسأل أحد أهالي الحي عن الموعد، وهذا **مؤسف حقًا** في رأيي.",
    "last-ferry-midnight": "没有人问过家长的意见，这**实在**令人遗憾，希望以后能够改正。",
}
LOUD = "Nobody asked the parents, which is a SHAME for the town."


def sheet(page: Page) -> Locator:
    """Return the field that the comment is written in."""
    return page.locator("textarea#text")


def hints(page: Page) -> Locator:
    """Return the hints that stand under it."""
    return page.locator("#hints").get_by_role("listitem")


def underlined(page: Page) -> Locator:
    """Return what is underlined in it."""
    return page.locator(".mirror mark")


@pytest.fixture
def spoken(page: Page) -> Callable[[], list[str]]:
    """What a screen reader was told, in order."""
    page.add_init_script(
        """window.spoken = [];
           addEventListener("DOMContentLoaded", () => {
             const said = document.querySelector("#said");
             if (said) new MutationObserver(() => said.textContent && spoken.push(said.textContent))
               .observe(said, {childList: true});
           });"""
    )
    return lambda: list(page.evaluate("spoken"))


def test_typing_shows_a_hint_and_underlines_the_words(
    page: Page, site: Site, spoken: Callable[[], list[str]]
) -> None:
    page.goto(site.address())
    sheet(page).press_sequentially(LOUD)
    expect(hints(page)).to_have_count(1)
    expect(hints(page).get_by_role("link", name="Rule 5")).to_be_visible()
    expect(underlined(page)).to_have_text(["SHAME"])
    expect(sheet(page)).to_have_value(LOUD)
    expect(page.locator(".mirror")).to_have_attribute("aria-hidden", "true")
    expect(page.get_by_role("group", name="Hints from the netiquette")).to_contain_text(
        "you can send your text"
    )
    sheet(page).press_sequentially(" One thing more.")
    with page.expect_response("**/check"):
        pass
    expect(hints(page)).to_have_count(1)
    [said] = [words for words in spoken() if "Rule 5" in words]
    assert said.startswith("Rule 5 ")


def test_lines_go_along_with_what_is_typed(page: Page, site: Site) -> None:
    page.goto(site.address())
    sheet(page).fill(f"😀👨‍👩‍👧 {LOUD}")
    expect(underlined(page)).to_have_text(["SHAME"])
    page.route("**/check", lambda route: route.abort())
    sheet(page).press("Control+Home")
    sheet(page).press_sequentially("Before it. ")
    expect(underlined(page)).to_have_text(["SHAME"])
    layer = page.locator(".mirror").evaluate("layer => layer.textContent")
    assert layer.startswith("Before it. 😀👨‍👩‍👧 Nobody")
    sheet(page).fill(LOUD.replace("SHAME", "SHAMEFUL thing"))
    expect(underlined(page)).to_have_count(0)


@pytest.mark.parametrize("article", [LIVELY, ARABIC])
@pytest.mark.parametrize("width", [390, 700])
def test_the_lines_lie_under_the_words(page: Page, site: Site, article: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site.address(article))
    sheet(page).fill("\n\n".join([STYLED[article] * 6] * 3))
    expect(underlined(page)).to_have_count(18)
    field, layer = page.evaluate(
        """() => [...document.querySelectorAll("#text, .mirror")].map((box) => {
             const {font, direction, padding, letterSpacing, wordSpacing, textAlign, unicodeBidi} = getComputedStyle(box);
             const {x, y, width, height} = box.getBoundingClientRect();
             return {style: [font, direction, padding, letterSpacing, wordSpacing, textAlign, unicodeBidi],
                     place: [x, y, width, height], inside: box.clientWidth, high: box.scrollHeight};
           }).reverse()"""
    )
    assert field["style"] == layer["style"]
    assert field["place"] == layer["place"]
    assert field["inside"] == layer["inside"]
    sheet(page).evaluate("field => { field.style.blockSize = '160px'; field.scrollTop = 120; }")
    page.wait_for_function("() => document.querySelector('.mirror').scrollTop === 120")


@pytest.mark.parametrize("article", STYLED)
def test_every_language_has_hints_and_a_plain_text(
    page: Page, site: Site, article: str, spoken: Callable[[], list[str]]
) -> None:
    page.goto(site.address(article))
    sheet(page).fill(STYLED[article])
    expect(hints(page)).to_have_count(1)
    expect(underlined(page)).to_have_count(1)
    offer = page.locator("#hints .offer button")
    offer.click()
    expect(sheet(page)).to_have_value(STYLED[article].replace("**", ""))
    expect(hints(page)).to_have_count(0)
    expect(offer).to_be_focused()
    offer.click()
    expect(sheet(page)).to_have_value(STYLED[article])
    expect(hints(page)).to_have_count(1)
    assert len(spoken()) >= 3


def test_the_plain_text_is_offered_and_the_own_one_comes_back(page: Page, site: Site) -> None:
    page.goto(site.address())
    sheet(page).fill(STYLED[LIVELY])
    page.get_by_role("button", name="Use the plain text").click()
    expect(sheet(page)).to_have_value(STYLED[LIVELY].replace("**", ""))
    assert draft(page)["text"] == STYLED[LIVELY].replace("**", "")
    expect(page.get_by_text("1,948 characters available")).to_be_visible()
    page.get_by_role("button", name="Back to my text").click()
    expect(sheet(page)).to_have_value(STYLED[LIVELY])
    page.get_by_role("button", name="Use the plain text").click()
    sheet(page).press("End")
    sheet(page).press_sequentially(" So there.")
    expect(page.get_by_role("button", name="Back to my text")).to_have_count(0)


def test_what_is_ordinary_or_short_has_no_hint(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/check") else None)
    page.goto(site.address())
    sheet(page).press_sequentially("SHAME!")
    with page.expect_response("**/check"):
        sheet(page).fill("Nobody asked the parents about any of it.")
    expect(page.locator("#hints")).to_be_hidden()
    assert len(asked) == 1


def test_the_rule_opens_in_place(page: Page, site: Site) -> None:
    page.goto(site.address())
    sheet(page).fill(LOUD)
    hints(page).get_by_role("link", name="Rule 5").click()
    rule = page.locator("#rule-5")
    expect(rule).to_be_visible()
    expect(rule).to_be_focused()
    assert "#" not in page.url


def test_send_anyway_takes_no_step_more(signed_in: BrowserContext, page: Page, site: Site) -> None:
    page.goto(site.address())
    sheet(page).fill(LOUD)
    anyway = page.get_by_role("button", name="Send anyway", exact=True)
    expect(anyway).to_be_visible()
    expect(page.get_by_role("button", name="Send to the editors")).to_have_count(0)
    sheet(page).press("End")
    sheet(page).press_sequentially(" Yes.")
    expect(page.get_by_role("button", name="Send to the editors")).to_be_visible()
    anyway.click()
    expect(page.get_by_text("Your comment is with the editors.")).to_be_visible()
    expect(mine(page, f"{LOUD} Yes.")).to_have_count(1)
    expect(page.get_by_role("button", name="Send to the editors")).to_be_visible()
    expect(page.locator("#hints")).to_be_hidden()


def test_whoever_is_faster_than_the_hints_sees_them_before_sending(
    signed_in: BrowserContext, page: Page, site: Site
) -> None:
    text = LOUD.replace("town", "harbour")
    page.goto(site.address())
    sheet(page).fill(text)
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_text("Nothing has been sent yet.")).to_be_visible()
    expect(page.locator("#news")).to_be_focused()
    expect(sheet(page)).to_have_value(text)
    expect(hints(page)).to_have_count(1)
    expect(underlined(page)).to_have_text(["SHAME"])
    page.get_by_role("link", name="Please read first what stands under your text.").click()
    expect(page.get_by_role("group", name="Hints from the netiquette")).to_be_focused()
    assert violations(page) == []
    page.get_by_role("button", name="Send anyway", exact=True).click()
    expect(mine(page, text)).to_have_count(1)
    mine(page, text).get_by_role("link", name="Edit").click()
    sheet(page).fill(f"{text} NEVER again.")
    page.get_by_role("button", name="Save the changes").click()
    page.get_by_role("button", name="Send anyway", exact=True).click()
    expect(page.get_by_text("Your changes are saved.")).to_be_visible()
    expect(mine(page, "NEVER again.")).to_have_count(1)


def test_only_the_newest_question_is_answered(page: Page, site: Site) -> None:
    held: list[Route] = []
    given_up: list[Request] = []
    page.on("requestfailed", lambda request: given_up.append(request))
    page.route("**/check", lambda route: held.append(route), times=1)
    page.goto(site.address())
    with page.expect_request("**/check"):
        sheet(page).fill(LOUD)
    with page.expect_response("**/check"):
        sheet(page).fill("Nobody asked the parents about any of it.")
    assert [request.url.endswith("/check") for request in given_up] == [True]
    expect(page.locator("#hints")).to_be_hidden()


@pytest.mark.console_errors
def test_a_check_that_cannot_be_made_disturbs_nobody(
    signed_in: BrowserContext, page: Page, site: Site
) -> None:
    page.route("**/check", lambda route: route.abort())
    page.goto(site.address())
    with page.expect_event("requestfailed"):
        sheet(page).fill("Written while the checks were away.")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Send to the editors").click()
    expect(mine(page, "while the checks were away")).to_have_count(1)


def test_a_name_is_asked_about_when_it_is_left_and_registers_all_the_same(page: Page, site: Site) -> None:
    page.goto(site.address())
    name = page.get_by_label("Full name")
    with page.expect_response("**/check"):
        name.fill("Bob")
        name.press("Tab")
    question = page.locator("#name-question")
    expect(question).not_to_be_empty()
    expect(name).to_have_accessible_description(
        f"As it is to stand under your comments. {question.text_content()}"
    )
    name.fill("Bobo")
    expect(question).to_be_empty()
    with page.expect_response("**/check"):
        page.get_by_label("Place of residence").fill("Hamar")
    expect(question).not_to_be_empty()
    page.get_by_label("E-mail").fill("bobo@post.example")
    page.get_by_label("Password").fill("quay lantern marble otter")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("Signed in as Bobo")).to_be_visible()


@pytest.mark.parametrize("article", [LIVELY, ARABIC])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 700])
def test_hints_are_accessible(page: Page, site: Site, article: str, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site.address(article, theme=theme))
    sheet(page).fill(STYLED[article])
    expect(hints(page)).to_have_count(1)
    name: Any = page.locator("#name")
    with page.expect_response("**/check"):
        name.fill("Bob")
        name.press("Tab")
    expect(page.locator("#name-question")).not_to_be_empty()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
