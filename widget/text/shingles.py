"""Texts by the wording they share: which of many comments does this one resemble?

Each text is known by its sketch: the few largest checksums of its shingles (runs of three words, or of four
characters of Chinese). A text is looked up with all of its own shingles, so that an earlier one is found
whether it is repeated whole, in another order or inside a longer one.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from typing import NamedTuple

from rapidfuzz import fuzz

from widget.text.folding import is_character, words

_WORDS, _CHARACTERS = 3, 4
# Sixteen checksums tell a share of wording to within an eighth or so; the ratio then decides.
_SKETCH = 16
_REORDERED = 0.5
# A phrase that everybody uses leads to the latest of those who used it; nobody needs all.
_MOST_FOR_ONE = 64
# Sketches worked out lately, by the hash of the text: about 800 bytes each, so some sixteen megabytes.
_MOST_KNOWN = 20_000
_Sketch = tuple[int, ...]
_known: dict[int, _Sketch] = {}


class Near(NamedTuple):
    """A text that shares wording: its position, and the share of its sketch that was found (0 to 1)."""

    position: int
    share: float


class Shingles:
    """An index of texts in the order in which they were added, for more of them than one goes through.

    A look-up takes as long as the text looked up is, however many texts are known: under a millisecond
    with 10,000 of them, which take about 12 MB.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._sizes: list[int] = []
        self._positions: dict[int, list[int]] = {}
        for text in texts:
            self.add(text)

    def __len__(self) -> int:
        return len(self._sizes)

    def add(self, text: str) -> int:
        """Take a text in and return its position."""
        position = len(self._sizes)
        sketch = _sketch(text)
        self._sizes.append(len(sketch))
        for checksum in sketch:
            places = self._positions.setdefault(checksum, [])
            places.append(position)
            if len(places) > _MOST_FOR_ONE:
                del places[0]
        return position

    def near(self, found: list[str], most: int) -> list[Near]:
        """Return at most so many of the texts whose wording occurs in folded words, the largest share first.

        Of equal shares the later text comes first.
        """
        hits: Counter[int] = Counter()
        for checksum in _checksums(found):
            if checksum in self._positions:
                hits.update(self._positions[checksum])
        return _largest(((count / self._sizes[at], at) for at, count in hits.items()), most)


def near(found: list[str], texts: Sequence[str], most: int) -> list[Near]:
    """Return what an index of the texts would, by going through them: a microsecond for each one known."""
    own = _checksums(found)
    return _largest(_shares(own, texts), most) if own else []


def ratio(found: list[str], text: str, share: float, least: float) -> float:
    """Return how alike folded words and a text are, from 0 to 100; below `least`, return 0.

    Where most of the wording is shared but not as it stands, words (or characters) are compared in order of
    the alphabet, so that sentences may have changed places.
    """
    drafted, known = " ".join(found), " ".join(words(text))
    straight: float = fuzz.ratio(drafted, known, score_cutoff=least)
    if straight or share < _REORDERED:
        return straight
    in_order: float = fuzz.token_sort_ratio(drafted, known, score_cutoff=least)
    return in_order


def _shares(own: set[int], texts: Sequence[str]) -> Iterator[tuple[float, int]]:
    for at, sketch in enumerate(map(_sketch, texts)):
        # Of most nothing is shared, which this tells in half the time.
        if not own.isdisjoint(sketch):
            yield len(own.intersection(sketch)) / len(sketch), at


def _largest(shares: Iterable[tuple[float, int]], most: int) -> list[Near]:
    return [Near(at, share) for share, at in nlargest(most, shares)]


def _sketch(text: str) -> _Sketch:
    """Return the sketch of a text, from memory if it was worked out before."""
    key = hash(text)
    sketch = _known.get(key)
    if sketch is None:
        sketch = tuple(nlargest(_SKETCH, _checksums(words(text))))
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = sketch
    return sketch


def _checksums(found: list[str]) -> set[int]:
    """Return the checksums of all shingles; the same in every process, so that findings are."""
    sizes = [_CHARACTERS if is_character(word) else _WORDS for word in found]
    return {
        zlib.crc32(" ".join(found[at : at + size]).encode())
        for at, size in enumerate(sizes)
        if at + size <= len(found)
    }
