"""Findings marked as wrong, and what the marks say of a check."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.newsroom import NOW, Newsroom
from widget.errors import Forbidden, NotFound, Stale
from widget.models import Audience, AuditEntry, Comment, FindingRow, Overturning, Role, Site
from widget.moderation.permissions import Staff
from widget.services import check_figures, comments, overturnings
from widget.services.check_figures import Figures
from widget.services.overturnings import Marking

SHOUTED = "We will NEVER accept this, it is a SHAME."


@pytest.fixture
def comment_id(newsroom: Newsroom, site_id: int, reader_id: int) -> int:
    return newsroom.send(site_id, reader_id, SHOUTED)


def marking(newsroom: Newsroom, comment_id: int, *finding_ids: int) -> Marking:
    version = newsroom.comment(comment_id).version
    return Marking(comment_id, version, finding_ids or findings(newsroom, comment_id))


def findings(newsroom: Newsroom, comment_id: int) -> list[int]:
    newsroom.session.rollback()
    query = select(FindingRow.id).where(FindingRow.comment_id == comment_id).order_by(FindingRow.id)
    return list(newsroom.session.scalars(query))


def marks(newsroom: Newsroom) -> list[tuple[int, str]]:
    newsroom.session.rollback()
    rows = newsroom.session.execute(
        select(Overturning.finding_id, Overturning.name).order_by(Overturning.finding_id)
    )
    return [(row.finding_id, row.name) for row in rows]


def trail(newsroom: Newsroom) -> list[str]:
    newsroom.session.rollback()
    query = select(AuditEntry.action).where(AuditEntry.action.startswith("finding."))
    return list(newsroom.session.scalars(query.order_by(AuditEntry.id)))


def test_a_mark_is_made_once_and_taken_back(
    newsroom: Newsroom, comment_id: int, moderator: Staff, editor: Staff
) -> None:
    session = newsroom.session
    first, second = findings(newsroom, comment_id)
    overturnings.overturn(session, moderator, marking(newsroom, comment_id, first), NOW)
    session.commit()
    # A colleague marks both: the first mark stays whose it was.
    overturnings.overturn(session, editor, marking(newsroom, comment_id, first, second), NOW)
    session.commit()
    overturnings.overturn(session, editor, marking(newsroom, comment_id, second), NOW)
    session.commit()
    assert marks(newsroom) == [(first, "Milo Brandt"), (second, "Edda Voss")]
    assert trail(newsroom) == ["finding.overturn", "finding.overturn"]
    overturnings.uphold(session, editor, marking(newsroom, comment_id, first), NOW)
    session.commit()
    overturnings.uphold(session, editor, marking(newsroom, comment_id, first), NOW)
    session.commit()
    assert marks(newsroom) == [(second, "Edda Voss")]
    assert trail(newsroom) == ["finding.overturn", "finding.overturn", "finding.uphold"]


def test_an_edited_text_has_findings_of_its_own_and_a_mark_on_the_old_one_is_stale(
    newsroom: Newsroom, comment_id: int, reader_id: int, moderator: Staff
) -> None:
    session = newsroom.session
    old = marking(newsroom, comment_id)
    overturnings.overturn(session, moderator, old, NOW)
    session.commit()
    comments.edit(session, reader_id, comment_id, "We will NEVER accept this, and it is SHAMEFUL.", 1, NOW)
    session.commit()
    assert findings(newsroom, comment_id)
    assert marks(newsroom) == []
    with pytest.raises(Stale):
        overturnings.overturn(session, moderator, old, NOW)


def test_who_may_mark_what(
    newsroom: Newsroom, site_id: int, comment_id: int, reader_id: int, moderator: Staff
) -> None:
    session = newsroom.session
    good = marking(newsroom, comment_id)
    stranger = newsroom.staff(Role.ADMIN, newsroom.site("courier"))
    with pytest.raises(NotFound):
        overturnings.overturn(session, stranger, good, NOW)
    session.rollback()
    other = newsroom.send(site_id, reader_id, "What a SHAME this is for all of us.")
    for wrong in ([*findings(newsroom, other)], [999_999], []):
        session.rollback()
        with pytest.raises(NotFound):
            overturnings.overturn(session, moderator, replace(good, finding_ids=wrong), NOW)
    session.rollback()
    own = newsroom.send(site_id, moderator.account_id, "What a SHAME that is, my friends.")
    with pytest.raises(Forbidden):
        overturnings.overturn(session, moderator, marking(newsroom, own), NOW)
    session.rollback()
    session.get_one(Site, site_id).own_decisions = True
    session.commit()
    overturnings.overturn(session, moderator, marking(newsroom, own), NOW)


def test_what_only_the_writer_was_told_cannot_be_marked(
    newsroom: Newsroom, comment_id: int, moderator: Staff
) -> None:
    first = findings(newsroom, comment_id)[0]
    newsroom.session.get_one(FindingRow, first).audience = Audience.WRITER
    newsroom.session.commit()
    with pytest.raises(NotFound):
        overturnings.overturn(newsroom.session, moderator, marking(newsroom, comment_id, first), NOW)


def test_the_figures_count_what_staff_decided_within_90_days(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    def send(number: int) -> int:
        return newsroom.send(site_id, newsroom.reader(), f"We will NEVER accept this, all {number} of us.")

    def figures() -> Figures:
        newsroom.session.rollback()
        return check_figures.figures(newsroom.session, site_id, NOW).get("shouting", Figures())

    waiting, withdrawn, kept, cited, other, old, undone = map(send, range(7))
    assert figures() == Figures()
    comments.withdraw(newsroom.session, newsroom.comment(withdrawn).account_id or 0, withdrawn, 1, NOW)
    newsroom.session.commit()
    newsroom.decide(editor, kept, "publish")
    newsroom.decide(editor, cited, "refuse", rule=5)
    newsroom.decide(editor, other, "refuse", rule=7)
    newsroom.decide(editor, old, "refuse", rule=5, at=NOW - timedelta(days=91))
    newsroom.undo(editor, newsroom.decide(editor, undone, "publish"))
    assert figures() == Figures(noticed=3, cited=1, overturned=0)
    for comment_id in (kept, waiting):
        overturnings.overturn(newsroom.session, editor, marking(newsroom, comment_id), NOW)
        newsroom.session.commit()
    assert figures() == Figures(noticed=3, cited=1, overturned=1)
    newsroom.decide(editor, kept, "remove", rule=5)
    assert figures() == Figures(noticed=3, cited=2, overturned=1)
    assert newsroom.session.get_one(Comment, waiting).version == 1
    elsewhere = newsroom.site("courier")
    assert check_figures.figures(newsroom.session, elsewhere, NOW) == {}


@pytest.mark.parametrize(
    ("noticed", "overturned", "proposed"),
    [(19, 19, False), (20, 4, False), (20, 5, True), (100, 20, False), (100, 21, True), (0, 0, False)],
)
def test_more_than_one_in_five_of_at_least_twenty(noticed: int, overturned: int, proposed: bool) -> None:
    assert Figures(noticed, 0, overturned).is_wrong_too_often is proposed
