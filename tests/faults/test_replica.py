"""PostgreSQL with a replica: it takes over without a restart, loses nothing acknowledged, and its own absence is no hang."""

import time
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.support import frame, system
from tests.support.databases import migrate
from tests.support.forms import Visitor
from tests.support.frame import ARTICLE, FRAME, TEXT, all_comments
from tests.support.newsroom import Newsroom
from tests.support.replica import Pair
from widget import patience
from widget.moderation.permissions import Staff

newsroom, ada, stranger, visitor, editor, site_id = (
    frame.newsroom,
    frame.ada,
    frame.stranger,
    frame.visitor,
    frame.editor,
    frame.site_id,
)
pytestmark = pytest.mark.postgresql

DATA = "/public/tribune/thread.json?article=bridge"
RECEIVED = "Your comment is with the editors."
# docs/deploying.md says seconds.
WITHIN = 20


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A server and its replica; skips the test where there is no PostgreSQL, fails it in CI."""
    binaries = system.POSTGRES.locate()
    if binaries is None:
        system.skip_for_want_of(system.POSTGRES)
    pair = Pair.start(binaries)
    yield pair
    pair.stop()


@pytest.fixture
def engine_url(pair: Pair) -> str:
    """A migrated database on both."""
    migrate(pair.url)
    return pair.url


def test_a_replica_takes_over_and_nothing_that_was_acknowledged_is_lost(
    visitor: Visitor, client: FlaskClient, newsroom: Newsroom, editor: Staff, ada: int, pair: Pair
) -> None:
    pair.be_synchronous("*")
    newsroom.published(editor, ada, TEXT)
    visitor.get(FRAME, **ARTICLE)
    assert RECEIVED in visitor.press("Send to the editors", {"text": "Sent before it burnt down."}).text
    assert client.get(DATA).status_code == 200
    visitor.get(FRAME, **ARTICLE)
    pair.first.kill()
    assert client.get(DATA).status_code == 200, "readers are shown what was right"
    form = {"text": "Sent while nothing answered."}
    assert visitor.send("Send to the editors", form).status_code == 503
    pair.promote()
    began = time.monotonic()
    # As a browser sends the same form once more, until it is received.
    while (answer := visitor.send("Send to the editors", form)).status_code == 503:
        assert time.monotonic() - began < WITHIN
        time.sleep(0.2)
    assert answer.status_code == 303
    newsroom.session.rollback()
    newsroom.published(editor, ada, "Published by the one that took over.", key="after")
    assert {comment.body for comment in all_comments(newsroom)} == {
        TEXT,
        "Sent before it burnt down.",
        "Sent while nothing answered.",
        "Published by the one that took over.",
    }
    while "took over" not in client.get(DATA).text:
        assert time.monotonic() - began < WITHIN


def test_while_a_replica_that_must_confirm_is_away_nobody_hangs_and_nothing_is_doubled(
    visitor: Visitor,
    client: FlaskClient,
    newsroom: Newsroom,
    editor: Staff,
    ada: int,
    pair: Pair,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newsroom.published(editor, ada, TEXT)
    visitor.get(FRAME, **ARTICLE)
    pair.be_synchronous("*")
    pair.second.kill()
    monkeypatch.setattr(patience, "VISITORS", patience.Patience(lock=1, statement=6, answer=2))
    form = {"text": "Kept by one, and not confirmed by the other."}
    began = time.monotonic()
    assert visitor.send("Send to the editors", form).status_code == 503
    assert client.get(DATA).status_code == 200
    assert time.monotonic() - began < WITHIN
    pair.be_synchronous("")
    assert visitor.send("Send to the editors", form).status_code == 303
    newsroom.session.rollback()
    assert sorted(comment.body for comment in all_comments(newsroom)) == sorted([TEXT, form["text"]])
