"""The composer frame as a person uses it: counted, kept, sent once, and announced."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Route, expect

from tests.support.demo import Demo

LIVELY = "school-day-starts-at-nine"
ARABIC = "souq-al-samak"
CLOSED = "steam-crane-number-four"
# Every state of the page that a person can be brought before by an address alone.
PLACES = [
    (LIVELY, "", {}),
    (LIVELY, "", {"theme": "dark"}),
    (LIVELY, "/forgotten", {}),
    (LIVELY, "/correction", {"theme": "dark"}),
    (LIVELY, "/report", {"comment": "first"}),
    (ARABIC, "", {}),
    (ARABIC, "", {"theme": "dark", "reply": "first"}),
    (CLOSED, "", {}),
]


class Site:
    """The demo's publication, and where its frame is."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.articles = {row["article"]: row for row in demo.data("/demo/articles.json")}

    def address(self, article: str = LIVELY, path: str = "", **more: str) -> str:
        """Return the frame's address under an article; `first` stands for its first published comment."""
        row = self.articles[article]
        if "first" in more.values():
            thread = self.demo.data(f"/public/{row['site']}/thread.json?{urlencode({'article': article})}")
            first = str(thread["comments"][0]["id"])
            more = {name: first if value == "first" else value for name, value in more.items()}
        about = {"article": article, "url": row["url"], "title": row["title"], "lang": row["language"]}
        return f"{self.demo.base_url}/embed/{row['site']}{path}?{urlencode({**about, **more})}"


@pytest.fixture(scope="module")
def site(demo: Demo) -> Site:
    """The demo's publication."""
    return Site(demo)


def sign_in(page: Page, site: Site, role: str = "reader") -> None:
    """Sign somebody of the demo in, straight from the long form."""
    reader = site.demo.account(role)
    page.get_by_label("E-mail").fill(reader["email"])
    page.get_by_label("Password").fill(reader["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Signed in as")).to_be_visible()


@pytest.fixture(scope="module")
def cookies(browser: Browser, site: Site) -> Any:
    """The cookies of a reader of the demo who signed in once, as the frame's own form does it."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(site.address())
    sign_in(page, site)
    kept = context.cookies()
    context.close()
    return kept


@pytest.fixture
def signed_in(context: BrowserContext, cookies: Any) -> BrowserContext:
    """This test's profile, with the reader signed in."""
    context.add_cookies(cookies)
    return context


@pytest.fixture
def host(signed_in: BrowserContext, page: Page, site: Site) -> Iterator[Page]:
    """The demo's article with the frame under it, and every message the frame sends."""
    page.add_init_script(
        """window.heard = [];
           addEventListener("message", ({data}) => window.heard.push(data));"""
    )
    page.goto(site.articles[LIVELY]["url"])
    page.locator("byline-comments").evaluate("element => element.scrollIntoView()")
    page.locator('iframe[title="Leave a reply"]').scroll_into_view_if_needed()
    expect(frame_of(page).get_by_label("Your comment")).to_be_visible()
    # The form stands there before its script does; only from this message on does the frame listen.
    page.wait_for_function("() => heard.some(({type}) => type === 'ready')")
    return page


def frame_of(page: Page) -> FrameLocator:
    """Return the composer's frame in a page."""
    return page.frame_locator('iframe[title="Leave a reply"]')


def mine(page: Page, text: str) -> Any:
    """Return a reader's own comments on the page that hold a text."""
    return page.get_by_role("list", name="My comments here").get_by_role("listitem").filter(has_text=text)


def violations(page: Page) -> list[str]:
    """Return what axe finds; the frame's ground is the page's behind it, and dark where the frame is."""
    page.evaluate(
        """() => { if (document.documentElement.dataset.theme === "dark")
                     document.documentElement.style.background = "#16181b"; }"""
    )
    # The frame's content stands inside the article's page, which has the landmarks.
    found = Axe().run(page, options={"rules": {"region": {"enabled": False}}})
    return [
        f"{item['id']}: {node['html']}" for item in found.response["violations"] for node in item["nodes"]
    ]


def draft(page: Page) -> Any:
    """Return the one draft the browser keeps, or None."""
    kept = page.evaluate(
        "Object.entries(localStorage).find(([name]) => name.startsWith('byline-draft:'))?.[1]"
    )
    return json.loads(kept) if kept else None


@pytest.mark.parametrize(("article", "path", "more"), PLACES)
@pytest.mark.parametrize("width", [390, 700])
def test_every_page_is_accessible(
    page: Page, site: Site, article: str, path: str, more: dict[str, str], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site.address(article, path, **more))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"


@pytest.mark.console_errors
def test_errors_take_the_focus_and_are_accessible(page: Page, site: Site) -> None:
    page.goto(site.address())
    page.get_by_label("Your comment").fill("Nobody asked the parents.")
    page.get_by_label("Password").fill("quay lantern marble otter")
    page.get_by_role("button", name="Register").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Your comment")).to_have_value("Nobody asked the parents.")
    expect(page.get_by_label("Password")).to_have_value("quay lantern marble otter")
    summary.get_by_role("link", name="Please give your full name").click()
    expect(page.get_by_label("Full name")).to_be_focused()
    expect(page.get_by_label("Full name")).to_have_accessible_description(
        "As it is to stand under your comments. Please give your full name, as it is to stand under your comments."
    )
    assert violations(page) == []


def test_every_name_stands_once(page: Page, site: Site) -> None:
    page.goto(site.address())
    for label in ("Your comment", "Full name", "Place of residence", "E-mail", "Password"):
        expect(page.get_by_label(label, exact=True)).to_have_count(1)
    for button in ("Register", "Sign in"):
        expect(page.get_by_role("button", name=button, exact=True)).to_have_count(1)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Forgotten your password?")).to_be_visible()
    for label in ("Your comment", "E-mail", "Password"):
        expect(page.get_by_label(label, exact=True)).to_have_count(1)
    for button in ("Register", "Sign in"):
        expect(page.get_by_role("button", name=button, exact=True)).to_have_count(1)


def test_the_counter_counts_as_people_do_and_speaks_at_three_marks(page: Page, site: Site) -> None:
    page.goto(site.address())
    field, said = page.get_by_label("Your comment"), page.locator("#said")
    expect(page.get_by_text("2,000 characters available")).to_be_visible()
    field.fill("👨‍👩‍👧‍👦é́")
    expect(page.get_by_text("1,998 characters available")).to_be_visible()
    field.fill("a" * 1899)
    expect(page.get_by_text("101 characters available")).to_be_visible()
    expect(said).to_be_empty()
    field.press("End")
    field.type("b")
    expect(said).to_have_text("100 characters available")
    field.type("b")
    expect(said).to_have_text("100 characters available")
    expect(page.locator("#available")).to_have_attribute("data-level", "near")
    field.fill("a" * 2000)
    expect(said).to_have_text("0 characters available")
    expect(page.locator("#available")).to_have_attribute("data-level", "over")
    field.fill("a" * 2001)
    expect(page.locator("#available")).to_have_text("1 character too many")


def test_a_draft_survives_reload_and_signing_in_and_goes_when_its_writer_signs_out(
    page: Page, site: Site
) -> None:
    text = "The minutes are still not public."
    page.goto(site.address())
    page.get_by_label("Your comment").fill(text)
    key = draft(page)["key"]
    page.reload()
    expect(page.get_by_label("Your comment")).to_have_value(text)
    assert page.locator('input[name="key"]').input_value() == key
    sign_in(page, site)
    expect(page.get_by_label("Your comment")).to_have_value(text)
    assert page.locator('input[name="key"]').input_value() == key
    page.goto(site.address(ARABIC))
    page.locator("textarea#text").fill("Begun under another article.")
    page.goto(site.address())
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Register")).to_be_visible()
    expect(page.get_by_label("Your comment")).to_have_value("")
    assert draft(page) is None, "nor is anything left for whoever comes next, under whichever article"


def test_a_draft_is_shown_to_nobody_who_signs_in_as_another(
    signed_in: BrowserContext, page: Page, site: Site
) -> None:
    text = "Begun by one of the two who share this browser."
    page.goto(site.address())
    page.get_by_label("Your comment").fill(text)
    signed_in.clear_cookies()
    page.reload()
    expect(page.get_by_label("Your comment")).to_have_value(text)
    sign_in(page, site, "moderator")
    expect(page.get_by_label("Your comment")).to_have_value("")
    page.get_by_label("Your comment").fill("By the other of the two.")
    signed_in.clear_cookies()
    page.reload()
    sign_in(page, site)
    expect(page.get_by_label("Your comment")).to_have_value(text)


def test_what_was_typed_before_the_script_came_is_kept(page: Page, site: Site) -> None:
    # The form stands there as soon as it is parsed; the script comes after all of it.
    page.add_init_script(
        """new MutationObserver((_, self) => {
             const field = document.querySelector("textarea#text");
             if (!field) return;
             field.value = "Typed on a slow line.";
             self.disconnect();
           }).observe(document, {childList: true, subtree: true});"""
    )
    page.goto(site.address())
    page.wait_for_function("Object.keys(localStorage).some((name) => name.startsWith('byline-draft:'))")
    assert draft(page)["text"] == "Typed on a slow line."
    expect(page.get_by_label("Your comment")).to_have_value("Typed on a slow line.")


def test_ctrl_enter_sends_and_the_news_takes_the_focus(
    signed_in: BrowserContext, page: Page, site: Site
) -> None:
    text = "Ten past six is early for a child."
    page.goto(site.address())
    page.get_by_label("Your comment").fill(text)
    page.get_by_label("Your comment").press("Control+Enter")
    expect(page.get_by_text("Your comment is with the editors.")).to_be_visible()
    expect(page.locator("#news")).to_be_focused()
    expect(mine(page, text)).to_have_count(1)
    expect(page.get_by_label("Your comment")).to_have_value("")
    assert draft(page) is None
    assert violations(page) == []


@pytest.mark.console_errors
@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_failing_line_keeps_the_text_and_never_sends_twice(
    signed_in: BrowserContext, page: Page, site: Site, lost: str
) -> None:
    text = f"Written on a train without a signal: the {lost} was lost."
    keys: list[str | None] = []

    def fail(route: Route) -> None:
        keys.append(route.request.post_data)
        if lost == "answer":
            route.fetch()
        route.abort()

    page.route("**/send", fail, times=1)
    page.goto(site.address())
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Send to the editors").click()
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Your text is kept")
    expect(page.get_by_label("Your comment")).to_have_value(text)
    again.click()
    expect(mine(page, text)).to_have_count(1)
    page.reload()
    expect(mine(page, text)).to_have_count(1)
    assert len(keys) == 1


def test_a_double_click_sends_once(signed_in: BrowserContext, page: Page, site: Site) -> None:
    text = "Pressed twice in a hurry."
    page.goto(site.address())
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name="Send to the editors").dblclick()
    expect(mine(page, text)).to_have_count(1)
    page.reload()
    expect(mine(page, text)).to_have_count(1)


@pytest.mark.console_errors
def test_an_expired_session_keeps_the_text(signed_in: BrowserContext, page: Page, site: Site) -> None:
    page.goto(site.address())
    page.get_by_label("Your comment").fill("Typed over a long lunch.")
    signed_in.clear_cookies()
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_role("alert")).to_contain_text("You are no longer signed in.")
    expect(page.get_by_label("Your comment")).to_have_value("Typed over a long lunch.")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.get_by_label("Your comment").fill("Typed over a long lunch, and after it.")
    page.reload()
    expect(page.get_by_label("Your comment")).to_have_value("Typed over a long lunch, and after it.")
    sign_in(page, site)
    expect(page.get_by_label("Your comment")).to_have_value("Typed over a long lunch, and after it.")


def test_editing_and_withdrawing_in_place(signed_in: BrowserContext, page: Page, site: Site) -> None:
    page.goto(site.address())
    page.get_by_label("Your comment").fill("To be changed.")
    page.get_by_role("button", name="Send to the editors").click()
    # Whoever goes on typing at once waits for the answer, so that no word is lost with the swap.
    page.get_by_label("Your comment").fill("A draft of something else.")
    mine(page, "To be changed.").get_by_role("link", name="Edit").click()
    expect(page.get_by_label("Your comment")).to_be_focused()
    expect(page.get_by_label("Your comment")).to_have_value("To be changed.")
    page.get_by_label("Your comment").fill("Changed, and to be withdrawn.")
    page.get_by_role("button", name="Save the changes").click()
    expect(page.get_by_text("Your changes are saved.")).to_be_visible()
    expect(page.get_by_label("Your comment")).to_have_value("A draft of something else.")
    mine(page, "Changed, and").get_by_role("link", name="Withdraw").click()
    expect(page.get_by_role("heading", name="Withdraw this comment?")).to_be_focused()
    assert violations(page) == []
    page.get_by_role("button", name="Withdraw").click()
    expect(mine(page, "Changed, and")).to_contain_text("Withdrawn")
    expect(page.get_by_label("Your comment")).to_have_value("A draft of something else.")


def test_the_frame_grows_and_tells_the_page_only_what_happened(host: Page) -> None:
    frame = frame_of(host)
    before = host.locator('iframe[title="Leave a reply"]').bounding_box()
    frame.get_by_text("Netiquette", exact=True).click()
    host.wait_for_function(
        "([height]) => heard.some(m => m.type === 'resize' && m.data.height > height)",
        arg=[before["height"] if before else 0],
    )
    frame.get_by_label("Your comment").fill("Heard all the way from the harbour.")
    frame.get_by_role("button", name="Send to the editors").click()
    expect(frame.get_by_text("Your comment is with the editors.")).to_be_visible()
    heard = host.evaluate("heard")
    assert {message["type"] for message in heard} == {"ready", "resize", "auth", "posted"}
    assert {"signedIn": True} in [message["data"] for message in heard]
    assert "harbour" not in json.dumps(heard), "never what was written"


def test_reply_quotes_the_parent_and_keeps_what_was_typed(host: Page) -> None:
    frame = frame_of(host)
    frame.get_by_label("Your comment").fill("Half a sentence")
    comment = host.locator("byline-comments").get_by_role("article").first
    comment.get_by_role("link", name="Reply").click()
    expect(frame.get_by_text("You are answering:")).to_be_visible()
    expect(frame.get_by_label("Your comment")).to_have_value("Half a sentence")
    frame.get_by_role("button", name="Cancel the reply").click()
    expect(frame.get_by_text("You are answering:")).to_have_count(0)
    expect(frame.get_by_label("Your comment")).to_have_value("Half a sentence")


def test_a_stranger_in_the_page_is_not_obeyed(host: Page) -> None:
    frame = frame_of(host)
    host.evaluate(
        """() => {
          const stranger = document.createElement("iframe");
          stranger.name = "stranger";
          document.body.append(stranger);
          window.composer = document.querySelector("byline-comments").shadowRoot.querySelector("iframe").contentWindow;
          window.tell = (ns, v, theme) => composer.postMessage({ns, v, type: "theme", data: {theme}}, "*");
        }"""
    )
    stranger = host.frame("stranger")
    assert stranger is not None
    stranger.evaluate(
        """() => parent.composer.postMessage({ns: "byline", v: 1, type: "theme", data: {theme: "dark"}}, "*")"""
    )
    host.evaluate(
        "() => { tell('other', 1, 'dark'); tell('byline', 2, 'dark'); tell('byline', 1, 'sepia'); }"
    )
    expect(frame.locator("html")).to_have_attribute("data-theme", "light")
    host.evaluate("() => tell('byline', 1, 'auto')")
    # Messages arrive in order: once this one has, the others were heard and left alone.
    host.wait_for_function("() => composer.document.documentElement.dataset.theme !== 'light'")
    expect(frame.locator("html")).to_have_attribute("data-theme", "auto")


def test_report_and_back_in_place(page: Page, site: Site) -> None:
    page.goto(site.address(path="/report", comment="first"))
    page.get_by_label("Which rule does it break?").select_option("7")
    page.get_by_label("What should the editors know?").fill("Aimed at one person.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("#news")).to_contain_text("Thank you.")
    expect(page.locator("#news")).to_be_focused()
    expect(page.get_by_label("Your comment")).to_be_visible()


def test_everything_works_without_javascript(browser: Browser, site: Site, cookies: Any) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(site.address(reply="first"))
    page.get_by_label("Your comment").fill("Sent without a script.")
    page.get_by_role("button", name="Cancel the reply").click()
    expect(page.get_by_label("Your comment")).to_have_value("Sent without a script.")
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_text("Your comment is with the editors.")).to_be_visible()
    mine(page, "without a script").get_by_role("link", name="Edit").click()
    page.get_by_label("Your comment").fill("Edited without a script.")
    page.get_by_role("button", name="Save the changes").click()
    mine(page, "Edited without").get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(mine(page, "Edited without")).to_contain_text("Withdrawn")
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_role("alert")).to_contain_text("Please write your comment first.")
    context.close()
