"""What a text holds of the word lists: whole words and phrases, Chinese ones anywhere, none that stand innocently."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import regex

from widget.netiquette.lists import WordLists
from widget.netiquette.phrasebook import TEMPLATES, Hit, Kind, Phrasebook
from widget.netiquette.rule import Context, Draft
from widget.text.disguise import Reading, read

LANGUAGES = ("en", "fr", "es", "ar", "zh")
# How far a denial reaches, in characters, within its sentence.
_DENIAL_REACH = 25
_SENTENCE_ENDS = regex.compile(r"[.!?\n。！？؟]")
# No entry is longer, as it stands in a text.
_LONGEST_ENTRY = 120


@dataclass(frozen=True)
class Found:
    """What a text holds of the word lists, and the text as it was read."""

    text: str
    reading: Reading
    hits: tuple[Hit, ...]

    def of(self, *kinds: Kind) -> list[Hit]:
        """Return the hits of some lists that do not stand innocently, the longest where one lies within another."""
        chosen: list[Hit] = []
        for hit in self.hits:
            if hit.kind in kinds and not self._is_safe(hit) and not self._is_denied(hit):
                if chosen and hit.end <= chosen[-1].end:
                    continue
                chosen.append(hit)
        return chosen

    def aims(self, start: int, end: int) -> Iterator[Hit]:
        """Yield the aiming phrases that end in a range of the text."""
        ends = self._aims
        for number in range(bisect_left(ends, start, key=_end), len(ends)):
            if ends[number].end > end:
                return
            yield ends[number]

    def _is_denied(self, hit: Hit) -> bool:
        """Whether a template says what the words shortly before it deny or report: "to say that all …"."""
        if hit.kind not in TEMPLATES:
            return False
        denials = self._denials
        nearest = bisect_right(denials, hit.start, key=_end) - 1
        if nearest < 0 or denials[nearest].end < hit.start - _DENIAL_REACH:
            return False
        return _SENTENCE_ENDS.search(self.text, denials[nearest].end, hit.start) is None

    @cached_property
    def _denials(self) -> list[Hit]:
        return sorted((hit for hit in self.hits if hit.kind == "denials"), key=_end)

    @cached_property
    def _aims(self) -> list[Hit]:
        return sorted((hit for hit in self.hits if hit.kind == "aim"), key=_end)

    @cached_property
    def _safe(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.kind == "safe"]

    def _is_safe(self, hit: Hit) -> bool:
        """Whether a hit stands within a safe phrase or across the border of one; phrases are short."""
        safe = self._safe
        first = bisect_left(safe, hit.start - _LONGEST_ENTRY, key=_start)
        for number in range(first, len(safe)):
            if safe[number].start >= hit.end:
                return False
            if _covers(safe[number], hit):
                return True
        return False


def _start(hit: Hit) -> int:
    return hit.start


def _end(hit: Hit) -> int:
    return hit.end


def find(draft: Draft, context: Context) -> Found:
    """Return what a draft holds of the lists of its article's language, and of the strongest of the others."""
    languages = (draft.language, *(language for language in LANGUAGES if language != draft.language))
    return _found(draft.text, _book(languages, tuple(map(context.words, languages))))


# Three checks look at the same text one after the other; it is read once for all of them.
@lru_cache(maxsize=4)
def _found(text: str, book: Phrasebook) -> Found:
    reading = read(text)
    return Found(text, reading, tuple(book.hits(text, reading)))


# To compare lists of thousands of words takes longer than to look a comment through; the same objects need none.
_at_hand: dict[tuple[object, ...], tuple[tuple[WordLists, ...], Phrasebook]] = {}
_MOST_AT_HAND = 64


def _book(languages: tuple[str, ...], lists: tuple[WordLists, ...]) -> Phrasebook:
    """Return the phrasebook of the lists, which it keeps alive: no other object can take their identity."""
    key = (languages[0], *map(id, lists))
    known = _at_hand.get(key)
    if known is None:
        if len(_at_hand) >= _MOST_AT_HAND:
            _at_hand.clear()
        known = _at_hand[key] = (lists, _built(languages, lists))
    return known[1]


@lru_cache(maxsize=_MOST_AT_HAND)
def _built(languages: tuple[str, ...], lists: tuple[WordLists, ...]) -> Phrasebook:
    return Phrasebook(lists[0], dict(zip(languages[1:], lists[1:], strict=True)))


def _covers(safe: Hit, hit: Hit) -> bool:
    """Whether a hit stands innocently: within a safe phrase, or across the border of one."""
    if safe.end <= hit.start or hit.end <= safe.start:
        return False
    within = hit.start <= safe.start and safe.end <= hit.end
    return not within or (hit.start, hit.end) == (safe.start, safe.end)
