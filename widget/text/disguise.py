"""The words of a text as they are meant, whatever hides them, with the places where they stand as given.

Undone are invisible characters, tatweel and vowel signs, accents, styled and look-alike letters, digits
and signs for letters ("m0r0n", "p@yaso"), asterisks inside words, letters spelled out ("i d i o t") and
letters repeated ("idiooot"). A word keeps every reading, the plain one first; who compares decides.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import regex

from widget.text.spelling import folded, readings

# What stands before a word: nothing that parts it from the last one, a pause, or the end of a sentence.
JOINED, PAUSE, STOP = range(3)

_WORD = regex.compile(r"[[\p{L}\p{N}]--\p{Han}]+", regex.V1)
_PAUSE = regex.compile(r"[,،、()\[\]{}\"«»“”„‹›—–「」『』]|\s-+\s")
_STOP = regex.compile(r"[!?\n。؟;:…؛¿¡]|\.(?=\s|\.|$)")

_SPELLED_BY = regex.compile(r"[\s.\-_*·•~/|+]{1,2}")
_PARTED_BY = regex.compile(r"[.\-_*·•~/|+]{1,3}")
_STARRED = regex.compile(
    r"(?<![\p{L}\p{N}*#])[\p{L}--\p{Han}]+[*#]+(?:[\p{L}--\p{Han}]+[*#]*)*(?!\p{N})", regex.V1
)
_SIGNED = regex.compile(
    r"(?<![\p{L}\p{N}$@€])[$@€]?[\p{L}--\p{Han}][[\p{L}\p{N}]--\p{Han}]*(?:[$@€!|]+[[\p{L}\p{N}]--\p{Han}]+)*",
    regex.V1,
)
_STARS, _SIGNS = frozenset("*#"), frozenset("$@€!|")
_EITHER = _STARS | _SIGNS
_SIGNS_I = str.maketrans("$@€!|", "saeii")
_SIGNS_L = str.maketrans("$@€!|", "saell")
_LONGEST = 30
# A comment hides a word or two; one that is all signs is for the editor's eye.
_MOST_VEILED = 120

# Whether there is anything of the kind at all; most texts have none.
_ANY_SPELLED = regex.compile(r"\b\w[\s.\-_*·•~/|+]{1,2}\w[\s.\-_*·•~/|+]{1,2}\w\b")
_ANY_PARTED = regex.compile(r"[\p{L}\p{N}][.\-_*·•~/|+]{1,3}[\p{L}\p{N}]")

_HAN = regex.compile(r"\p{Han}")
_HAN_PARTED = regex.compile(r"(?<=\p{Han})[*.\-_·•~+|/#^]{1,3}(?=\p{Han})")
_HAN_SPELLED = regex.compile(r"(?<!\p{Han})\p{Han}(?:[ \u3000]\p{Han})+(?!\p{Han})")


class Word(NamedTuple):
    """A word: its readings, where it stands, and what stands before it.

    Readings are as `widget.text.spelling.readings` has them; in one with "?" each stands for a hidden
    letter. `first` and `last` number the plain words that it covers.
    """

    readings: tuple[str, ...]
    start: int
    end: int
    gap: int
    first: int
    last: int


@dataclass(frozen=True)
class Reading:
    """A text read: its words, those behind signs and gaps, and for Chinese the characters in a flow.

    `flow_at` holds for each character of `flow` its place in the text.
    """

    words: tuple[Word, ...] = ()
    veiled: tuple[Word, ...] = ()
    flow: str = ""
    flow_at: tuple[int, ...] = ()


class _Veil(NamedTuple):
    """What hides behind signs or gaps, placed in the folded text."""

    readings: tuple[str, ...]
    start: int
    end: int
    first: int
    last: int


def read(text: str) -> Reading:
    """Return the words of a text as they are meant."""
    plain, places = folded(text)
    ends = [*places, len(text)]  # what cannot be seen behind a letter belongs to it
    spans = [match.span() for match in _WORD.finditer(plain)]
    words: list[Word] = []
    before = 0
    for number, (start, end) in enumerate(spans):
        gap = _gap(plain[before:start]) if number else STOP
        words.append(Word(readings(plain[start:end]), places[start], ends[end], gap, number, number))
        before = end
    capitals = {start for start, _ in spans if text[places[start]].isupper()}
    veiled = tuple(
        Word(veil.readings, places[veil.start], ends[veil.end], words[veil.first].gap, veil.first, veil.last)
        for veil in islice(_veiled(plain, spans, capitals), _MOST_VEILED)
        if veil.readings
    )
    flow, flow_at = _flow(plain, places) if _HAN.search(plain) else ("", ())
    return Reading(tuple(words), veiled, flow, flow_at)


@lru_cache(maxsize=512)
def _gap(between: str) -> int:
    """Return what stands between two words."""
    if _STOP.search(between):
        return STOP
    return PAUSE if _PAUSE.search(between) else JOINED


def _veiled(plain: str, spans: list[tuple[int, int]], capitals: set[int]) -> Iterator[_Veil]:
    """Yield what hides behind signs and gaps."""
    spelled = _runs(plain, spans, _SPELLED_BY, spelled=True) if _ANY_SPELLED.search(plain) else ()
    for first, last, by in spelled:
        # "C.O.N." is some initialism.
        initialism = last - first < 4 and by == "." and spans[first][0] in capitals
        if last - first >= 2 and not initialism:
            yield from _joined(plain, spans, first, last, spelled=True)
    parted = _runs(plain, spans, _PARTED_BY, spelled=False) if _ANY_PARTED.search(plain) else ()
    for first, last, _ in parted:
        yield from _joined(plain, spans, first, last, spelled=False)
    starts = [start for start, _ in spans] if not _EITHER.isdisjoint(plain) else []
    for pattern, signs, known in ((_STARRED, _STARS, _unstarred), (_SIGNED, _SIGNS, _unsigned)):
        if signs.isdisjoint(plain):
            continue
        for match in pattern.finditer(plain):
            found, (start, end) = match.group(), match.span()
            if 3 < len(found) <= _LONGEST and not signs.isdisjoint(found):
                first, last = bisect_right(starts, start) - 1, bisect_right(starts, end - 1) - 1
                yield _Veil(known(found), start, end, max(first, 0), max(last, 0))


def _runs(
    plain: str, spans: list[tuple[int, int]], by: "regex.Pattern[str]", *, spelled: bool
) -> Iterator[tuple[int, int, str]]:
    """Yield first and last word, and what parts them, of words parted in the same way all along.

    Of words spelled out each is one letter; of the others one at least is more.
    """
    first = 0
    while first < len(spans) - 1:
        parting = plain[spans[first][1] : spans[first + 1][0]]
        last = first
        if by.fullmatch(parting):
            while last + 1 < len(spans) and plain[spans[last][1] : spans[last + 1][0]] == parting:
                if spelled and not (_is_letter(spans[last]) and _is_letter(spans[last + 1])):
                    break
                last += 1
        if last > first and (spelled or not all(map(_is_letter, spans[first : last + 1]))):
            yield first, last, parting
        first = max(last, first + 1)


def _is_letter(span: tuple[int, int]) -> bool:
    """Whether a word has only one letter."""
    return span[1] - span[0] == 1


def _joined(
    plain: str, spans: list[tuple[int, int]], first: int, last: int, *, spelled: bool
) -> Iterator[_Veil]:
    """Yield a run of pieces as one word; of letters, also without the first or the last, often a word itself."""
    for drop, cut in ((0, 0), (1, 0), (0, 1), (1, 1)) if spelled else ((0, 0),):
        pieces = spans[first + drop : last + 1 - cut]
        if len(pieces) > _LONGEST:
            continue
        word = "".join(plain[start:end] for start, end in pieces)
        if 3 <= len(word) <= _LONGEST:
            yield _Veil(readings(word), pieces[0][0], pieces[-1][1], first + drop, last - cut)


def _unstarred(found: str) -> tuple[str, ...]:
    """Return readings of "f*ck" and "ca*brón": each sign hides a letter, or is none."""
    letters = "".join(c for c in found if c not in "*#")
    if len(letters) < 2:
        return ()
    hidden = found.replace("*", "?").replace("#", "?")
    return (hidden,) if found[-1] in "*#" else (*readings(letters), hidden)


def _unsigned(found: str) -> tuple[str, ...]:
    """Return readings of "p@yaso", "$hit" and "sh!t"."""
    return (*readings(found.translate(_SIGNS_I)), *readings(found.translate(_SIGNS_L)))


def _flow(plain: str, places: Sequence[int]) -> tuple[str, tuple[int, ...]]:
    """Return the folded text with nothing between Chinese characters that are meant as one word."""
    dropped: set[int] = set()
    for match in _HAN_PARTED.finditer(plain):
        dropped.update(range(*match.span()))
    for match in _HAN_SPELLED.finditer(plain):
        dropped.update(range(match.start() + 1, match.end(), 2))
    kept = [place for place in range(len(plain)) if place not in dropped]
    return "".join(plain[place] for place in kept), tuple(places[place] for place in kept)
