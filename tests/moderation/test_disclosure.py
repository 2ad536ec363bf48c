"""What the public is told about few people: nothing exact, and nothing to be worked out by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from widget.moderation.disclosure import SMALLEST, Breakdown, breakdown, shown


def test_fewer_than_five_are_never_shown_and_none_no_more_than_four() -> None:
    assert [shown(count) for count in (0, 1, 4, 5, 6)] == [None, None, None, 5, 6]


def test_small_parts_are_shown_together() -> None:
    assert breakdown({7: 20, 4: 3, 9: 3}) == Breakdown(26, {7: 20}, 6)


def test_a_single_small_part_takes_the_next_one_with_it() -> None:
    """20 + 6 + 3: were only the 3 hidden, 29 less 26 would give it away."""
    assert breakdown({7: 20, 9: 6, 4: 3}) == Breakdown(29, {7: 20}, 9)


def test_a_small_total_has_no_parts() -> None:
    assert breakdown({7: 4}) == Breakdown(None, {}, None)
    assert breakdown({}) == Breakdown(None, {}, None)


@given(st.dictionaries(st.integers(1, 18), st.integers(1, 60)))
def test_no_remainder_is_small(counts: dict[int, int]) -> None:
    found = breakdown(counts)
    if found.total is None:
        assert sum(counts.values()) < SMALLEST
        return
    assert found.others == found.total - sum(found.parts.values())
    assert found.others == 0 or found.others >= SMALLEST
    assert all(count >= SMALLEST for count in found.parts.values())
