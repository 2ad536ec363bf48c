"""Cohen's kappa against values worked out by hand, and what is left out where pairs are few."""

import pytest

from widget.moderation.agreement import LEAST_PAIRS, agreement, by_rule, on_publishing


def test_kappa_of_fifty_pairs_worked_out_by_hand() -> None:
    """Both publish 20, both refuse 15, in 5 and 10 they differ.

    Observed 35/50 = 0.7; expected (25·30 + 25·20)/2500 = 0.5; kappa (0.7 − 0.5)/(1 − 0.5) = 0.4; standard
    error √(0.7·0.3/(50·0.5²)) = 0.129615, so the interval is 0.4 ± 0.254045.
    """
    pairs = {("publish", "publish"): 20, ("publish", 7): 5, (7, "publish"): 10, (7, 7): 15}
    found = agreement(pairs)
    assert (found.pairs, found.agreed) == (50, 35)
    assert found.kappa == pytest.approx(0.4)
    assert found.low == pytest.approx(0.145955, abs=1e-5)
    assert found.high == pytest.approx(0.654045, abs=1e-5)
    assert on_publishing(pairs) == found


def test_kappa_of_three_categories_worked_out_by_hand() -> None:
    """Observed 30/40; expected (20·22 + 10·9 + 10·9)/1600 = 0.3875; kappa 0.3625/0.6125."""
    pairs = {
        ("publish", "publish"): 18, ("publish", 4): 1, ("publish", 7): 1,
        (4, "publish"): 2, (4, 4): 6, (4, 7): 2,
        (7, "publish"): 2, (7, 4): 2, (7, 7): 6,
    }  # fmt: skip
    found = agreement(pairs)
    assert (found.pairs, found.agreed) == (40, 30)
    assert found.kappa == pytest.approx(0.3625 / 0.6125)
    # Which rule is another question: on publishing alone they agree in 34 of 40.
    assert on_publishing(pairs).agreed == 34


def test_perfect_agreement_is_one_and_perfect_contradiction_below_nought() -> None:
    assert agreement({("publish", "publish"): 10, (7, 7): 10}).kappa == pytest.approx(1)
    assert agreement({("publish", 7): 10, (7, "publish"): 10}).kappa == pytest.approx(-1)
    # As often as chance would have it: nought.
    evenly = {(first, second): 5 for first in ("publish", 7) for second in ("publish", 7)}
    assert agreement(evenly).kappa == pytest.approx(0)


def test_below_twenty_pairs_there_are_counts_and_no_kappa() -> None:
    found = agreement({("publish", "publish"): 12, (7, 7): LEAST_PAIRS - 13})
    assert (found.pairs, found.agreed, found.kappa) == (19, 19, None)
    assert found.is_too_small
    assert agreement({}) == agreement({("publish", "publish"): 0})


def test_where_both_always_say_the_same_kappa_is_not_defined() -> None:
    found = agreement({("publish", "publish"): 40})
    assert (found.pairs, found.agreed, found.kappa, found.low) == (40, 40, None, None)
    assert not found.is_too_small


def test_by_rule_the_pairs_are_those_that_concern_the_rule() -> None:
    """Rule 7 against everything else: both 20, one alone 3 and 2, neither 75.

    Observed 95/100; expected (23·22 + 77·78)/10000 = 0.6512; kappa 0.2988/0.3488.
    """
    pairs = {("publish", "publish"): 74, (7, 7): 20, (7, "publish"): 3, (4, 7): 2, ("publish", 4): 1}
    found = by_rule(pairs)
    assert set(found) == {4, 7}
    assert (found[7].pairs, found[7].agreed) == (25, 20)
    assert found[7].kappa == pytest.approx(0.2988 / 0.3488)
    # A hundred pairs, but only three that concern rule 4: too few to say anything.
    assert (found[4].pairs, found[4].agreed, found[4].kappa) == (3, 0, None)
