"""Pages whose conversations keep their places, and tombstones where something still answers."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from tests.support.newsroom import NOW, Newsroom, editor, newsroom, reader_id, site_id
from widget import publication
from widget.models import Comment, Site
from widget.moderation.permissions import Staff
from widget.services import sites, threads

__all__ = ["editor", "newsroom", "reader_id", "site_id"]

ATOM = "{http://www.w3.org/2005/Atom}"


def read(client: FlaskClient, query: str = "article=bridge", site: str = "tribune") -> Any:
    """Return the data of a thread."""
    response = client.get(f"/public/{site}/thread.json?{query}")
    assert response.status_code == 200, response.text
    return response.json


def ids(data: Any) -> list[int]:
    """Return the comments shown, in order."""
    return [comment["id"] for comment in data["comments"]]


# ── Pages ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def long_thread(newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff) -> list[int]:
    """Seven conversations in pages of three, the roots' ids in the order of publication."""
    return [newsroom.published(editor, reader_id, at=NOW + timedelta(minutes=number)) for number in range(7)]


@pytest.fixture(autouse=True)
def small_pages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pages of three conversations where a test has a long thread; fifty is asserted below."""
    if "long_thread" in request.fixturenames:
        monkeypatch.setattr(publication, "ROOTS", 3)


def test_a_page_holds_fifty_conversations() -> None:
    assert publication.ROOTS == 50


def test_newest_first_starts_with_the_partial_page_joined_to_the_full_one(
    client: FlaskClient, long_thread: list[int]
) -> None:
    one, two, three, four, five, six, seven = long_thread
    first = read(client)
    assert (ids(first), first["prev"], first["next"]) == ([seven, six, five, four], None, 1)
    second = read(client, "article=bridge&page=1")
    assert (ids(second), second["prev"], second["next"]) == ([three, two, one], 2, None)
    # A page by its number is that page alone, and keeps its number for good.
    middle = read(client, "article=bridge&page=2")
    assert (ids(middle), middle["prev"], middle["next"]) == ([six, five, four], 3, 1)
    last = read(client, "article=bridge&page=3")
    assert (ids(last), last["prev"], last["next"]) == ([seven], None, 2)


def test_oldest_first_runs_the_other_way(client: FlaskClient, long_thread: list[int]) -> None:
    one, two, three, four, five, six, _ = long_thread
    first = read(client, "article=bridge&order=oldest")
    assert (ids(first), first["prev"], first["next"]) == ([one, two, three], None, 2)
    second = read(client, "article=bridge&order=oldest&page=2")
    assert (ids(second), second["prev"], second["next"]) == ([four, five, six], 1, 3)


def test_following_next_meets_every_comment_exactly_once(
    client: FlaskClient, newsroom: Newsroom, long_thread: list[int], reader_id: int, editor: Staff
) -> None:
    for extra in range(3):
        for order in ("newest", "oldest"):
            met, page = [], f"article=bridge&order={order}"
            while page:
                data = read(client, page)
                met += ids(data)
                page = data["next"] and f"article=bridge&order={order}&page={data['next']}"
            expected = long_thread if order == "oldest" else long_thread[::-1]
            assert met == expected
        long_thread.append(newsroom.published(editor, reader_id, at=NOW + timedelta(hours=1 + extra)))


def test_a_publication_changes_one_page_and_moves_nothing(
    client: FlaskClient, newsroom: Newsroom, long_thread: list[int], reader_id: int, editor: Staff
) -> None:
    def comments(page: int) -> list[int]:
        return ids(read(client, f"article=bridge&page={page}"))

    before = [comments(page) for page in (1, 2)]
    late = newsroom.published(editor, reader_id, at=NOW + timedelta(hours=1))
    newsroom.decide(editor, long_thread[0], "remove")
    after = [comments(page) for page in (1, 2, 3)]
    assert after == [before[0][:-1], before[1], [late, long_thread[6]]]
    # Republished, it stands where it stood.
    newsroom.undo(editor, newsroom.decisions(long_thread[0])[-1].id)
    assert comments(1) == before[0]


def test_however_many_replies_a_conversation_has_each_is_shown(
    client: FlaskClient, newsroom: Newsroom, reader_id: int, editor: Staff
) -> None:
    root = newsroom.published(editor, reader_id)
    reply = newsroom.comment(newsroom.published(editor, reader_id, parent_id=root))
    same = {
        column.name: getattr(reply, column.key) for column in Comment.__table__.columns if column.name != "id"
    }
    many = [{**same, "idempotency_key": f"copy-{number}"} for number in range(2100)]
    newsroom.session.execute(insert(Comment.__table__), many)
    newsroom.session.commit()
    shown = ids(read(client))
    assert shown[0] == root
    assert len(set(shown)) == len(shown) == 2 + len(many)


def test_the_page_of_a_comment(
    client: FlaskClient,
    newsroom: Newsroom,
    long_thread: list[int],
    reader_id: int,
    editor: Staff,
    site_id: int,
) -> None:
    late = newsroom.published(editor, reader_id, parent_id=long_thread[1], at=NOW + timedelta(days=1))
    pending = newsroom.send(site_id, reader_id)
    # A reply stands on its root's page, however late it came.
    data = read(client, f"article=bridge&comment={late}")
    assert ids(data) == [long_thread[2], long_thread[1], late, long_thread[0]]
    thread = newsroom.thread(site_id)
    assert publication.page_of(newsroom.session, thread.id, late) == 1
    assert publication.page_of(newsroom.session, thread.id, long_thread[6]) == 3
    assert publication.page_of(newsroom.session, thread.id, pending) is None
    # One that is not public leads to the natural first page, as if it did not exist.
    assert ids(read(client, f"article=bridge&comment={pending}")) == ids(read(client))


def test_the_threads_own_page_has_the_same_pages(
    client: FlaskClient, newsroom: Newsroom, site_id: int, long_thread: list[int]
) -> None:
    number = newsroom.thread(site_id).id
    html = client.get(f"/threads/{number}").text
    assert [f"byline-{one}" in html for one in long_thread] == [False] * 3 + [True] * 4
    assert f"/threads/{number}?page=1" in html
    assert f'href="http://127.0.0.1:8000/threads/{number}"' in html
    oldest = client.get(f"/threads/{number}?order=oldest").text
    assert f"/threads/{number}?page=2&amp;order=oldest" in oldest


# ── Conversations and tombstones ──────────────────────────────────────────────────────────────────────


def test_a_removed_comment_stays_as_a_place_while_something_answers_it(
    client: FlaskClient, newsroom: Newsroom, reader_id: int, editor: Staff, site_id: int
) -> None:
    root = newsroom.published(editor, reader_id, "The root’s own words.")
    reply = newsroom.published(editor, reader_id, parent_id=root)
    below = newsroom.published(editor, reader_id, parent_id=reply)
    lonely = newsroom.published(editor, reader_id)
    for removed in (root, reply, lonely):
        newsroom.decide(editor, removed, "remove")
    data = read(client)
    # Without name, place, text or time; the one nobody answered is gone without a trace.
    assert data["comments"][:2] == [
        {"id": root, "root": root, "parent": None, "removed": True},
        {"id": reply, "root": root, "parent": root, "removed": True},
    ]
    assert ids(data) == [root, reply, below]
    assert data["thread"]["count"] == 1
    for path in ("/public/tribune/thread.html?article=bridge", f"/threads/{newsroom.thread(site_id).id}"):
        html = client.get(path).text
        assert "The root’s own words." not in html
        assert html.count("This comment has been removed.") == 2
    newsroom.decide(editor, below, "remove")
    assert ids(read(client)) == []


def test_replies_stand_under_their_root_by_time_of_publication(
    client: FlaskClient, newsroom: Newsroom, reader_id: int, editor: Staff, site_id: int
) -> None:
    root = newsroom.published(editor, reader_id)
    other = newsroom.published(editor, reader_id, at=NOW + timedelta(minutes=1))
    first_sent = newsroom.send(site_id, reader_id, parent_id=root)
    second_sent = newsroom.send(site_id, reader_id, parent_id=root)
    newsroom.decide(editor, second_sent, "publish", at=NOW + timedelta(minutes=2))
    newsroom.decide(editor, first_sent, "publish", at=NOW + timedelta(minutes=3))
    assert ids(read(client)) == [other, root, second_sent, first_sent]
    assert ids(read(client, "article=bridge&order=oldest")) == [root, second_sent, first_sent, other]


def test_closing_shows(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.published(editor, reader_id)
    before = read(client)["thread"]["version"]
    threads.close(newsroom.session, editor, newsroom.thread(site_id).id, "Enough said.", NOW)
    newsroom.session.commit()
    closed = read(client)["thread"]
    assert (closed["state"], closed["notice"]) == ("closed", "Enough said.")
    assert closed["version"] != before
    assert read(client, "article=other")["thread"]["state"] == "open"
    sites.close(newsroom.session, editor, site_id, "Back on Monday.", NOW)
    newsroom.session.commit()
    assert read(client, "article=other")["thread"]["notice"] == "Back on Monday."
    assert read(client)["thread"]["notice"] == "Enough said."
    assert "Enough said." in client.get("/public/tribune/thread.html?article=bridge").text


def test_closing_by_date_is_told_ahead_and_absolutely(
    client: FlaskClient, newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.published(editor, reader_id)
    newsroom.session.get_one(Site, site_id).auto_close_days = 14
    newsroom.session.commit()
    assert read(client)["thread"]["closes_at"] == "2026-12-06T09:30:00Z"
