"""A page of the frame that is opened by itself: whose it is, about what, and the way back; within a page none of it."""

from typing import Any

import pytest

from tests.support import frame
from tests.support.forms import Page, Visitor
from tests.support.frame import ARTICLE, FRAME, TEXT
from tests.support.newsroom import Newsroom
from widget.moderation.permissions import Staff

newsroom, site_id, editor, ada = frame.newsroom, frame.site_id, frame.editor, frame.ada
stranger, visitor = frame.stranger, frame.visitor


def opened(visitor: Visitor, path: str = "", dest: str = "document", **more: Any) -> Page:
    """Return a page of the frame as a browser shows it that says what it asks for it for."""
    answer = visitor.request(
        "GET", f"{FRAME}{path}", query_string={**ARTICLE, **more}, headers={"Sec-Fetch-Dest": dest}
    )
    return Page(answer, FRAME)


@pytest.mark.parametrize("path", ["", "/forgotten", "/correction", "/report"])
@pytest.mark.parametrize("dest", ["iframe", "empty"])
def test_within_a_page_nothing_is_added(stranger: Visitor, path: str, dest: str) -> None:
    page = opened(stranger, path, dest)
    assert 'class="masthead"' not in page.html
    assert "letterhead.css" not in page.html
    assert "Back to the article" not in page.links


@pytest.mark.parametrize("path", ["", "/forgotten", "/correction", "/report"])
def test_by_itself_it_says_whose_it_is_and_leads_back(
    stranger: Visitor, newsroom: Newsroom, editor: Staff, path: str
) -> None:
    """The title is the public's business once something was published under it."""
    newsroom.published(editor, newsroom.reader(), "The date was fixed in June.")
    page = opened(stranger, path)
    assert '<p class="site"><bdi>The Tribune</bdi></p>' in page.html
    assert page.links["About the bridge"] == ARTICLE["url"]
    assert page.links["Back to the article"] == ARTICLE["url"]
    assert page.html.count('href="/threads/1"') == 1
    assert "letterhead.css" in page.html


def test_a_title_nobody_has_verified_is_not_shown(stranger: Visitor) -> None:
    page = opened(stranger, title="Buy cheap watches")
    assert "cheap watches" not in page.text
    assert page.links[ARTICLE["url"]] == ARTICLE["url"]
    assert page.links["Back to the comments"].startswith("/threads?site=tribune&article=bridge")


def test_an_address_that_is_not_the_sites_is_no_link(stranger: Visitor) -> None:
    page = opened(stranger, url="https://evil.example/bridge")
    assert "The Tribune" in page.text
    assert not any(address.startswith("https://evil.example") for address in page.links.values())
    assert "Back to the article" not in page.links


def test_after_sending_a_link_leads_back(visitor: Visitor) -> None:
    answer = visitor.send("Send to the editors", {"text": TEXT})
    sent = visitor.request("GET", answer.headers["Location"], headers={"Sec-Fetch-Dest": "document"})
    news = sent.get_data(as_text=True).partition('id="news"')[2].partition("</div>")[0]
    assert "Your comment is with the editors." in news
    assert "Back to the comments" in news
