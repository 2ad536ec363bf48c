"""Whoever comes back to an article sees its comments as they are, not as the browser remembers them."""

from playwright.sync_api import Page, Response, expect

from tests.support.demo import Demo


def test_coming_back_at_once_shows_what_has_changed(page: Page, demo: Demo) -> None:
    """Without asking, browsers show what is up to five seconds stale, as they are told to let shared caches do."""
    article = next(
        row for row in demo.data("/demo/articles.json") if row["state"] == "open" and row["language"] == "en"
    )
    kept: list[Response] = []
    page.on("response", lambda answer: kept.append(answer) if "/thread.json?" in answer.url else None)
    for _ in range(2):
        page.goto(article["url"])
        page.locator("byline-comments").scroll_into_view_if_needed()
        expect(page.get_by_role("heading", name="Comments", exact=True)).to_be_visible()
    first, again = (answer.request.all_headers() for answer in kept)
    assert "if-none-match" not in first
    assert again["if-none-match"] == kept[0].headers["etag"]
    assert [answer.request.all_headers().get("cache-control") for answer in kept] == ["max-age=0"] * 2
