"""Finding the phrases of a list in a text, whatever the case, the accents and the spacing."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

import regex

from widget.text.folding import fold, is_character

_SPACES = regex.compile(r"\s+")
# In Arabic, "and" and "so" are written together with the word that follows.
_ARABIC = regex.compile(r"\p{Arabic}")
_JOINED_BEFORE = "[وف]?"


def find(text: str, phrases: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Yield the spans, in the text as given, in which a phrase of the list stands, none overlapping another."""
    pattern = _pattern(phrases)
    if pattern is not None:
        folded = fold(text)
        for match in pattern.finditer(folded.text):
            yield folded.span(*match.span())


@lru_cache(maxsize=64)
def _pattern(phrases: tuple[str, ...]) -> "regex.Pattern[str] | None":
    """Return the pattern of a list, by first letter so that most places in a text are passed at once."""
    known = sorted({spaced for phrase in phrases if (spaced := _SPACES.sub(" ", fold(phrase).text).strip())})
    groups = []
    for first, group in groupby(known, key=lambda phrase: phrase[0]):
        # The longer before the shorter one that it begins with.
        bodies = "|".join(_body(phrase) for phrase in sorted(group, key=len, reverse=True))
        ahead = "" if is_character(first) or not first.isalnum() else r"(?<![\p{L}\p{N}])"
        if _ARABIC.match(first):
            ahead += _JOINED_BEFORE
        groups.append(f"{ahead}{regex.escape(first)}(?:{bodies})")
    return regex.compile("|".join(groups)) if groups else None


def _body(phrase: str) -> str:
    """Return the pattern of a phrase after its first letter."""
    body = r"\s++".join(regex.escape(part) for part in phrase[1:].split(" "))
    last = phrase[-1]
    return body if is_character(last) or not last.isalnum() else body + r"(?![\p{L}\p{N}])"
