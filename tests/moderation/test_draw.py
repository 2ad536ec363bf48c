"""The lottery of second readings: even, repeatable, and not to be foreseen without the key."""

from widget.moderation.draw import is_drawn


def test_the_share_drawn_is_the_share_asked_for() -> None:
    for percent in (2, 25):
        drawn = sum(is_drawn(key, number, percent) for key in "abcdefghij" for number in range(10_000))
        # Five standard deviations of a hundred thousand throws.
        assert abs(drawn / 100_000 - percent / 100) < 0.007


def test_nought_draws_none_and_a_hundred_all() -> None:
    assert not any(is_drawn("a key", number, 0) for number in range(2000))
    assert all(is_drawn("a key", number, 100) for number in range(2000))


def test_the_same_key_draws_the_same_and_another_key_others() -> None:
    drawn = [number for number in range(2000) if is_drawn("a key", number, 10)]
    assert drawn == [number for number in range(2000) if is_drawn("a key", number, 10)]
    assert drawn != [number for number in range(2000) if is_drawn("another key", number, 10)]
    # A larger share holds the smaller one: raising it takes nothing back.
    assert set(drawn) <= {number for number in range(2000) if is_drawn("a key", number, 20)}
