"""Places suggested while one registers: by keyboard, by pointer, by nobody's choice at all, in the page itself."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.demo import Demo

ENGLISH = "school-day-starts-at-nine"
ARABIC = "souq-al-samak"


class Site:
    """The demo's publication, and where its frame is."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.articles = {row["article"]: row for row in demo.data("/demo/articles.json")}

    def frame(self, article: str, **more: str) -> str:
        """Return the frame's address under an article."""
        row = self.articles[article]
        about = {"article": article, "url": row["url"], "title": row["title"], "lang": row["language"]}
        return f"{self.demo.base_url}/embed/{row['site']}?{urlencode({**about, **more})}"


@pytest.fixture(scope="module")
def site(demo: Demo) -> Site:
    """The demo's publication."""
    return Site(demo)


@pytest.fixture
def field(page: Page, site: Site) -> Locator:
    """The field for a place, in the frame under an English article."""
    page.goto(site.frame(ENGLISH))
    return place(page)


def place(page: Page) -> Locator:
    """Return the field, once the script has made a combobox of it; its name is the same without."""
    found = page.get_by_role("combobox", name="Place of residence", exact=True)
    expect(found).to_have_attribute("aria-expanded", "false")
    return found


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Matching places").get_by_role("option")


def typed(field: Locator, text: str) -> None:
    """Type letter by letter, as a person does."""
    field.press_sequentially(text)


def test_a_place_is_chosen_by_keyboard_and_the_comment_signed_with_it(page: Page, field: Locator) -> None:
    page.get_by_label("Your comment").fill("I taught in that school for eleven years.")
    page.get_by_label("Full name").fill("Liv Aasen")
    field.focus()
    typed(field, "sher")
    expect(options(page)).to_have_text(
        ["Sherbrooke (Quebec)", "Sherborne (United Kingdom)", "Sherbrooke (Alberta)",
         "'s-Hertogenbosch (Netherlands)", "Scheer (Germany)"]
    )  # fmt: skip
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#said")).to_have_text("5 places fit. Choose with the arrow keys, or go on typing.")
    # Nothing is chosen for anybody.
    assert field.get_attribute("aria-activedescendant") is None
    expect(page.get_by_role("option", selected=True)).to_have_count(0)

    field.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_text("Sherbrooke (Quebec)")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    expect(field).to_have_value("sher")
    field.press("Enter")
    expect(field).to_have_value("Sherbrooke (Quebec)")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_be_focused()
    expect(options(page)).to_have_count(0)

    page.get_by_label("E-mail").fill("liv@post.example")
    page.get_by_label("Password").fill("quay lantern marble otter")
    page.get_by_label("I have read the netiquette").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("Signed in as")).to_contain_text("Liv Aasen, Sherbrooke (Quebec)")


def test_what_is_typed_counts_as_it_stands(page: Page, field: Locator) -> None:
    page.get_by_label("Full name").fill("Kari Moen")
    field.focus()
    typed(field, "A farm near nowhere")
    page.get_by_label("E-mail").fill("kari@post.example")
    page.get_by_label("Password").fill("quay lantern marble otter")
    page.get_by_label("I have read the netiquette").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("Signed in as")).to_contain_text("Kari Moen, A farm near nowhere")


def test_the_keys_move_leave_and_put_away(page: Page, field: Locator) -> None:
    field.focus()
    typed(field, "gen")
    expect(options(page)).to_have_count(2)
    selected = page.get_by_role("option", selected=True)
    field.press("ArrowUp")
    expect(selected).to_have_text("Geneva (New York)")
    field.press("ArrowDown")
    expect(selected).to_have_count(0)
    field.press("ArrowDown")
    expect(selected).to_have_text("Geneva (Switzerland)")
    # Typing on, nothing is chosen any more.
    typed(field, "e")
    expect(selected).to_have_count(0)
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("gene")
    field.press("ArrowDown")
    expect(options(page)).to_have_count(2)
    field.press("ArrowDown")
    field.press("Tab")
    expect(field).to_have_value("gene")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_label("E-mail")).to_be_focused()


@pytest.mark.console_errors
def test_enter_without_a_choice_sends_the_form_as_before(page: Page, field: Locator) -> None:
    field.focus()
    typed(field, "gen")
    expect(options(page)).to_have_count(2)
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Please look at this again")
    expect(place(page)).to_have_value("gen")


def test_a_click_chooses_and_leaves_the_focus_in_the_field(page: Page, field: Locator) -> None:
    field.focus()
    typed(field, "hama")
    options(page).get_by_text("Hamar (Norway)").click()
    expect(field).to_have_value("Hamar (Norway)")
    expect(field).to_be_focused()
    expect(options(page)).to_have_count(0)


def test_a_late_answer_is_dropped(page: Page, field: Locator) -> None:
    """Even where the browser could not take the earlier question back."""
    page.evaluate(
        """() => { const ask = window.fetch;
            window.late = null;
            window.fetch = (address, init) => String(address).includes("q=gen&")
              ? new Promise(answer => { window.late = () => answer(Response.json({ places: ["Too late"] })) })
              : ask(address, init); }"""
    )
    field.focus()
    typed(field, "gen")
    page.wait_for_function("() => window.late !== null")
    field.fill("ham")
    expect(options(page)).to_have_text(["Hamar (Norway)"])
    page.evaluate("window.late()")
    page.evaluate("() => new Promise(done => setTimeout(done))")
    expect(options(page)).to_have_text(["Hamar (Norway)"])


@pytest.mark.console_errors
def test_without_an_answer_the_field_is_a_plain_one(page: Page, field: Locator) -> None:
    page.route("**/places?*", lambda route: route.abort())
    field.focus()
    with page.expect_event("requestfailed"):
        typed(field, "ham")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("ham")


def test_typing_asks_once_for_a_pause_and_without_any_cookie(page: Page, field: Locator) -> None:
    asked: list[dict[str, str]] = []
    page.on("request", lambda one: asked.append(one.all_headers()) if "/places?" in one.url else None)
    field.focus()
    typed(field, "hamar")
    expect(options(page)).to_have_text(["Hamar (Norway)"])
    assert len(asked) == 1
    assert "cookie" not in asked[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("article", "letters"), [(ENGLISH, "sher"), (ARABIC, "قاهر")])
def test_nothing_bars_the_way_with_the_list_open(
    page: Page, site: Site, theme: str, article: str, letters: str
) -> None:
    page.goto(site.frame(article, theme=theme))
    field = page.locator("#place")
    expect(field).to_have_attribute("role", "combobox")
    field.focus()
    typed(field, letters)
    expect(page.locator("#places")).to_be_visible()
    field.press("ArrowDown")
    # The frame has no ground of its own; in the dark the page's around it is dark.
    if theme == "dark":
        page.evaluate("document.documentElement.style.background = '#16181b'")
    found = Axe().run(page, options={"rules": {"region": {"enabled": False}}})
    assert found.response["violations"] == [], json.dumps(found.response["violations"], indent=1)[:4000]


def test_an_arabic_page_writes_places_in_arabic_from_the_right(page: Page, site: Site) -> None:
    page.goto(site.frame(ARABIC))
    field = page.locator("#place")
    field.focus()
    typed(field, "القاهره")
    first = page.get_by_role("option").first
    expect(first).to_have_text("القاهرة (مصر)")
    edges = first.evaluate(
        "e => { const r = document.createRange(); r.selectNodeContents(e);"
        " return [e.getBoundingClientRect().right - r.getBoundingClientRect().right,"
        "         r.getBoundingClientRect().left - e.getBoundingClientRect().left] }"
    )
    assert edges[0] < edges[1], "the text stands at the right edge"
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("القاهرة (مصر)")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page on a telephone, with a finger for a pointer."""
    context = browser.new_context(
        viewport={"width": 390, "height": 760}, has_touch=True, is_mobile=True, locale="en-GB"
    )
    yield context.new_page()
    context.close()


def test_a_finger_finds_each_place_high_enough(phone: Page, site: Site) -> None:
    phone.goto(site.frame(ENGLISH))
    field = place(phone)
    field.tap()
    typed(field, "sher")
    expect(options(phone)).to_have_count(5)
    for option in options(phone).all():
        box = option.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    options(phone).nth(1).tap()
    expect(field).to_have_value("Sherborne (United Kingdom)")


def test_the_list_is_whole_in_the_page_of_the_article(page: Page, site: Site) -> None:
    """The frame is as high as its page: however little stands below the field, it reaches below the list."""
    row = site.articles[ENGLISH]
    page.goto(row["url"])
    page.locator("byline-comments").scroll_into_view_if_needed()
    frame = page.frame_locator("byline-comments iframe")
    # What would stand below the field on a shorter form is taken away.
    field = frame.locator("#place")
    while not field.count():
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(50)
    handle = page.locator("byline-comments iframe").element_handle()
    whole = handle.bounding_box()
    frame.locator("main").evaluate(
        "main => { const pair = main.querySelector('.pair');"
        " for (let e = pair; e !== main; e = e.parentElement)"
        "   while (e.nextElementSibling) e.nextElementSibling.remove() }"
    )
    # The frame follows: it ends now where the field does.
    assert whole is not None
    lower = "([frame, height]) => frame.getBoundingClientRect().height < height - 200"
    page.wait_for_function(lower, arg=[handle, whole["height"]])
    before = handle.bounding_box()
    field.focus()
    typed(field, "sher")
    last = frame.locator("#places li").last
    expect(last).to_be_visible()
    shown = "([frame, bottom]) => frame.getBoundingClientRect().height >= bottom"
    bottom = frame.locator("#places").evaluate("e => e.getBoundingClientRect().bottom + scrollY")
    page.wait_for_function(shown, arg=[handle, bottom])
    field.press("Escape")
    assert before is not None
    again = "([frame, height]) => frame.getBoundingClientRect().height <= height + 1"
    page.wait_for_function(again, arg=[handle, before["height"]])


def test_without_javascript_the_field_is_a_plain_one(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.frame(ENGLISH))
    expect(page.get_by_role("textbox", name="Place of residence", exact=True)).to_be_visible()
    expect(page.locator("#places")).to_be_hidden()
    context.close()
