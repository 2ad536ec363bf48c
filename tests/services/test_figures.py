"""Figures against counts made by hand: totals, times, hours, rules, colleagues, findings, pairs, months."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from tests.support.history import History
from tests.support.newsroom import NOW, Newsroom
from widget.errors import NotFound
from widget.models import Audience, Ban, Decision, FindingRow, Overturning, SecondReading
from widget.moderation.permissions import Staff
from widget.services import figures, transparency
from widget.services.figures import Figures
from widget.services.span import Span

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
WEEK = Span(date(2026, 11, 16), date(2026, 11, 22))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def past(newsroom: Newsroom, site_id: int, reader_id: int) -> History:
    """The past of the site's thread."""
    newsroom.send(site_id, reader_id, at=NOW - timedelta(hours=2))
    return History(newsroom.session, newsroom.thread(site_id).id, reader_id)


def gather(newsroom: Newsroom, site_id: int, span: Span = WEEK, colleagues: tuple[int, ...] = ()) -> Figures:
    newsroom.session.commit()
    return figures.gather(newsroom.session, [site_id], list(colleagues), span, NOW)


def test_times_to_decision_by_nearest_rank_without_what_was_undone(
    newsroom: Newsroom, site_id: int, editor: Staff, past: History
) -> None:
    for minutes in (10, 20, 30, 40, 50, 60, 70, 80, 90, 1000):
        past.decided(
            MONDAY, minutes * MINUTE, editor.account_id, editor.name, rule=7 if minutes == 20 else None
        )
    past.undo(past.decided(MONDAY, 5 * MINUTE, editor.account_id, editor.name), MONDAY + timedelta(minutes=6))
    past.decided(MONDAY, 7 * MINUTE, past.reader_id, "Noor", action="withdraw")
    # On the day before the span, and on the day after it.
    past.decided(MONDAY - timedelta(days=1), MINUTE, editor.account_id, editor.name)
    found = gather(newsroom, site_id)
    assert (found.lengths.count, found.lengths.median, found.lengths.ninth) == (10, 50 * 60, 90 * 60)
    totals = found.totals
    assert (totals.published, totals.refused, totals.withdrawn, totals.removed) == (9, 1, 1, 0)
    # Ten, the one undone, the one withdrawn, and the one the fixture sent.
    assert totals.received == 13
    day = (MONDAY.date() - date(1970, 1, 1)).days
    assert {key: one.count for key, one in found.over_time.items()} == {day: 10}
    assert found.by_site[site_id] == (found.totals, found.lengths)


def test_the_edges_of_a_day_are_those_of_utc(
    newsroom: Newsroom, site_id: int, editor: Staff, past: History
) -> None:
    almost = datetime(2026, 11, 17, 23, 59, 59, 900_000, tzinfo=UTC)
    past.decided(almost - MINUTE, MINUTE, editor.account_id, editor.name)
    past.decided(almost - MINUTE, MINUTE + timedelta(milliseconds=200), editor.account_id, editor.name)
    found = gather(newsroom, site_id)
    days = [(date(1970, 1, 1) + timedelta(days=key)).isoformat() for key in sorted(found.over_time)]
    assert days == ["2026-11-17", "2026-11-18"]
    assert {hour: count for hour, count in found.decided.items() if count} == {23: 1, 0: 1}


def test_long_spans_go_by_weeks_that_begin_on_monday(
    newsroom: Newsroom, site_id: int, editor: Staff, past: History
) -> None:
    for day in (0, 6, 7):
        past.decided(MONDAY + timedelta(days=day), MINUTE, editor.account_id, editor.name)
    span = Span(date(2026, 10, 1), date(2026, 11, 30))
    found = gather(newsroom, site_id, span)
    weeks = {date(1970, 1, 1) + timedelta(days=key): one.count for key, one in found.over_time.items()}
    assert weeks == {date(2026, 11, 16): 2, date(2026, 11, 23): 1}


def test_what_waited_is_worked_out_backwards(
    newsroom: Newsroom, site_id: int, editor: Staff, past: History
) -> None:
    """Two days. Each day one comes at 10:30 and is decided at 12:30: one waited as 11 and 12 began.

    One came the day before and was decided only after the span; the fixture's own waits to this day, from
    after the span on. So the level of every hour is one, and two as 11 and 12 begin.
    """
    span = Span(date(2026, 11, 17), date(2026, 11, 18))
    for day in (17, 18):
        came = datetime(2026, 11, day, 10, 30, tzinfo=UTC)
        past.decided(came, timedelta(hours=2), editor.account_id, editor.name)
    past.decided(MONDAY, timedelta(days=5), editor.account_id, editor.name)
    # Decided and taken back within the hour: it never left.
    found = gather(newsroom, site_id, span).backlog
    assert found.now == 1
    assert found.oldest == NOW - timedelta(hours=2)
    assert {hour: level for hour, level in found.waiting.items() if level != 1} == {11: 2, 12: 2}
    assert {hour: count for hour, count in found.received.items() if count} == {10: 2}


def test_an_undo_puts_a_comment_back_among_those_that_wait(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment = newsroom.send(site_id, reader_id, at=NOW - timedelta(hours=5, minutes=30))
    decision = newsroom.decide(editor, comment, "publish", at=NOW - timedelta(hours=4))
    newsroom.undo(editor, decision, at=NOW - timedelta(hours=2))
    span = Span(NOW.date(), NOW.date())
    waiting = gather(newsroom, site_id, span).backlog.waiting
    # It came at 4:00, was decided at 5:30, waits again since 7:30; the hours after 9:30 are not here yet.
    assert waiting == {0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 1, 6: 0, 7: 0, 8: 1, 9: 1}


def test_by_rule_and_by_colleague(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff, past: History
) -> None:
    for rule in (7, 7, 4, None):
        past.decided(MONDAY, 10 * MINUTE, editor.account_id, editor.name, rule=rule)
    past.decided(MONDAY, 130 * MINUTE, moderator.account_id, moderator.name)
    found = gather(newsroom, site_id, colleagues=(site_id,))
    assert [(one.number, one.count) for one in found.cited] == [(4, 1), (7, 2)]
    assert found.cited[1].titles["en"] == "Respect for one another"
    rows = [(one.name, one.decided, one.refused, one.hours, one.lengths.median) for one in found.moderators]
    assert rows == [("Edda Voss", 4, 3, 1, 600), ("Milo Brandt", 1, 0, 1, 7800)]
    assert gather(newsroom, site_id).moderators == []


def test_findings_overturned_and_pairs(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff, past: History
) -> None:
    decisions = [
        past.decided(MONDAY, MINUTE, editor.account_id, editor.name, rule=rule) for rule in (None, None, 7, 7)
    ]
    for decision, second in zip(decisions, (None, 4, 7, None), strict=True):
        newsroom.session.add(
            SecondReading(
                decision_id=decision, site_id=site_id, drawn_at=MONDAY, account_id=moderator.account_id,
                name=moderator.name, outcome="refuse" if second else "publish", rule=second, read_at=MONDAY,
            )
        )  # fmt: skip
    comment_id = newsroom.session.get_one(Decision, decisions[0]).comment_id
    for wrong in (True, False, False):
        finding = FindingRow(
            comment_id=comment_id, rule=5, code="shouting.word", params={}, audience=Audience.EDITOR,
            check_version=1, check_name="shouting",
        )  # fmt: skip
        newsroom.session.add(finding)
        newsroom.session.flush()
        if wrong:
            newsroom.session.add(Overturning(finding_id=finding.id, name="Edda Voss", created_at=MONDAY))
    found = gather(newsroom, site_id)
    shouting = next(one for one in found.overturned if one.check == "shouting")
    assert (shouting.found, shouting.wrong) == (3, 1)
    assert found.pairs == {("publish", "publish"): 1, ("publish", 4): 1, (7, 7): 1, (7, "publish"): 1}


def test_another_sites_figures_stay_there(
    newsroom: Newsroom, site_id: int, editor: Staff, past: History
) -> None:
    elsewhere = newsroom.site("courier")
    past.decided(MONDAY, MINUTE, editor.account_id, editor.name, rule=7)
    found = gather(newsroom, elsewhere, colleagues=(elsewhere,))
    assert (found.totals.received, found.lengths.count, found.cited, found.moderators) == (0, 0, [], [])
    assert found.backlog.now == 0


def test_there_are_as_many_queries_for_300_comments_as_for_10(
    newsroom: Newsroom, site_id: int, editor: Staff, past: History
) -> None:
    def asked() -> int:
        newsroom.session.commit()
        statements: list[str] = []
        engine = newsroom.session.get_bind()

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            gather(newsroom, site_id, Span(date(2026, 10, 1), date(2026, 11, 30)), (site_id,))
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len([statement for statement in statements if statement.lstrip().startswith("SELECT")])

    for number in range(10):
        past.decided(MONDAY, number * MINUTE, editor.account_id, editor.name, rule=7)
    few = asked()
    for number in range(290):
        rule = (4, 5, 7, 9, None)[number % 5]
        past.decided(
            MONDAY - timedelta(days=number % 40), number * MINUTE, editor.account_id, editor.name, rule=rule
        )
    assert asked() == few <= 16


# ── What the public is told ─────────────────────────────────────────────────────────────────────────


def october(day: int) -> datetime:
    return datetime(2026, 10, day, 12, tzinfo=UTC)


def test_a_month_is_told_without_anybody_recognisable(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, past: History
) -> None:
    for number, rule in enumerate([7] * 8 + [9] * 6 + [4] * 3 + [None] * 20):
        past.decided(october(1 + number % 28), 20 * MINUTE, editor.account_id, editor.name, rule=rule)
    newsroom.session.add(
        Ban(
            account_id=reader_id,
            site_id=site_id,
            rule_id=past.rules[7],
            created_at=october(3),
            created_by_name="E",
        )
    )
    newsroom.session.commit()
    assert transparency.months(newsroom.session, site_id, NOW) == [date(2026, 10, 1)]
    told = transparency.month(newsroom.session, site_id, date(2026, 10, 1), NOW)
    assert (told.received, told.published, told.refused.total, told.median, told.bans) == (
        37,
        20,
        17,
        1200,
        None,
    )
    # Three under rule 4 would be what is left over: rule 9 hides with it.
    assert [(rule.number, rule.count) for rule in told.rules] == [(7, 8)]
    assert told.refused.others == 9


def test_of_few_nothing_exact_is_told(newsroom: Newsroom, site_id: int, editor: Staff, past: History) -> None:
    for rule in (7, 4, None, None):
        past.decided(october(5), 20 * MINUTE, editor.account_id, editor.name, rule=rule)
    newsroom.session.commit()
    told = transparency.month(newsroom.session, site_id, date(2026, 10, 1), NOW)
    assert (told.received, told.published, told.refused.total, told.median, told.bans) == (None,) * 5
    assert told.rules == []


@pytest.mark.parametrize("month", [date(2026, 11, 1), date(2026, 12, 1), date(2026, 9, 1)])
def test_neither_the_running_month_nor_one_before_the_first_comment(
    newsroom: Newsroom, site_id: int, editor: Staff, past: History, month: date
) -> None:
    past.decided(october(5), 20 * MINUTE, editor.account_id, editor.name)
    newsroom.session.commit()
    with pytest.raises(NotFound):
        transparency.month(newsroom.session, site_id, month, NOW)
