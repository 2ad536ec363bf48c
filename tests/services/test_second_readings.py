"""Second readings: drawn with the decision, dropped with its undo, read blind by somebody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.newsroom import NOW, Newsroom
from widget.errors import Refusal
from widget.models import AuditEntry, Comment, OutboxMail, Role, SecondReading, Site
from widget.moderation.draw import is_drawn
from widget.moderation.permissions import Staff
from widget.services import second_readings

LATER = NOW + timedelta(hours=5)


@pytest.fixture
def site_id(newsroom: Newsroom) -> int:
    """A site where every decision is read twice."""
    return newsroom.site(second_reading_percent=100)


def drawn(newsroom: Newsroom) -> list[int]:
    newsroom.session.rollback()
    return list(
        newsroom.session.scalars(select(SecondReading.decision_id).order_by(SecondReading.decision_id))
    )


def read(newsroom: Newsroom, staff: Staff, decision: int, outcome: str, rule: int | None = None) -> str:
    """Read a decision again; return `read`, or the code of the refusal."""
    newsroom.session.rollback()
    try:
        second_readings.read(newsroom.session, staff, decision, outcome, rule, LATER)
    except Refusal as refusal:
        newsroom.session.rollback()
        return refusal.code
    newsroom.session.commit()
    return "read"


def test_only_publishing_and_refusing_are_drawn(
    newsroom: Newsroom, reader_id: int, editor: Staff, site_id: int
) -> None:
    first, second = newsroom.send(site_id, reader_id), newsroom.send(site_id, reader_id)
    published = newsroom.decide(editor, first, "publish")
    refused = newsroom.decide(editor, second, "refuse")
    newsroom.decide(editor, first, "remove")
    assert drawn(newsroom) == [published, refused]


def test_the_share_is_the_sites_and_the_draw_can_be_repeated(
    newsroom: Newsroom, reader_id: int, editor: Staff, site_id: int
) -> None:
    site = newsroom.session.get_one(Site, site_id)
    site.second_reading_percent = 50
    newsroom.session.commit()
    key = site.second_reading_key
    assert len(key) == 64
    decisions = [newsroom.decide(editor, newsroom.send(site_id, reader_id), "publish") for _ in range(8)]
    assert drawn(newsroom) == [number for number in decisions if is_drawn(key, number, 50)]


def test_an_undone_decision_is_not_read(
    newsroom: Newsroom, reader_id: int, editor: Staff, site_id: int, moderator: Staff
) -> None:
    decision = newsroom.decide(editor, newsroom.send(site_id, reader_id), "publish")
    assert read(newsroom, moderator, decision, "publish") == "read"
    newsroom.undo(editor, decision)
    assert drawn(newsroom) == []
    assert read(newsroom, moderator, decision, "publish") == "second-reading.unknown"


def test_reading_changes_nothing_but_the_count(
    newsroom: Newsroom, reader_id: int, editor: Staff, site_id: int, moderator: Staff
) -> None:
    comment = newsroom.send(site_id, reader_id)
    decision = newsroom.decide(editor, comment, "publish")
    mails = newsroom.session.scalars(select(OutboxMail.id)).all()
    assert read(newsroom, moderator, decision, "refuse", 7) == "read"
    row = newsroom.session.get_one(SecondReading, decision)
    assert (row.outcome, row.rule, row.name, row.read_at) == ("refuse", 7, moderator.name, LATER)
    after = newsroom.session.get_one(Comment, comment)
    assert (after.state.value, after.version) == ("published", 2)
    assert newsroom.session.scalars(select(OutboxMail.id)).all() == mails
    trail = newsroom.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert trail is not None
    assert (trail.action, trail.subject) == ("decision.second-read", f"decision:{decision}")
    assert trail.changes == {"before": {}, "after": {"outcome": "refuse", "rule": 7}}


@pytest.mark.parametrize(
    ("outcome", "rule", "code"),
    [
        ("refuse", None, "rule.missing"),
        ("refuse", 3, "rule.not-citable"),
        ("refuse", 99, "rule.not-citable"),
        # Rule 14 needs a note to the writer; here nobody is told, so none is asked for.
        ("refuse", 14, "read"),
        ("remove", 7, "action.unknown"),
        ("publish", None, "read"),
    ],
)
def test_what_can_be_said(
    newsroom: Newsroom,
    reader_id: int,
    editor: Staff,
    site_id: int,
    moderator: Staff,
    outcome: str,
    rule: int | None,
    code: str,
) -> None:
    decision = newsroom.decide(editor, newsroom.send(site_id, reader_id), "publish")
    assert read(newsroom, moderator, decision, outcome, rule) == code


def test_nobody_reads_what_they_decided_or_wrote_nor_what_is_another_sites(
    newsroom: Newsroom, reader_id: int, editor: Staff, site_id: int, moderator: Staff
) -> None:
    ours = newsroom.decide(editor, newsroom.send(site_id, reader_id), "publish")
    own = newsroom.decide(editor, newsroom.send(site_id, moderator.account_id), "publish")
    stranger = newsroom.staff(Role.ADMIN, newsroom.site("courier"))
    assert read(newsroom, editor, ours, "publish") == "second-reading.own"
    assert read(newsroom, moderator, own, "publish") == "second-reading.own"
    assert read(newsroom, stranger, ours, "publish") == "second-reading.unknown"
    session = newsroom.session
    waiting = second_readings.waiting(session, moderator, [site_id])
    assert waiting is not None
    assert waiting.decision_id == ours
    assert second_readings.waiting(session, moderator, [site_id], after=ours) is None
    assert second_readings.waiting(session, editor, [site_id]) is None
    assert (
        second_readings.count(session, moderator, [site_id]),
        second_readings.count(session, editor, [site_id]),
    ) == (1, 0)


def test_who_decided_the_comment_before_an_undo_does_not_read_it_either(
    newsroom: Newsroom, reader_id: int, editor: Staff, site_id: int, moderator: Staff
) -> None:
    comment = newsroom.send(site_id, reader_id)
    newsroom.undo(moderator, newsroom.decide(moderator, comment, "refuse"))
    decision = newsroom.decide(editor, comment, "publish")
    assert second_readings.waiting(newsroom.session, moderator, [site_id]) is None
    assert read(newsroom, moderator, decision, "publish") == "second-reading.own"


def test_one_is_read_once(
    newsroom: Newsroom, reader_id: int, editor: Staff, site_id: int, moderator: Staff
) -> None:
    decision = newsroom.decide(editor, newsroom.send(site_id, reader_id), "publish")
    third = newsroom.staff(Role.MODERATOR, site_id)
    assert read(newsroom, moderator, decision, "publish") == "read"
    assert read(newsroom, third, decision, "refuse", 7) == "second-reading.read"
    assert newsroom.session.get_one(SecondReading, decision).outcome == "publish"


def test_the_rules_are_those_of_the_day_of_the_decision(
    newsroom: Newsroom, reader_id: int, editor: Staff, site_id: int, moderator: Staff
) -> None:
    decision = newsroom.decide(editor, newsroom.send(site_id, reader_id), "refuse")
    newsroom.amend(site_id, retired={7})
    shown = second_readings.waiting(newsroom.session, moderator, [site_id])
    assert shown is not None
    assert 7 in {rule.number for rule in shown.rules}
    assert read(newsroom, moderator, decision, "refuse", 7) == "read"
