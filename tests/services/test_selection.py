"""The desk's lists: what stands in each, by which filters, in which order, and how it goes on."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.support.newsroom import NOW, Newsroom
from widget.models import Audience, FindingRow, Identity
from widget.moderation.permissions import Staff
from widget.services import identities, list_counts, opinions, overturnings, queue, reviews, selection
from widget.services.articles import Article
from widget.services.list_counts import Counts
from widget.services.overturnings import Marking
from widget.services.selection import ORDERS, Selection


def listed(session: Session, wanted: Selection, most: int = 2) -> list[int]:
    """Return everything that is meant, page by page."""
    session.rollback()
    found: list[int] = []
    after = None
    while True:
        page = queue.page(session, wanted, after, most)
        found += [card.comment.id for card in page.cards]
        after = page.following
        if after is None:
            return found


def notice(newsroom: Newsroom, comment_id: int, rule: int, number: int, audience: Audience) -> list[int]:
    """Put findings on a comment; return their ids."""
    newsroom._begin()
    rows = [
        FindingRow(
            comment_id=comment_id,
            rule=rule,
            code="check.made-up",
            params={},
            audience=audience,
            check_version=1,
        )
        for _ in range(number)
    ]
    newsroom.session.add_all(rows)
    newsroom.session.flush()
    reviews.count(newsroom.session, comment_id)
    found = [row.id for row in rows]
    newsroom.session.commit()
    return found


@pytest.fixture
def other_site(newsroom: Newsroom, site_id: int) -> int:
    """A second site."""
    return newsroom.site("courier")


def test_each_order_goes_on_where_it_stopped_over_several_sites(
    newsroom: Newsroom, site_id: int, other_site: int
) -> None:
    made = []
    for number, findings in enumerate((0, 2, 0, 1, 2)):
        where = (site_id, other_site)[number % 2]
        sent = NOW + timedelta(minutes=number // 2)
        made.append(
            newsroom.send(where, newsroom.reader(), f"Letter {number}: {'abcde'[number] * 9}", at=sent)
        )
        notice(newsroom, made[-1], 7, findings, Audience.EDITOR)
    expected = {
        "waiting": [0, 1, 2, 3, 4],
        "newest": [4, 3, 2, 1, 0],
        "most": [1, 4, 3, 0, 2],
        "least": [0, 2, 3, 1, 4],
    }
    for order in ORDERS:
        for sites in ([site_id, other_site], [other_site, site_id]):
            found = listed(newsroom.session, Selection(sites, order=order))
            assert [made.index(comment) for comment in found] == expected[order], order
    alone = listed(newsroom.session, Selection([other_site], order="most"), most=1)
    assert [made.index(comment) for comment in alone] == [1, 3]


def test_more_sites_than_legs_come_in_one_order(
    newsroom: Newsroom, site_id: int, other_site: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "_MOST_LEGS", 1)
    late = newsroom.send(site_id, newsroom.reader(), at=NOW + timedelta(minutes=1))
    early = newsroom.send(other_site, newsroom.reader())
    assert listed(newsroom.session, Selection([site_id, other_site]), most=1) == [early, late]


def test_each_filter_keeps_what_it_names(
    newsroom: Newsroom, site_id: int, other_site: int, editor: Staff
) -> None:
    session = newsroom.session
    known, first = newsroom.reader("Known Reader"), newsroom.reader("New Reader")
    newsroom.published(editor, known)
    by_known = newsroom.send(site_id, known, "A letter about the tall ferry.", article="ferry")
    bac = Article("bac", "https://tribune.example/bac", "Le bac reste", "fr")
    by_new = newsroom.send(site_id, first, "Une lettre au sujet du bac et de la rivière.", article=bac)
    noticed = notice(newsroom, by_known, 5, 1, Audience.EDITOR)
    notice(newsroom, by_new, 5, 1, Audience.WRITER)
    sites = [site_id, other_site]
    ferry = newsroom.thread(site_id, "ferry").id
    assert listed(session, Selection(sites, sites, thread_id=ferry)) == [by_known]
    assert listed(session, Selection(sites, sites, account_id=first)) == [by_new]
    assert listed(session, Selection(sites, sites, first_only=True)) == [by_new]
    assert listed(session, Selection(sites, sites, languages=["fr"])) == [by_new]
    assert listed(session, Selection(sites, sites, rule=5)) == [by_known], (
        "what only its writer was told is no finding"
    )
    assert listed(session, Selection([other_site], sites)) == []
    assert listed(session, Selection([], [])) == []
    overturnings.overturn(session, editor, Marking(by_known, 1, noticed), NOW)
    session.commit()
    assert newsroom.comment(by_known).noticed == 0
    assert listed(session, Selection(sites, sites, rule=5)) == []
    overturnings.uphold(session, editor, Marking(by_known, 1, noticed), NOW)
    session.commit()
    assert newsroom.comment(by_known).noticed == 1


def test_a_comment_stands_in_one_list_only(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    session, doubted = newsroom.session, newsroom.reader()
    plain, asked, of_doubted = (
        newsroom.send(site_id, newsroom.reader()),
        newsroom.send(site_id, newsroom.reader()),
        newsroom.send(site_id, doubted),
    )
    opinions.ask(session, editor, asked, "Is this aimed at the mayor?", NOW)
    session.commit()
    identities.mark(session, editor, identities.Marking(doubted, site_id), Identity.DOUBT, NOW)
    session.commit()

    def seen(viewer: Staff, kind: str) -> list[int]:
        return listed(session, Selection([site_id], [site_id], viewer.account_id, kind))

    for viewer in (editor, moderator):
        assert seen(viewer, "waiting") == [plain]
        assert seen(viewer, "doubt") == [of_doubted]
    assert (seen(editor, "opinion"), seen(editor, "asked")) == ([], [asked])
    assert (seen(moderator, "opinion"), seen(moderator, "asked")) == ([asked], [])
    mine = Selection([site_id], [site_id], editor.account_id)
    theirs = Selection([site_id], [site_id], moderator.account_id)
    assert list_counts.counts(session, mine, [site_id], [site_id]) == Counts(1, 1, 0, 0, 0, 0, 1)
    assert list_counts.counts(session, theirs, [site_id], [site_id]) == Counts(1, 1, 1, 0, 0, 0, 1)
    newsroom.decide(moderator, asked, "publish")
    assert seen(editor, "asked") == seen(moderator, "opinion") == []


def test_what_came_in_since_is_counted_by_the_same_filters(newsroom: Newsroom, site_id: int) -> None:
    newsroom.send(site_id, newsroom.reader())
    newsroom.send(site_id, newsroom.reader(), at=NOW + timedelta(minutes=2))
    since = Selection([site_id], [site_id], since=NOW + timedelta(minutes=1))
    assert list_counts.counts(newsroom.session, since, []).fresh == 1
    none = Selection([site_id], [site_id], languages=["fr"], since=NOW + timedelta(minutes=1))
    assert list_counts.counts(newsroom.session, none, []).fresh == 0
