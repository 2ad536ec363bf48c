"""Rule 12: a comment that consists mostly of words that stand elsewhere, or in quotation marks."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, pairwise

from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text.folding import Token, is_character, tokens, words
from widget.text.quotation import quotations

# Shorter runs of the same words are how a language works. A Chinese word takes about two characters.
_WORDS, _CHARACTERS = 6, 8
_BEGINNING = 200
_MOST_OF_IT = 50  # per cent
# A saying or a short remark in quotation marks is no copying, even if the comment is as short itself.
_QUOTED_AT_LEAST = 2
# Of other comments, only those are looked at closely whose wording occurs.
_MOST_NEAR, _MOST_OTHERS = 20, 5

_Run = tuple[str, ...]


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Say which share of the draft stands word for word in the article, in other comments or in quotation marks."""
    found = words(draft.text)
    size = _length(found)
    if len(found) < size:
        return
    covered = _quoted(draft.text, _QUOTED_AT_LEAST * size) or [False] * len(found)
    for text in _sources(found, context):
        _cover(covered, found, _runs(text, size), size)
    percent = round(100 * sum(covered) / len(found))
    if percent >= _MOST_OF_IT:
        yield Finding(
            12, "copied.mostly", "both", _longest(covered, tokens(draft.text)), params={"percent": percent}
        )


def _length(found: list[str]) -> int:
    """Return how many words make a run: more in a text of characters, which its beginning shows."""
    beginning = found[:_BEGINNING]
    return _CHARACTERS if 2 * sum(map(is_character, beginning)) > len(beginning) else _WORDS


def _quoted(text: str, fewest: int) -> list[bool]:
    """Return, for each token, whether it stands in a quotation long enough to be somebody else's words.

    For a text without quotations the list is empty.
    """
    # A word of one's own behind it, for what is nothing but a quotation passes for the writer's words there.
    spans = quotations(f"{text} x")
    if not spans:
        return []
    found = tokens(text)
    covered = [False] * len(found)
    at = 0
    for start, end in spans:
        while at < len(found) and found[at].start < start:
            at += 1
        first = at
        while at < len(found) and found[at].end <= end:
            at += 1
        if at - first >= fewest:
            covered[first:at] = [True] * (at - first)
    return covered


def _sources(found: list[str], context: Context) -> Iterator[str]:
    """Yield the article, and those comments by others whose wording occurs in the draft."""
    if context.article:
        yield context.article
    if any(not one.same_writer for one in context.recent):
        near = (context.recent[one.position] for one in context.near(found, _MOST_NEAR))
        yield from islice((other.text for other in near if not other.same_writer), _MOST_OTHERS)


# The article stays the same from one comment to the next; the runs of a very long one take some megabytes.
@lru_cache(maxsize=16)
def _runs(text: str, size: int) -> frozenset[_Run]:
    return frozenset(_each_run(words(text), size))


def _each_run(found: list[str], size: int) -> Iterator[_Run]:
    """Yield every run of so many words, in order."""
    return zip(*(found[shift:] for shift in range(size)), strict=False)


def _cover(covered: list[bool], found: list[str], source: frozenset[_Run], size: int) -> None:
    """Mark the words that stand in runs of a source."""
    end = 0
    for at, run in enumerate(_each_run(found, size)):
        if run in source:
            start, end = max(at, end), at + size
            covered[start:end] = [True] * (end - start)


def _longest(covered: list[bool], found: tuple[Token, ...]) -> tuple[int, int]:
    """Return the span of the longest stretch of marked tokens."""
    changes = (at for at, (one, other) in enumerate(pairwise(covered), start=1) if one != other)
    edges = [0, *changes, len(covered)]
    stretches = [(end - start, start, end) for start, end in pairwise(edges) if covered[start]]
    _, start, end = max(stretches)
    return found[start].start, found[end - 1].end


COPIED = Rule(slug="own-words", name="copied", check=check)
