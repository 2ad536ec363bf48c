"""Pages that embed the widget wrongly, or oddly: the publisher hears why, and the reader meets nothing odd."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.support.demo import Demo
from tests.support.hosts import HostSite

LIVELY = "school-day-starts-at-nine"
OTHER = "steam-crane-number-four"
UNSAID = "library-open-until-two"
FRAME = 'iframe[title="Leave a reply"]'
# What the page hears from the element, in order.
LISTEN = "window.errors = []; addEventListener('byline:error', ({ detail }) => errors.push(detail));"


@pytest.fixture(scope="module")
def site(demo: Demo) -> str:
    """The key of the demo's publication."""
    key: str = demo.data("/demo/articles.json")[0]["site"]
    return key


@pytest.fixture(scope="module")
def stranger(demo: Demo, site: str) -> Iterator[HostSite]:
    """A page on an origin that the publication does not list, as www. beside the bare domain, or staging."""
    running = HostSite({"ORIGIN": demo.base_url, "SITE": site, "ARTICLE": LIVELY, "SUBJECT": UNSAID}, {})
    yield running
    running.stop()


@pytest.fixture(scope="module")
def host(demo: Demo, site: str) -> Iterator[HostSite]:
    """The same pages on an origin that the publication lists."""
    running = HostSite({"ORIGIN": demo.base_url, "SITE": site, "ARTICLE": LIVELY, "SUBJECT": UNSAID}, {})
    demo.flask("site", "set", site, "--origin", demo.base_url, "--origin", running.origin)
    yield running
    running.stop()


@pytest.fixture
def said(page: Page) -> list[str]:
    """What the console says of the widget, each with its level before it."""
    heard: list[str] = []

    def hear(message: Any) -> None:
        if message.text.startswith("Byline"):
            heard.append(f"{message.type}: {message.text}")

    page.on("console", hear)
    page.add_init_script(LISTEN)
    return heard


def asked(page: Page) -> list[str]:
    """Return the list in which the addresses of public data arrive as they are asked for."""
    addresses: list[str] = []

    def note(request: Request) -> None:
        if "/public/" in request.url:
            addresses.append(request.url)

    page.on("request", note)
    return addresses


def after_events(page: Page) -> None:
    """Wait until what the page has been told so far has been heard everywhere in it."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


def put(page: Page, before: str | None, after: str | None = None) -> None:
    """Put a widget in the place of the page's own, with its site set before that, or after."""
    page.evaluate(
        """([before, after, article]) => {
          const widget = document.createElement("byline-comments");
          if (before !== null) widget.setAttribute("site", before);
          widget.setAttribute("article", article);
          widget.append(Object.assign(document.createElement("p"), { textContent: "Write to us" }));
          document.querySelector("byline-comments").replaceWith(widget);
          if (after !== null) widget.setAttribute("site", after);
        }""",
        [before, after, LIVELY],
    )


@pytest.mark.console_errors
@pytest.mark.parametrize("name", ["plain", "short"])
def test_where_the_frame_is_refused_a_link_takes_its_place(
    page: Page, stranger: HostSite, demo: Demo, said: list[str], name: str
) -> None:
    """With comments or without, the page stands without a broken frame, and its publisher hears of the origin."""
    page.goto(f"{stranger.origin}/{name}")
    widget = page.locator("byline-comments")
    widget.evaluate("node => node.scrollIntoView()")
    expect(widget.get_by_role("heading", name="Comments")).to_be_visible()
    frame = page.locator(FRAME)
    frame.evaluate_all("found => found.map(each => each.scrollIntoView())")
    link = widget.get_by_role("link", name="Leave a reply")
    expect(link).to_be_visible()
    expect(frame).to_have_count(0)
    address = link.get_attribute("href") or ""
    assert address.startswith(f"{demo.base_url}/threads?")
    assert f"article={LIVELY if name == 'plain' else UNSAID}" in address
    (error,) = page.evaluate("errors")
    assert error["code"] == "frame.silent"
    assert stranger.origin in error["message"]
    assert said == [f"warning: Byline: {error['message']}"]


@pytest.mark.console_errors
def test_where_the_frame_is_refused_the_links_into_it_are_links(
    page: Page, stranger: HostSite, demo: Demo
) -> None:
    """To reply leads to the composer on the comments server, since there is none in the page."""
    page.goto(f"{stranger.origin}/plain")
    widget = page.locator("byline-comments")
    widget.evaluate("node => node.scrollIntoView()")
    widget.get_by_role("link", name="Reply", exact=True).first.click()
    expect(widget.get_by_role("link", name="Leave a reply")).to_be_attached()
    widget.get_by_role("link", name="Reply", exact=True).first.click()
    expect(page).to_have_url(re.compile(re.escape(f"{demo.base_url}/embed/")))
    expect(page.get_by_text("You are answering:")).to_be_visible()


def test_a_frame_that_is_only_slow_is_waited_for(page: Page, host: HostSite, said: list[str]) -> None:
    """However long the composer's page and its scripts take, it stays, and the links lead into it."""
    page.add_init_script(
        "window.heard = []; addEventListener('message', ({ data }) => heard.push(data?.type));"
    )
    page.clock.install()
    waiting: list[Route] = []
    page.route(re.compile(r"/embed/[^.]+\?|/frame/channel"), lambda route: waiting.append(route))
    page.goto(f"{host.origin}/short")
    page.locator(FRAME).evaluate("node => node.scrollIntoView()")
    for _ in ("page", "script"):
        while not waiting:
            page.evaluate("1")
        page.clock.fast_forward(60_000)
        waiting.pop(0).continue_()
    page.wait_for_function("heard.includes('ready')")
    page.clock.fast_forward(60_000)
    after_events(page)
    expect(page.locator(FRAME)).to_have_count(1)
    assert said == page.evaluate("errors") == []


def test_of_two_widgets_only_that_of_the_comment_moves(page: Page, host: HostSite, site: str) -> None:
    """A comment of one list is no reason for the other to ask, nor to build its list anew."""
    page.goto(f"{host.origin}/plain")
    page.evaluate(
        """([site, article]) => {
          const widget = document.createElement("byline-comments");
          for (const [name, value] of [["site", site], ["article", article], ["eager", ""]])
            widget.setAttribute(name, value);
          document.querySelector("main").append(widget);
        }""",
        [site, OTHER],
    )
    first, second = page.locator("byline-comments").nth(0), page.locator("byline-comments").nth(1)
    for widget in (first, second):
        widget.evaluate("node => node.scrollIntoView()")
        widget.get_by_role("article").first.wait_for()
        widget.get_by_role("article").first.evaluate("node => node.dataset.kept = 'yes'")
    addresses = asked(page)
    comment = first.get_by_role("article").nth(2)
    comment.locator("time").click()
    expect(comment).to_be_focused()
    after_events(page)
    assert [address for address in addresses if "comment=" in address] == []
    # One that stands nowhere on the page is looked for, and what is shown stays.
    with (
        page.expect_response(re.compile("comment=987654")),
        page.expect_response(re.compile(f"{OTHER}.*comment=")),
    ):
        page.evaluate("location.hash = '#byline-987654'")
    after_events(page)
    for widget in (first, second):
        expect(widget.get_by_role("article").first).to_have_attribute("data-kept", "yes")


def test_an_address_that_is_changed_leads_to_a_comment_not_yet_shown(page: Page, host: HostSite) -> None:
    """One that came since the list did, or stands on another of its pages, is fetched and shown."""
    missing: list[int] = []

    def without_last(route: Route) -> None:
        answer = route.fetch()
        data = answer.json()
        missing.append(data["comments"].pop()["id"])
        route.fulfill(response=answer, json=data)

    page.route(re.compile(r"thread\.json(?!.*comment=)"), without_last)
    page.goto(f"{host.origin}/plain")
    widget = page.locator("byline-comments")
    widget.evaluate("node => node.scrollIntoView()")
    shown = widget.get_by_role("article")
    shown.first.wait_for()
    before = shown.count()
    page.evaluate(f"location.hash = '#byline-{missing[0]}'")
    expect(widget.locator(f"#byline-{missing[0]}")).to_be_focused()
    assert shown.count() == before + 1


def test_a_count_follows_its_article(page: Page, host: HostSite, site: str) -> None:
    """As the list does, so that a page which moves on without loading keeps its elements."""
    page.goto(f"{host.origin}/plain")
    count = page.locator("byline-count")
    expect(count).to_have_text("18")
    addresses = asked(page)
    count.evaluate("(node, article) => node.setAttribute('article', article)", OTHER)
    expect(count).to_have_text("6")
    count.evaluate("(node, article) => node.setAttribute('article', article)", OTHER)
    after_events(page)
    assert len([address for address in addresses if "counts.json" in address]) == 1


@pytest.mark.parametrize("own", [False, True], ids=["host", "within"])
def test_the_nearest_language_may_stand_outside_a_shadow_root(
    page: Page, host: HostSite, site: str, own: bool
) -> None:
    """A component of the page's own, whose language stands on it, or between it and the widget."""
    page.goto(f"{host.origin}/plain")
    page.evaluate(
        """([site, article, own]) => {
          const outer = document.createElement("div"), inner = document.createElement("div");
          outer.lang = own ? "es" : "fr";
          document.querySelector("byline-comments").replaceWith(outer);
          const root = outer.attachShadow({ mode: "open" });
          root.append(inner);
          if (own) inner.lang = "fr";
          const widget = document.createElement("byline-comments");
          for (const [name, value] of [["site", site], ["article", article], ["eager", ""]])
            widget.setAttribute(name, value);
          inner.attachShadow({ mode: "open" }).append(widget);
        }""",
        [site, LIVELY, own],
    )
    expect(page.locator("byline-comments section")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("heading", name="Commentaires")).to_be_visible()


def nothing_odd(page: Page) -> None:
    """Assert that the widget shows the page's own words alone, and takes no more room than these."""
    widget = page.locator("byline-comments")
    expect(widget).to_have_text("Write to us")
    expect(widget.get_by_text("Write to us")).to_be_visible()
    expect(widget.get_by_role("button")).to_have_count(0)
    assert widget.evaluate("node => node.getBoundingClientRect().height") < 100


@pytest.mark.console_errors
def test_a_widget_without_a_site_says_so_and_asks_for_nothing(
    page: Page, host: HostSite, said: list[str]
) -> None:
    """Neither the list nor the count asks for the comments of a site that nobody named."""
    addresses = asked(page)
    page.goto(f"{host.origin}/plain")
    expect(page.locator("byline-count")).to_have_text("18")
    put(page, None)
    addresses.clear()
    page.wait_for_function("errors.length")
    page.locator("byline-count").evaluate("node => node.removeAttribute('site')")
    page.locator("byline-comments").evaluate("node => node.scrollIntoView()")
    after_events(page)
    (error,) = page.evaluate("errors")
    assert error["code"] == "site.missing"
    assert said == [f"error: Byline: site.missing {error['message']}"] * 2
    assert "attribute site" in error["message"]
    assert addresses == []
    nothing_odd(page)


@pytest.mark.console_errors
def test_a_site_that_there_is_not_is_named_to_the_publisher_alone(
    page: Page, host: HostSite, said: list[str]
) -> None:
    """To try again would not help the reader, who is not asked to."""
    page.goto(f"{host.origin}/plain")
    put(page, "ostrele")
    page.locator("byline-comments").evaluate("node => node.scrollIntoView()")
    page.wait_for_function("errors.length")
    (error,) = page.evaluate("errors")
    assert (error["status"], error["code"]) == (404, "site.unknown")
    assert said == [f"error: Byline: site.unknown {error['message']}"]
    nothing_odd(page)


def test_a_site_that_is_named_a_moment_later_is_no_mistake(
    page: Page, host: HostSite, site: str, said: list[str]
) -> None:
    """Scripts that put an element into a page often set its attributes after that."""
    page.goto(f"{host.origin}/plain")
    put(page, None, site)
    page.locator("byline-comments").evaluate("node => node.scrollIntoView()")
    expect(page.locator("byline-comments").get_by_role("article").first).to_be_visible()
    assert said == page.evaluate("errors") == []
