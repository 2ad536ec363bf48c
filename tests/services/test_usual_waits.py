"""What a writer is told of the wait: half of the decisions of four weeks, rounded up, or nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.support import frame
from widget.models import SettledDay
from widget.services import usual_waits
from widget.services.durations import in_order, written

newsroom, site_id = frame.newsroom, frame.site_id
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86400


def _settle(session: Session, site_id: int, waits: list[int], days_ago: int = 1) -> None:
    session.add(
        SettledDay(
            site_id=site_id,
            day=NOW.date() - timedelta(days=days_ago),
            counted_at=NOW,
            waits=written(in_order(waits)),
        )
    )
    session.flush()


@pytest.mark.parametrize(
    ("median", "told"),
    [
        (0, 5 * MINUTE),
        (36 * MINUTE, 40 * MINUTE),
        (55 * MINUTE, 55 * MINUTE),
        (55 * MINUTE + 1, HOUR),
        (2 * HOUR + 1, 3 * HOUR),
        (23 * HOUR + 1, DAY),
        (DAY + 1, 2 * DAY),
        (2 * DAY + 1, None),
    ],
)
def test_half_of_the_waits_are_no_longer_than_what_is_told(
    session: Session, site_id: int, median: int, told: int | None
) -> None:
    _settle(session, site_id, [median] * 10 + [median * 3] * 5)
    _settle(session, site_id, [0] * 5, days_ago=28)
    assert usual_waits.half_within(session, site_id, NOW) == told


def test_few_decisions_and_old_ones_say_nothing(session: Session, site_id: int) -> None:
    _settle(session, site_id, [600] * 19)
    _settle(session, site_id, [600] * 500, days_ago=29)
    assert usual_waits.half_within(session, site_id, NOW) is None


def test_it_is_read_once_an_hour(session: Session, site_id: int) -> None:
    assert usual_waits.half_within(session, site_id, NOW) is None
    _settle(session, site_id, [600] * 20)
    assert usual_waits.half_within(session, site_id, NOW + timedelta(minutes=59)) is None
    assert usual_waits.half_within(session, site_id, NOW + timedelta(minutes=60)) == 10 * MINUTE
