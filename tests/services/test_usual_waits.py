"""What a writer is told of the wait: half of the decisions of four weeks, rounded up, or nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from tests.support import frame
from tests.support.newsroom import Newsroom
from widget.models import ReopenedDay, SettledDay, Site
from widget.services import usual_waits
from widget.services.durations import in_order, written
from widget.web.embed import words

newsroom, site_id = frame.newsroom, frame.site_id
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.fixture
def site(session: Session, site_id: int) -> Site:
    """A site that publishes its figures."""
    found = session.get_one(Site, site_id)
    found.transparency = True
    session.commit()
    return found


def _settle(session: Session, site: Site, waits: list[int], days_ago: int = 1) -> None:
    session.add(
        SettledDay(
            site_id=site.id,
            day=NOW.date() - timedelta(days=days_ago),
            counted_at=NOW,
            waits=written(in_order(waits)),
        )
    )
    session.commit()


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
    session: Session, site: Site, median: int, told: int | None
) -> None:
    _settle(session, site, [median] * 10 + [median * 3] * 5)
    _settle(session, site, [0] * 5, days_ago=28)
    assert usual_waits.half_within(session, site, NOW) == told


def test_few_decisions_and_old_ones_say_nothing(session: Session, site: Site) -> None:
    _settle(session, site, [600] * 19)
    _settle(session, site, [600] * 500, days_ago=29)
    assert usual_waits.half_within(session, site, NOW) is None


def test_it_is_read_once_an_hour(session: Session, site: Site) -> None:
    assert usual_waits.half_within(session, site, NOW) is None
    _settle(session, site, [600] * 20)
    assert usual_waits.half_within(session, site, NOW + timedelta(minutes=59)) is None
    assert usual_waits.half_within(session, site, NOW + timedelta(minutes=60)) == 10 * MINUTE


def test_a_site_that_keeps_its_figures_to_itself_tells_nothing(session: Session, site: Site) -> None:
    _settle(session, site, [600] * 20)
    site.transparency = False
    assert usual_waits.half_within(session, site, NOW) is None


def test_a_day_that_has_changed_since_is_left_out(session: Session, site: Site) -> None:
    _settle(session, site, [600] * 20)
    session.add(ReopenedDay(site_id=site.id, day=NOW.date() - timedelta(days=1)))
    session.flush()
    assert usual_waits.half_within(session, site, NOW) is None


@pytest.mark.parametrize(("longer", "told"), [(1, 10 * MINUTE), (2, None)])
def test_nothing_is_promised_while_most_of_what_waits_has_waited_for_longer(
    session: Session, newsroom: Newsroom, site: Site, longer: int, told: int | None
) -> None:
    _settle(session, site, [600] * 20)
    for number in range(3):
        writer = newsroom.reader(f"Reader {'ABC'[number]}")
        at = NOW - timedelta(minutes=11 if number < longer else 9)
        newsroom.send(site.id, writer, f"The ferry is late for the {number + 2}nd time.", at=at)
    assert usual_waits.half_within(session, site, NOW) == told


@pytest.mark.parametrize(
    ("language", "seconds", "said"),
    [
        ("en", HOUR, "within 1 hour."),
        ("en", 40 * MINUTE, "within 40 minutes."),
        ("ar", 2 * HOUR, "ساعتين."),
        ("ar", 2 * DAY, "يومين."),
        ("ar", 5 * MINUTE, "5 دقائق."),
        ("fr", HOUR, "en moins d’une heure."),
        ("es", 2 * DAY, "en menos de 2 días."),
        ("zh", 15 * MINUTE, "15 分钟内得到处理。"),
    ],
)
def test_it_is_said_in_the_words_of_each_language(app: Flask, language: str, seconds: int, said: str) -> None:
    with app.test_request_context(), force_locale(language):
        assert words.usual_wait(seconds).endswith(said)
