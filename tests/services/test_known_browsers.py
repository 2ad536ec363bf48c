"""Marks of browsers: good for the address they were made for, for half a year, and made by nobody else."""

from datetime import timedelta

import pytest

from tests.support.newsroom import NOW
from widget.services.known_browsers import LIFETIME, Marks

MARKS = Marks("k" * 32)
ADA = "ada@post.example"


def test_a_mark_is_for_one_address_and_holds_nothing_of_it() -> None:
    kept = MARKS.added("", ADA, NOW)
    assert MARKS.known(kept, ADA, NOW)
    assert MARKS.known(kept, "bo@post.example", NOW) is None
    assert "ada" not in kept
    assert MARKS.added("", ADA, NOW) != kept, "browsers are told apart"


def test_people_who_share_a_browser_are_each_known_and_signing_in_again_takes_no_room() -> None:
    kept = ""
    for name in ("bo", "ada", "cy", "ada", "di", "ada", "eve"):
        kept = MARKS.added(kept, f"{name}@post.example", NOW)
    known = [
        bool(MARKS.known(kept, f"{name}@post.example", NOW)) for name in ("ada", "bo", "cy", "di", "eve")
    ]
    assert known == [True] * 5
    kept = MARKS.added(kept, "finn@post.example", NOW)
    assert MARKS.known(kept, "bo@post.example", NOW) is None, "who signed in longest ago"
    assert len(kept) < 400


def test_it_ends_and_is_not_from_tomorrow() -> None:
    kept = MARKS.added("", ADA, NOW)
    assert MARKS.known(kept, ADA, NOW + LIFETIME - timedelta(days=1))
    assert MARKS.known(kept, ADA, NOW + LIFETIME) is None
    assert MARKS.known(kept, ADA, NOW - timedelta(days=2)) is None


def test_an_earlier_key_is_known_and_a_foreign_one_is_not() -> None:
    kept = MARKS.added("", ADA, NOW)
    assert Marks("n" * 32, ["k" * 32]).known(kept, ADA, NOW)
    assert Marks("n" * 32).known(kept, ADA, NOW) is None


@pytest.mark.parametrize(
    "forged",
    ["", "-", ".", "..", "a.b.c", "a.20784.", "a.99999999999999999999.x", "a.²0784.é", "a.-1.x", "-" * 9000],
)
def test_what_is_no_mark(forged: str) -> None:
    assert MARKS.known(forged, ADA, NOW) is None
    assert MARKS.known(MARKS.added(forged, ADA, NOW), ADA, NOW)


def test_longer_than_its_day_no_mark_is_made_to_last() -> None:
    """The day is under the seal too."""
    name, day, tag = MARKS.added("", ADA, NOW).split(".")
    assert MARKS.known(f"{name}.{int(day) - 1}.{tag}", ADA, NOW) is None


def test_addresses_are_counted_under_a_name_that_only_this_server_can_make() -> None:
    assert MARKS.counted_as(ADA) == MARKS.counted_as(ADA) != MARKS.counted_as("bo@post.example")
    assert MARKS.counted_as(ADA) != Marks("n" * 32).counted_as(ADA)
    assert MARKS.counted_as("\ud800") != ADA
