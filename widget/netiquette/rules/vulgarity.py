"""Rule 6: vulgar and obscene words."""

from collections.abc import Iterator
from itertools import islice

from widget.netiquette.phrases import find
from widget.netiquette.rule import Context, Draft, Finding, Rule

_MOST = 10


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Notice vulgar words, for the writer too: most slip out and go without regret."""
    for hit in islice(find(draft, context).of("vulgar"), _MOST):
        yield Finding(6, "vulgar.word", "both", (hit.start, hit.end))


VULGARITY = Rule(slug="no-vulgarity", name="vulgarity", check=check)
