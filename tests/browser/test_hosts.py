"""The widget on pages of other sites: strict policies, Trusted Types, hostile styles, and what it costs."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.support.demo import Demo
from tests.support.hosts import HostSite

# Must be shown, 3: at most two requests and 6 KB of compressed script and style until comments are read.
MOST_REQUESTS = 2
MOST_BYTES = 6_000

LIVELY = "school-day-starts-at-nine"


@pytest.fixture(scope="module")
def host(demo: Demo) -> Iterator[HostSite]:
    """A news site on another origin that the demo's publication allows."""
    site = demo.data("/demo/articles.json")[0]["site"]
    server = demo.base_url
    placeholders = {"ORIGIN": server, "SITE": site, "ARTICLE": LIVELY}
    strict = f"default-src 'self'; script-src 'self' {server}; connect-src {server}; frame-src {server}"
    policies = {
        "strict": strict,
        "types": f"{strict}; require-trusted-types-for 'script'; trusted-types 'none'",
        # The hostile pages carry their own style sheet.
        "styled": f"{strict}; style-src 'self' 'unsafe-inline'",
    }
    running = HostSite(placeholders, policies)
    demo.flask("site", "set", site, "--origin", server, "--origin", running.origin)
    yield running
    running.stop()


def shown(page: Page) -> Any:
    """Return the comments on a page, once there are any."""
    page.locator("byline-comments").evaluate("element => element.scrollIntoView()")
    comments = page.locator("byline-comments").get_by_role("article")
    expect(comments.first).to_be_visible()
    return comments


@pytest.mark.parametrize("policy", ["strict", "types"])
def test_a_strict_policy_is_enough(page: Page, host: HostSite, policy: str) -> None:
    """Comments and composer work where the page allows nothing but the comments server, and no raw HTML."""
    violations: list[str] = []
    page.expose_function("violated", lambda violation: violations.append(violation))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', e => violated(e.violatedDirective + ' ' + e.blockedURI))"
    )
    page.goto(f"{host.origin}/plain?policy={policy}")
    assert shown(page).count() >= 18
    page.locator('iframe[title="Leave a reply"]').scroll_into_view_if_needed()
    expect(page.frame_locator('iframe[title="Leave a reply"]').get_by_label("Your comment")).to_be_visible()
    assert violations == []


@pytest.mark.parametrize("name", ["hostile", "hostile_rules"])
def test_hostile_styles_do_not_reach_the_comments(page: Page, host: HostSite, demo: Demo, name: str) -> None:
    """A comment's computed style on a hostile page is that of the widget, not of the page."""
    page.goto(f"{host.origin}/{name}?policy=styled")
    comment = shown(page).first
    style = comment.evaluate(
        """node => { const s = getComputedStyle(node.querySelector('p, [lang]') ?? node);
           return {transform: s.textTransform, spacing: s.letterSpacing, color: s.color, indent: s.textIndent,
                   display: getComputedStyle(node).display, style: s.fontStyle}; }"""
    )
    assert style["transform"] == "none"
    assert style["spacing"] in {"normal", "0px"}
    assert style["indent"] == "0px"
    assert style["color"] == "rgb(27, 27, 27)"
    assert style["style"] == "normal"
    assert style["display"] != "none"
    page.locator('iframe[title="Leave a reply"]').scroll_into_view_if_needed()
    expect(page.frame_locator('iframe[title="Leave a reply"]').get_by_label("Your comment")).to_be_visible()


def test_two_requests_and_six_kilobytes_until_comments_are_read(
    page: Page, host: HostSite, demo: Demo
) -> None:
    """Counted by the browser: the script and the data, and no more."""
    answers: list[Response] = []
    page.on(
        "response", lambda answer: answers.append(answer) if answer.url.startswith(demo.base_url) else None
    )
    page.goto(f"{host.origin}/plain?policy=strict")
    page.locator("byline-comments").get_by_role("article").first.wait_for()
    needed = [answer for answer in answers if "/embed/" not in answer.url and "counts.json" not in answer.url]
    sizes = {answer.url: answer.request.sizes()["responseBodySize"] for answer in needed}
    assert len(needed) <= MOST_REQUESTS, sizes
    script = sum(size for url, size in sizes.items() if "embed" in url)
    assert 0 < script <= MOST_BYTES, sizes


def test_public_answers_set_no_cookie(page: Page, host: HostSite, demo: Demo) -> None:
    """Reading leaves nothing in the reader's browser."""
    page.goto(f"{host.origin}/plain?policy=strict")
    page.locator("byline-comments").get_by_role("article").first.wait_for()
    assert [cookie for cookie in page.context.cookies() if "desk" in cookie["name"]] == []
    page.request.get(f"{demo.base_url}/public/ostrelle/thread.json?article={LIVELY}")
    names = {cookie["name"] for cookie in page.context.cookies()}
    # Only the composer's frame, which came near, may have begun a session.
    assert names <= {"byline_reader"}


def held(page: Page, addresses: str) -> list[Route]:
    """Hold requests back, and return the list in which they arrive."""
    waiting: list[Route] = []
    page.route(addresses, lambda route: waiting.append(route))
    return waiting


def let_go(page: Page, waiting: list[Route]) -> None:
    """Let the first held request go as soon as it has been made."""
    while not waiting:
        page.evaluate("1")
    waiting[0].continue_()


def test_who_reads_past_the_comments_keeps_their_place(page: Page, demo: Demo) -> None:
    """A slow answer about a short thread, on a phone, moves nothing that is being read below it."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => moved += entry.value))"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    waiting = held(page, "**/thread.json*")
    page.goto(f"{demo.base_url}/news/library-open-until-two")
    end = "document.querySelector('byline-comments').getBoundingClientRect().bottom"
    # The end of the reserved space stands in the upper quarter of the window.
    page.evaluate(f"scrollBy({{ top: {end} - 120, behavior: 'instant' }})")
    let_go(page, waiting)
    frame = page.locator('iframe[title="Leave a reply"]')
    expect(frame).to_be_attached()
    # The frame has said how high it is.
    expect(frame).not_to_have_css("height", "1040px")
    assert 100 < page.evaluate(end) < 140
    assert page.evaluate("moved") < 0.01


def test_a_style_sheet_that_comes_late_still_makes_the_comments_dark(page: Page, demo: Demo) -> None:
    """The script may run before the page has its colours; the comments would be dark on dark otherwise."""
    page.emulate_media(color_scheme="dark")
    waiting = held(page, "**/demo/demo*.css*")
    page.goto(f"{demo.base_url}/news/{LIVELY}", wait_until="commit")
    section = page.locator("byline-comments section").first
    section.wait_for(state="attached")
    let_go(page, waiting)
    expect(section).to_have_class(re.compile(r"\bdark\b"))


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("article", [LIVELY, "souq-al-samak"])
def test_a_place_of_one_long_word_makes_no_page_scroll_sideways(
    page: Page, demo: Demo, width: int, article: str
) -> None:
    """Neither where the widget stands under the article nor on the thread's own page, in either direction."""
    page.set_viewport_size({"width": width, "height": 844})
    place = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"

    def rename(route: Route) -> None:
        answer = route.fetch()
        data = answer.json()
        for comment in data["comments"]:
            comment["place"] = comment["name"] = place
        route.fulfill(response=answer, body=json.dumps(data))

    page.route("**/thread.json*", rename)
    page.goto(f"{demo.base_url}/news/{article}")
    expect(shown(page).get_by_text(place).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(demo.data(f"/public/ostrelle/thread.json?article={article}")["thread"]["page"])
    for name in page.locator(".byline-name, .byline-place").all():
        name.evaluate("(node, place) => node.textContent = place", place)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
