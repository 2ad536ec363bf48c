"""What anybody tells the newsroom: reports of comments, corrections of articles."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.support.newsroom import NOW, Newsroom
from widget.errors import NotFound, Refusal, Refusals
from widget.models import (
    AuditEntry,
    Comment,
    Correction,
    OutboxMail,
    Report,
    ReportOutcome,
    Role,
    Site,
)
from widget.moderation.permissions import Staff
from widget.services import letterbox, list_counts, outbox
from widget.services.articles import Article
from widget.services.letterbox import Letter
from widget.services.list_counts import Counts
from widget.services.selection import Selection

ARTICLE = Article("bridge", "https://tribune.example/bridge", "About the bridge", "en")


def test_a_report_is_about_something_published_and_names_a_rule(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.published(editor, reader_id)
    session = newsroom.session
    letterbox.report(session, comment_id, 14, Letter(" It is unkind. \r\n"), NOW)
    session.commit()
    (row,) = session.scalars(select(Report))
    assert (row.rule, row.note, row.email, row.outcome) == (14, "It is unkind.", None, None)
    for rule, letter, codes in (
        (None, Letter(""), ["rule.missing"]),
        (3, Letter(""), ["rule.not-citable"]),
        (7, Letter("a" * 2001), ["letter.long"]),
        (7, Letter("", "ada"), ["email.malformed"]),
        (14, Letter(" ", "ada"), ["report.unexplained", "email.malformed"]),
        (18, Letter("a" * 2001, "ada"), ["rule.not-citable", "letter.long", "email.malformed"]),
    ):
        with pytest.raises(Refusals) as refused:
            letterbox.report(session, comment_id, rule, letter, NOW)
        assert [item.code for item in refused.value.refusals] == codes
    for unknown in (newsroom.send(site_id, reader_id), 999_999):
        with pytest.raises(NotFound):
            letterbox.report(session, unknown, 7, Letter(""), NOW)


def test_a_correction_reaches_the_newsrooms_address(newsroom: Newsroom, site_id: int) -> None:
    session = newsroom.session
    for address in (None, "corrections@tribune.example"):
        session.get_one(Site, site_id).corrections_email = address
        session.commit()
        site = session.get_one(Site, site_id)
        letterbox.correct(session, site, ARTICLE, Letter("It is 1912, not 1921.", "ada@post.example"), NOW)
        session.commit()
    assert [row.body for row in session.scalars(select(Correction))] == ["It is 1912, not 1921."] * 2
    (mail,) = session.scalars(select(OutboxMail))
    assert (mail.template, mail.recipient) == ("correction", "corrections@tribune.example")
    with pytest.raises(Refusals) as refused:
        letterbox.correct(session, session.get_one(Site, site_id), ARTICLE, Letter(" ", "x"), NOW)
    assert [item.code for item in refused.value.refusals] == ["letter.missing", "email.malformed"]
    foreign = Article("bridge", "https://evil.example/", "", "en")
    with pytest.raises(Refusal, match=r"article\.foreign"):
        letterbox.correct(session, session.get_one(Site, site_id), foreign, Letter("x"), NOW)


def test_a_letter_is_handled_once_by_whoever_may(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    session = newsroom.session
    report = letterbox.report(session, newsroom.published(editor, reader_id), 7, Letter(""), NOW).id
    session.commit()
    correction = letterbox.correct(session, session.get_one(Site, site_id), ARTICLE, Letter("x"), NOW).id
    session.commit()
    assert list_counts.counts(session, Selection([site_id], [site_id]), [site_id]) == Counts(
        0, 0, 0, answers=0, reports=1, corrections=1, doubts=0
    )
    stranger = newsroom.staff(Role.ADMIN, newsroom.site("courier"))
    for handle, number in ((letterbox.keep, report), (letterbox.handle_correction, correction)):
        with pytest.raises(NotFound):
            handle(session, stranger, number, NOW)
        session.rollback()
        assert handle(session, moderator, number, NOW).handled_by_name == moderator.name
        session.commit()
        with pytest.raises(Refusal) as twice:
            handle(session, editor, number, NOW)
        assert (twice.value.code, twice.value.params) == ("letterbox.handled", {"who": moderator.name})
        session.rollback()
    assert session.get_one(Report, report).outcome is ReportOutcome.KEPT
    assert list_counts.counts(session, Selection([site_id], [site_id]), [site_id]) == Counts(
        0, 0, 0, answers=0, reports=0, corrections=0, doubts=0
    )
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["report.keep", "correction.handle"]


def test_reports_and_corrections_are_read_page_by_page(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    session, comment_ids = newsroom.session, [newsroom.published(editor, reader_id) for _ in range(3)]
    site = session.get_one(Site, site_id)
    for comment_id in comment_ids:
        letterbox.report(session, comment_id, 7, Letter(""), NOW)
        session.commit()
        letterbox.correct(session, site, ARTICLE, Letter("x"), NOW)
        session.commit()
    first = letterbox.open_reports(session, [site_id], 2)
    assert [row.comment_id for row in first] == comment_ids[:2]
    rest = letterbox.open_reports(session, [site_id], 2, first[-1].id)
    assert [row.comment_id for row in rest] == comment_ids[2:]
    known = letterbox.open_corrections(session, [site_id], 2)
    assert len(letterbox.open_corrections(session, [site_id], 2, known[-1].id)) == 1


def test_however_many_reports_of_one_comment_come_those_of_others_are_listed(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    flooded, other = newsroom.published(editor, reader_id), newsroom.published(editor, reader_id)
    session, most = newsroom.session, letterbox.MOST_LISTED
    for comment_id, rule in [(flooded, 7)] * (most + 3) + [(flooded, letterbox.REMOVAL_ASKED), (other, 7)]:
        session.add(Report(site_id=site_id, comment_id=comment_id, rule=rule, created_at=NOW))
        session.flush()
    session.commit()

    def listed() -> list[tuple[int, int]]:
        return [(row.comment_id, row.rule) for row in letterbox.open_reports(session, [site_id], 100)]

    assert listed() == [(flooded, 7)] * most + [(flooded, letterbox.REMOVAL_ASKED), (other, 7)]
    assert letterbox.beyond(session, [flooded, other]) == {flooded: 3}
    comment = session.get_one(Comment, flooded)
    about = letterbox.open_about(session, editor, comment)
    assert (len(about), about[0].rule) == (most, letterbox.REMOVAL_ASKED)
    # Of what is handled the next one takes the place.
    letterbox.keep(session, editor, letterbox.open_reports(session, [site_id], 1)[0].id, NOW)
    session.commit()
    assert len(listed()) == most + 2
    assert letterbox.beyond(session, [flooded, other]) == {flooded: 2}


def test_a_newsroom_gets_no_more_mail_of_corrections_than_people_write(
    newsroom: Newsroom, site_id: int
) -> None:
    session = newsroom.session
    session.get_one(Site, site_id).corrections_email = "corrections@tribune.example"
    session.commit()

    def written(times: int, at: datetime) -> int:
        for _ in range(times):
            letterbox.correct(session, session.get_one(Site, site_id), ARTICLE, Letter("x"), at)
            session.commit()
        return len(session.scalars(select(OutboxMail)).all())

    (_, an_hour), (_, a_day) = outbox.NEWSROOM_CAPS
    assert written(an_hour + 1, NOW) == an_hour
    assert len(session.scalars(select(Correction)).all()) == an_hour + 1, "all of them stand at the desk"
    assert written(1, NOW + timedelta(hours=2)) == an_hour + 1
    assert a_day > an_hour


def test_removing_settles_the_reports(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.published(editor, reader_id)
    other = newsroom.published(editor, reader_id)
    for reported in (comment_id, comment_id, other):
        letterbox.report(newsroom.session, reported, 7, Letter("Rude."), NOW)
        newsroom.session.commit()
    newsroom.decide(editor, comment_id, "remove")
    reports = newsroom.session.scalars(select(Report).order_by(Report.id)).all()
    assert [report.outcome for report in reports] == [ReportOutcome.REMOVED, ReportOutcome.REMOVED, None]
    assert reports[0].handled_by_name == editor.name
    assert [row.id for row in letterbox.open_reports(newsroom.session, [site_id], 10)] == [reports[2].id]


def test_undoing_a_removal_opens_again_the_reports_that_it_settled_and_no_others(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.published(editor, reader_id)
    session, later = newsroom.session, NOW + timedelta(hours=1)

    def report() -> int:
        number = letterbox.report(session, comment_id, 7, Letter("Rude."), NOW).id
        session.commit()
        return number

    kept = report()
    letterbox.keep(session, editor, kept, NOW)
    session.commit()
    settled = report()
    taken = newsroom.decide(editor, comment_id, "remove", at=later)
    newsroom.undo(editor, taken, at=later)
    (row,) = letterbox.open_reports(session, [site_id], 10)
    assert (row.id, row.outcome, row.handled_by_id, row.handled_by_name) == (settled, None, None, None)
    assert session.get_one(Report, kept).outcome is ReportOutcome.KEPT
    # Undone a second time, it is again what that removal settled.
    newsroom.undo(editor, newsroom.decide(editor, comment_id, "remove", at=later), at=later)
    assert [row.id for row in letterbox.open_reports(session, [site_id], 10)] == [settled]
