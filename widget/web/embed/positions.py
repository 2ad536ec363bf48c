"""Positions in a text as it would be stored, found again in the text as it was typed."""

from collections.abc import Callable
from functools import cache

import regex

from widget.text import normalise

Span = tuple[int, int]

# White space is cut off at a text's ends only; between these, a character keeps it.
_GUARD = "|"
# What composes to one character, and every run of marks, stands within one cluster. Flags, pairs of regional
# indicators, stand before the rest: the library takes quadratic time on long runs of them.
_CLUSTER = regex.compile(r"(?:[\U0001f1e6-\U0001f1ff]{2}|\X)\p{M}*")


def as_typed(typed: str, cleaned: str) -> Callable[[Span | None], Span | None]:
    """Return a function from a half-open range of code points in the cleaned text to the one in the typed text."""
    before = len(typed) - len(typed.lstrip())
    if typed[before : before + len(cleaned)] == cleaned:
        return lambda span: span and (span[0] + before, span[1] + before)
    # Only where something is to be pointed at: it takes a look at every character.
    ranges = cache(lambda: _ranges(typed))
    return lambda span: span and (ranges()[span[0]][0], ranges()[span[1] - 1][1])


def _ranges(typed: str) -> list[Span]:
    """Return for each character that is kept the range of typed characters that it came from."""
    ranges: list[Span] = []
    # Controls go before anything else: what they part may compose.
    places = [at for at, character in enumerate(typed) if not normalise.CONTROL.match(character)]
    for match in _CLUSTER.finditer("".join(typed[at] for at in places)):
        found = places[match.start() : match.end()]
        kept = len(normalise.clean(f"{_GUARD}{match.group()}{_GUARD}")) - 2
        if not ranges and not match.group().strip():
            continue
        if kept == len(found):
            ranges += ((at, at + 1) for at in found)
        else:
            ranges += [(found[0], found[-1] + 1)] * kept
    return ranges
