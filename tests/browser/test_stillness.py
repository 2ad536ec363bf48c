"""Nothing on the screen moves when comments arrive, however late, and however the page lies under the window."""

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect

from tests.support.demo import Demo
from tests.support.hosts import HostSite

LIVELY = "school-day-starts-at-nine"
WINDOWS = [(390, 844), (1280, 900), (1280, 1600)]
COMPOSER = re.compile(r"/embed/[^.]+\?")
FRAME = 'iframe[title="Leave a reply"]'
FOOTER_IN_VIEW = "document.querySelector('footer').getBoundingClientRect().top < innerHeight"

# What the Layout Instability API reports, as Core Web Vitals count it: without what follows a click or a key.
WATCH = """
window.moved = 0, window.sources = [];
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (entry.hadRecentInput) return;
  moved += entry.value;
  const rect = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join();
  for (const { node, previousRect, currentRect } of entry.sources)
    sources.push(`${node?.nodeName} ${rect(previousRect)} to ${rect(currentRect)}`);
}))
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def host(demo: Demo) -> Iterator[HostSite]:
    """A news site on another origin, with short pages and with the comments in its source."""
    site = demo.data("/demo/articles.json")[0]["site"]
    included = f"{demo.base_url}/public/{site}/thread.html?article={LIVELY}"
    with urllib.request.urlopen(included, timeout=10) as answer:  # noqa: S310 (ours, on loopback)
        fragment = answer.read().decode()
    running = HostSite(
        {"ORIGIN": demo.base_url, "SITE": site, "ARTICLE": LIVELY, "FRAGMENT": fragment, "SUBJECT": LIVELY},
        {},
    )
    demo.flask("site", "set", site, "--origin", demo.base_url, "--origin", running.origin)
    yield running
    running.stop()


def slow(page: Page, addresses: str | re.Pattern[str]) -> Callable[[Callable[[Any], None] | None], None]:
    """Hold requests back; return what lets the first go once it was made, with its data changed if asked."""
    waiting: list[Route] = []
    page.route(addresses, lambda route: waiting.append(route))

    def let_go(change: Callable[[Any], None] | None = None) -> None:
        deadline = time.monotonic() + 15
        while not waiting and time.monotonic() < deadline:
            page.evaluate("1")
        # What was on the screen meanwhile has been painted, and counts.
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        route = waiting.pop(0)
        if change is None:
            route.continue_()
            return
        answer = route.fetch()
        data = answer.json()
        change(data)
        route.fulfill(response=answer, body=json.dumps(data))

    return let_go


def moved(page: Page) -> float:
    """Return how much has moved, once everything is painted."""
    page.evaluate(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
    )
    found: float = page.evaluate("moved")
    assert found == 0, page.evaluate("sources")
    return found


def composer(page: Page) -> FrameLocator:
    """Return the composer's page, once it shows."""
    frame = page.frame_locator(FRAME)
    expect(frame.locator("main")).to_be_visible()
    return frame


def off(data: Any) -> None:
    """Make the answer that of a thread switched off."""
    data["thread"].update(off=True, state="closed", count=0)
    data["comments"] = []


def empty(data: Any) -> None:
    """Make the answer that of an article nobody has written about."""
    data["thread"].update(count=0)
    data["comments"] = []


def closed(data: Any) -> None:
    """Make the answer that of a closed thread."""
    data["thread"].update(state="closed")


@pytest.mark.parametrize("change", [None, empty, closed, off])
@pytest.mark.parametrize("window", WINDOWS, ids=str)
@pytest.mark.parametrize("at_end", [False, True], ids=["start", "end"])
def test_nothing_moves_on_a_short_page(
    page: Page, host: HostSite, window: tuple[int, int], change: Callable[[Any], None] | None, at_end: bool
) -> None:
    """Whether the page stands at its start, or its end is on the screen while the answer is slow."""
    page.set_viewport_size({"width": window[0], "height": window[1]})
    page.add_init_script(WATCH)
    list_comes, frame_comes = slow(page, "**/thread.json*"), slow(page, COMPOSER)
    page.goto(f"{host.origin}/short")
    if at_end:
        page.evaluate("scrollTo({ top: 1e6, behavior: 'instant' })")
        assert page.evaluate(FOOTER_IN_VIEW)
    list_comes(change)
    if change is off:
        expect(page.get_by_text("There are no comments on this article.")).to_be_visible()
    else:
        expect(page.locator(FRAME)).to_be_attached()
        if at_end:
            frame_comes(None)
            composer(page)
    assert moved(page) == 0
    if at_end:
        assert page.evaluate(FOOTER_IN_VIEW), "who was at the end of the page is there still"


@pytest.mark.parametrize("window", WINDOWS[:2], ids=str)
def test_nothing_moves_when_the_address_leads_to_a_comment(
    page: Page, host: HostSite, window: tuple[int, int]
) -> None:
    """The page scrolls to the comment; that is all."""
    page.set_viewport_size({"width": window[0], "height": window[1]})
    page.add_init_script(WATCH)
    page.goto(f"{host.origin}/plain")
    page.locator("byline-comments article").first.wait_for()
    name = page.locator("byline-comments article").nth(5).get_attribute("id")
    page.goto("about:blank")
    list_comes = slow(page, "**/thread.json*")
    page.goto(f"{host.origin}/short#{name}")
    list_comes(None)
    expect(page.locator(f"byline-comments #{name}")).to_be_focused()
    assert moved(page) == 0


@pytest.mark.console_errors
def test_nothing_moves_when_the_comments_cannot_be_loaded(page: Page, host: HostSite) -> None:
    """The sentence stands in the space kept free, which is given back out of sight."""
    page.add_init_script(WATCH)
    page.route("**/thread.json*", lambda route: route.abort())
    page.goto(f"{host.origin}/short")
    page.evaluate("scrollTo({ top: 1e6, behavior: 'instant' })")
    expect(page.get_by_role("alert")).to_be_attached()
    assert moved(page) == 0


@pytest.mark.parametrize("window", WINDOWS[:2], ids=str)
def test_who_reads_the_included_comments_reads_on_in_the_list(
    page: Page, host: HostSite, window: tuple[int, int]
) -> None:
    """The page's own copy stays as the page has it until the list is there, and the comment being read where it was."""
    page.set_viewport_size({"width": window[0], "height": window[1]})
    page.add_init_script(WATCH)
    script_comes, list_comes = slow(page, "**/embed.js"), slow(page, "**/thread.json*")
    page.goto(f"{host.origin}/included", wait_until="commit")
    copy = page.locator("byline-comments > section article").nth(4)
    copy.evaluate("node => node.scrollIntoView({ block: 'start', behavior: 'instant' })")
    place = "node => Math.round(node.getBoundingClientRect().bottom)"
    before = copy.evaluate(place)
    assert 0 < before < window[1] / 2
    name = copy.get_attribute("id")
    script_comes(None)
    page.wait_for_function("document.querySelector('byline-comments').shadowRoot")
    assert copy.is_visible()
    assert copy.evaluate(place) == before, "the page's own copy looks as it did"
    list_comes(None)
    twin = page.locator(f"byline-comments .byline #{name}")
    expect(twin).to_be_attached()
    assert not copy.is_visible()
    assert moved(page) == 0
    assert abs(twin.evaluate(place) - before) <= 1


def away(page: Page) -> None:
    """Leave the tab, and come back to it two minutes later."""
    page.evaluate(
        """() => {
          const hidden = value => {
            Object.defineProperty(document, "hidden", { value, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
          };
          const now = Date.now;
          hidden(true);
          Date.now = () => now() + 120000;
          hidden(false);
        }"""
    )


def publish(number: int, removed: int = 0) -> Callable[[Any], None]:
    """Make the answer that after so many publications and removals."""

    def change(data: Any) -> None:
        data["thread"]["version"] += "1"
        data["thread"]["count"] += number - removed
        first = data["comments"][0]
        new = [
            {**first, "id": 900_000 + n, "root": 900_000 + n, "parent": None, "at": "2999-01-01T00:00:00Z"}
            for n in range(number)
        ]
        data["comments"] = new + data["comments"][removed:]

    return change


@pytest.mark.parametrize(
    ("number", "removed", "words"),
    [(1, 0, "Show 1 new comment"), (3, 0, "Show 3 new comments"), (3, 2, "Show 3 new comments")],
)
def test_who_comes_back_is_told_how_many_comments_are_new(
    page: Page, host: HostSite, number: int, removed: int, words: str
) -> None:
    """What was removed meanwhile does not lower the number; nothing else moves before the button is pressed."""
    page.add_init_script(WATCH)
    page.goto(f"{host.origin}/short")
    article = page.locator("byline-comments article")
    article.first.wait_for()
    shown = article.count()
    list_comes = slow(page, "**/thread.json*")
    away(page)
    list_comes(publish(number, removed))
    button = page.get_by_role("button", name=words, exact=True)
    expect(button).to_be_visible()
    assert moved(page) == 0
    assert article.count() == shown
    button.click()
    list_comes(publish(number))
    expect(article).to_have_count(shown + number)


def test_who_comes_back_to_nothing_new_costs_an_answer_without_a_body(page: Page, host: HostSite) -> None:
    """The browser asks with the tag that it has, and is told that it has the page already."""
    page.goto(f"{host.origin}/short")
    page.locator("byline-comments article").first.wait_for()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    asked: set[str] = set()
    answered: dict[str, int] = {}
    # What else of the page still comes is another matter; and the two messages come in either order.
    network.on(
        "Network.requestWillBeSent",
        lambda sent: "thread.json" in sent["request"]["url"] and asked.add(sent["requestId"]),
    )
    network.on(
        "Network.responseReceivedExtraInfo",
        lambda answer: answered.update({answer["requestId"]: answer["statusCode"]}),
    )
    away(page)
    for _ in range(100):
        if asked & answered.keys():
            break
        page.wait_for_timeout(100)
    assert [answered.get(each) for each in asked] == [304]
    expect(page.get_by_role("button", name=re.compile("^Show"))).to_have_count(0)


def test_a_server_without_the_plural_forms_still_offers_what_is_new(page: Page, host: HostSite) -> None:
    """A script that was pinned and a server of another release work together."""
    page.goto("about:blank")
    list_comes = slow(page, "**/thread.json*")
    page.goto(f"{host.origin}/short")
    list_comes(lambda data: [data["ui"].pop(name) for name in ("news", "comma")])
    page.locator("byline-comments article").first.wait_for()
    away(page)
    list_comes(publish(2))
    expect(page.get_by_role("button", name="Show new comments", exact=True)).to_be_visible()


def test_a_removal_is_followed_only_where_nobody_sees_the_list_move(page: Page, host: HostSite) -> None:
    """While the comments are on the screen they stay; once the reader has left them they are brought up to date."""
    page.add_init_script(WATCH)
    page.goto(f"{host.origin}/included")
    article = page.locator("byline-comments .byline article")
    page.locator("byline-comments").evaluate("node => node.scrollIntoView({ behavior: 'instant' })")
    article.first.wait_for()
    shown = article.count()
    list_comes = slow(page, "**/thread.json*")
    away(page)
    list_comes(publish(0, removed=1))
    assert moved(page) >= 0
    assert article.count() == shown
    expect(page.get_by_role("button", name=re.compile("^Show"))).to_have_count(0)
    page.evaluate("scrollTo({ top: 1e6, behavior: 'instant' })")
    page.evaluate("document.body.style.paddingBlockEnd = '3000px'")
    page.evaluate("scrollTo({ top: 1e6, behavior: 'instant' })")
    list_comes(publish(0, removed=1))
    expect(article).to_have_count(shown - 1)
