"""How far two readers agree beyond chance: Cohen's kappa over pairs of decisions."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import sqrt
from operator import eq

PUBLISH = "publish"
# Fewer pairs than this say too little for a coefficient: only the counts are shown.
LEAST_PAIRS = 20
# The two-sided 95 % point of the normal distribution.
_Z95 = 1.96

# What a reader came to: to publish, or the number of the rule to refuse under.
Category = str | int | bool
Pairs = Mapping[tuple[Category, Category], int]


@dataclass(frozen=True)
class Agreement:
    """How many pairs there are, in how many both said the same, and kappa with its 95 % interval.

    `kappa` is None below `LEAST_PAIRS` pairs, and where both always said one and the same thing: then
    chance alone would agree every time, and kappa is not defined (`agreed` equals `pairs`).
    """

    pairs: int
    agreed: int
    kappa: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_too_small(self) -> bool:
        """Whether there are too few pairs for kappa."""
        return self.pairs < LEAST_PAIRS


def agreement(pairs: Pairs) -> Agreement:
    """Return the agreement over all categories, each of them as unlike the others as any.

    Source of kappa and its standard error: Jacob Cohen, "A coefficient of agreement for nominal scales",
    Educational and Psychological Measurement 20 (1960), pages 37 to 46.
    """
    total = sum(pairs.values())
    agreed = sum(count for (first, second), count in pairs.items() if first == second)
    if total < LEAST_PAIRS:
        return Agreement(total, agreed)
    return Agreement(total, agreed, *_kappa(pairs, total, agreed))


def on_publishing(pairs: Pairs) -> Agreement:
    """Return the agreement on publishing or refusing, whatever the rule."""
    return agreement(_folded(pairs, lambda category: category == PUBLISH))


def by_rule(pairs: Pairs) -> dict[int, Agreement]:
    """Return for each rule that either reader cited how far both cite it on the same comments.

    `pairs` and `agreed` count the comments on which one or both cited it; kappa sets it against everything
    else over all comments, and is given once those that concern the rule are enough.
    """
    rules = sorted({category for pair in pairs for category in pair if isinstance(category, int)})
    found = {}
    for rule in rules:
        folded = _folded(pairs, partial(eq, rule))
        agreed = folded.get((True, True), 0)
        concerned = agreed + folded.get((True, False), 0) + folded.get((False, True), 0)
        kappa = _kappa(folded, sum(folded.values()), agreed + folded.get((False, False), 0))
        found[rule] = Agreement(concerned, agreed, *(kappa if concerned >= LEAST_PAIRS else (None,) * 3))
    return found


def _kappa(pairs: Pairs, total: int, agreed: int) -> tuple[float | None, float | None, float | None]:
    """Return kappa and the ends of its interval: (observed − expected) / (1 − expected)."""
    firsts: Counter[Category] = Counter()
    seconds: Counter[Category] = Counter()
    for (first, second), count in pairs.items():
        firsts[first] += count
        seconds[second] += count
    # In whole numbers, so that "always by chance" is met exactly.
    chance = sum(count * seconds[category] for category, count in firsts.items())
    if chance == total * total:
        return None, None, None
    observed, expected = agreed / total, chance / (total * total)
    kappa = (observed - expected) / (1 - expected)
    error = sqrt(observed * (1 - observed) / (total * (1 - expected) ** 2))
    return kappa, max(-1.0, kappa - _Z95 * error), min(1.0, kappa + _Z95 * error)


def _folded(pairs: Pairs, key: Callable[[Category], bool]) -> dict[tuple[Category, Category], int]:
    folded: Counter[tuple[Category, Category]] = Counter()
    for (first, second), count in pairs.items():
        folded[key(first), key(second)] += count
    return dict(folded)
