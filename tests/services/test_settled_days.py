"""Days that are kept say what a fresh count says, whatever happens to them afterwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from tests.support.history import History
from tests.support.newsroom import NOW, Newsroom
from widget.models import Account, FindingRow, ReopenedDay, SecondReading, SettledDay
from widget.moderation.permissions import Staff
from widget.services import (
    check_figures,
    comments,
    errands,
    figures,
    overturnings,
    second_readings,
    settled_days,
    transparency,
)
from widget.services.overturnings import Marking
from widget.services.span import Span

# The day of what happens, and a later one on which it is changed.
THEN, SOON = NOW - timedelta(days=3), NOW - timedelta(days=2)
SPAN = Span((NOW - timedelta(days=9)).date(), NOW.date())
SHOUTED = "We will NEVER accept this, all {} of us."


def everything(newsroom: Newsroom, site_id: int) -> tuple[object, ...]:
    session = newsroom.session
    session.rollback()
    return (
        figures.gather(session, [site_id], [site_id], SPAN, NOW),
        # What came after a span belongs to how much waited in it.
        figures.gather(session, [site_id], [site_id], Span(SPAN.first, THEN.date()), NOW),
        check_figures.figures(session, site_id, NOW),
    )


def kept_and_fresh(newsroom: Newsroom, site_id: int) -> tuple[object, object]:
    """Return everything as it is told with days that were kept, and counted anew without any of them."""
    kept = everything(newsroom, site_id)
    session = newsroom.session
    for model in (SettledDay, ReopenedDay):
        session.execute(delete(model))
    session.flush()
    # The same transaction, which is then rolled back: what is kept stays for what comes next.
    fresh = (
        figures.gather(session, [site_id], [site_id], SPAN, NOW),
        figures.gather(session, [site_id], [site_id], Span(SPAN.first, THEN.date()), NOW),
        check_figures.figures(session, site_id, NOW),
    )
    session.rollback()
    return kept, fresh


def send(newsroom: Newsroom, site_id: int, number: int = 1, at: datetime = THEN) -> int:
    return newsroom.send(site_id, newsroom.reader(), SHOUTED.format(number), at=at)


def settle(newsroom: Newsroom) -> int:
    newsroom.session.rollback()
    return settled_days.settle(newsroom.session, NOW)


def open_days(newsroom: Newsroom) -> set[date]:
    newsroom.session.rollback()
    return set(newsroom.session.scalars(select(ReopenedDay.day)))


@pytest.fixture
def busy(newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff, reader_id: int) -> dict[str, int]:
    """Comments of an earlier day: published, refused, waiting, and one drawn, read by a colleague."""
    made = {name: send(newsroom, site_id, number) for number, name in enumerate(("fine", "rude", "waits"))}
    made["fine decided"] = newsroom.decide(editor, made["fine"], "publish", at=THEN + timedelta(hours=1))
    made["rude decided"] = newsroom.decide(
        editor, made["rude"], "refuse", rule=5, at=THEN + timedelta(hours=2)
    )
    session = newsroom.session
    session.execute(delete(SecondReading))
    row = {"decision_id": made["fine decided"], "site_id": site_id, "drawn_at": THEN}
    session.add(
        SecondReading(**row, account_id=moderator.account_id, name="M", outcome="publish", read_at=SOON)
    )
    session.commit()
    return made


def overturn(newsroom: Newsroom, staff: Staff, comment_id: int, verb: Callable[..., None]) -> None:
    ids = newsroom.session.scalars(select(FindingRow.id).where(FindingRow.comment_id == comment_id)).all()
    assert ids
    version = newsroom.comment(comment_id).version
    newsroom.session.rollback()
    verb(newsroom.session, staff, Marking(comment_id, version, ids), NOW)
    newsroom.session.commit()


def test_kept_days_say_what_a_fresh_count_says(
    newsroom: Newsroom, site_id: int, busy: dict[str, int]
) -> None:
    assert settle(newsroom) == 3
    kept, fresh = kept_and_fresh(newsroom, site_id)
    assert kept == fresh
    found = kept[0]  # type: ignore[index]
    assert (found.totals.published, found.totals.refused, found.totals.received) == (1, 1, 3)
    assert found.pairs == {("publish", "publish"): 1}


def test_what_is_kept_is_what_is_told(newsroom: Newsroom, site_id: int, busy: dict[str, int]) -> None:
    settle(newsroom)
    rows = newsroom.session.scalars(select(SettledDay).where(SettledDay.day == THEN.date())).all()
    for row in rows:
        row.work = {**row.work, "outcomes": {"publish": 77}}
    newsroom.session.commit()
    found = figures.gather(newsroom.session, [site_id], [site_id], SPAN, NOW)
    assert found.totals.published == 77


@pytest.mark.parametrize("change", ["undo", "remove", "amend", "overturn", "uphold", "withdraw", "decide"])
def test_whatever_changes_a_day_reopens_it(
    newsroom: Newsroom, site_id: int, editor: Staff, busy: dict[str, int], change: str
) -> None:
    if change == "uphold":
        overturn(newsroom, editor, busy["rude"], overturnings.overturn)
    settle(newsroom)
    assert open_days(newsroom) == set()
    before = everything(newsroom, site_id)
    session = newsroom.session
    if change == "undo":
        newsroom.undo(editor, busy["fine decided"], at=NOW)
        # Its second reading went too, and that was counted on the day it was made.
        assert open_days(newsroom) == {THEN.date(), SOON.date()}
    elif change == "remove":
        newsroom.decide(editor, busy["fine"], "remove", rule=5)
    elif change == "amend":
        writer = newsroom.comment(busy["waits"]).account_id or 0
        comments.edit(session, writer, busy["waits"], "Nothing is shouted here any more, my friends.", 1, NOW)
        session.commit()
    elif change in ("overturn", "uphold"):
        overturn(newsroom, editor, busy["rude"], getattr(overturnings, change))
    elif change == "withdraw":
        writer = newsroom.comment(busy["waits"]).account_id or 0
        comments.withdraw(session, writer, busy["waits"], 1, NOW)
        session.commit()
    else:
        newsroom.decide(editor, busy["waits"], "publish")
    kept, fresh = kept_and_fresh(newsroom, site_id)
    assert kept == fresh != before
    settle(newsroom)
    assert open_days(newsroom) == set()
    assert kept_and_fresh(newsroom, site_id) == (fresh, fresh)


def test_today_is_never_reopened_nor_kept(
    newsroom: Newsroom, site_id: int, editor: Staff, busy: dict[str, int]
) -> None:
    decision = newsroom.decide(editor, busy["waits"], "publish")
    newsroom.undo(editor, decision)
    settle(newsroom)
    assert open_days(newsroom) == set()
    assert newsroom.session.scalar(select(func.max(SettledDay.day))) == NOW.date() - timedelta(days=1)


def test_a_day_is_left_alone_for_an_hour_after_it_is_over(newsroom: Newsroom, site_id: int) -> None:
    send(newsroom, site_id, at=datetime(2026, 11, 19, 23, 30, tzinfo=UTC))
    newsroom.session.rollback()
    assert settled_days.settle(newsroom.session, datetime(2026, 11, 20, 0, 59, tzinfo=UTC)) == 0
    assert settled_days.settle(newsroom.session, datetime(2026, 11, 20, 1, 0, tzinfo=UTC)) == 1


def test_what_changes_a_day_while_it_is_counted_leaves_it_open(
    newsroom: Newsroom, site_id: int, busy: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = settled_days.day_counts.checks

    def interrupted(*arguments: object) -> object:
        found = counted(*arguments)  # type: ignore[arg-type]
        newsroom.session.rollback()
        newsroom.session.add(ReopenedDay(site_id=site_id, day=THEN.date()))
        newsroom.session.commit()
        return found

    monkeypatch.setattr(settled_days.day_counts, "checks", interrupted)
    settle(newsroom)
    assert open_days(newsroom) == {THEN.date()}
    monkeypatch.undo()
    settle(newsroom)
    assert open_days(newsroom) == set()


def test_the_slower_of_two_workers_keeps_nothing(
    newsroom: Newsroom, site_id: int, busy: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = settled_days.day_counts.checks

    def overtaken(*arguments: object) -> object:
        monkeypatch.undo()
        newsroom.session.rollback()
        assert settled_days.settle(newsroom.session, NOW) == 3
        return counted(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(settled_days.day_counts, "checks", overtaken)
    assert settle(newsroom) == 0
    assert set(newsroom.session.scalars(select(SettledDay.version))) == {1}


def test_those_whose_accounts_are_gone_are_one(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff, busy: dict[str, int]
) -> None:
    newsroom.decide(moderator, busy["waits"], "publish", at=SOON)
    settle(newsroom)
    for staff in (editor, moderator):
        newsroom.session.delete(newsroom.session.get_one(Account, staff.account_id))
    newsroom.session.commit()
    kept, fresh = kept_and_fresh(newsroom, site_id)
    assert kept == fresh
    (gone,) = kept[0].moderators  # type: ignore[index]
    assert (gone.account_id, gone.decided) == (None, 3)


def test_the_worker_settles(newsroom: Newsroom, site_id: int, busy: dict[str, int]) -> None:
    errands.run(newsroom.session, NOW)
    assert newsroom.session.scalar(select(func.count()).select_from(SettledDay)) == 3


def test_a_month_is_told_from_kept_days(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.send(site_id, reader_id, at=NOW - timedelta(hours=2))
    past = History(newsroom.session, newsroom.thread(site_id).id, reader_id)
    for number in range(20):
        came = datetime(2026, 10, 1 + number, 12, tzinfo=UTC)
        past.decided(
            came, timedelta(minutes=number), editor.account_id, editor.name, rule=7 if number < 6 else None
        )
    newsroom.session.commit()
    first = date(2026, 10, 1)
    fresh = transparency.month(newsroom.session, site_id, first, NOW)
    settle(newsroom)
    assert transparency.month(newsroom.session, site_id, first, NOW) == fresh
    assert (fresh.received, fresh.published, fresh.median) == (20, 14, 540)


def test_kept_days_are_not_counted_again(
    newsroom: Newsroom, site_id: int, busy: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(newsroom)
    counted, days = settled_days.day_counts.work, []

    def noted(session: object, site_ids: object, stretches: list[settled_days.Stretch]) -> object:
        days.extend((stretch.first, stretch.last) for stretch in stretches)
        return counted(session, site_ids, stretches)  # type: ignore[arg-type]

    monkeypatch.setattr(settled_days.day_counts, "work", noted)
    figures.gather(newsroom.session, [site_id], [site_id], SPAN, NOW)
    # The days before the first comment, and this one.
    assert days == [(SPAN.first, THEN.date() - timedelta(days=1)), (NOW.date(), None)]


@pytest.mark.parametrize("spread", [1, 3, 1009, 2_000_003])
@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 1000])
def test_ranks_are_those_of_all_times_in_order(count: int, spread: int) -> None:
    # A clock that was set back may leave a time below nought.
    lengths = [(number * 7919) % spread - 2 for number in range(count)]
    parts = [settled_days.day_counts.in_order(lengths[start::7]) for start in range(7)]
    in_order, found = sorted(lengths), figures.durations(parts)
    assert found.median == in_order[(count + 1) // 2 - 1]
    assert found.ninth == in_order[(9 * count + 9) // 10 - 1]


def test_second_readings_that_go_today_reopen_nothing(
    newsroom: Newsroom, site_id: int, editor: Staff, busy: dict[str, int]
) -> None:
    newsroom.session.rollback()
    second_readings.forget(newsroom.session, busy["fine decided"], SOON)
    newsroom.session.commit()
    assert open_days(newsroom) == set()
