"""The phrasebook of a language: the entries of its word lists as a tree that a text's words walk along.

It is built once for a language and its lists; looking into a text takes time in its length alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple

import regex

from widget.netiquette.lists import WordLists
from widget.text import phrases as templates
from widget.text.disguise import JOINED, PAUSE, Reading, Word
from widget.text.frequency import zipf
from widget.text.spelling import folded, squeezed, without_accents

Kind = Literal[
    "vulgar", "insult", "insult_aimed", "hatred", "hatred_patterns", "threats", "aim", "safe", "denials"
]
# Where two say the same of the same words, the first is the plainer.
KINDS: tuple[Kind, ...] = (
    "threats", "insult", "vulgar", "insult_aimed", "hatred", "hatred_patterns", "aim", "safe", "denials",
)  # fmt: skip
TEMPLATES: tuple[Kind, ...] = ("threats", "hatred_patterns")
# Of a language that is not the article's only what nobody can take for another word.
_STRONGEST: tuple[Kind, ...] = ("vulgar", "insult", "hatred")
# What may be hidden behind letters left out, or written in one word.
_HIDDEN: tuple[Kind, ...] = ("vulgar", "insult", "insult_aimed", "hatred")


_HAN = regex.compile(r"\p{Han}")
_TOKEN = regex.compile(r"[[\p{L}\p{N}]--\p{Han}]+|,", regex.V1)
_SHORTEST_HAN = 2
_SHORTEST_TOGETHER = 8
_MOST_VARIANTS = 3


class Hit(NamedTuple):
    """An entry found: its list, where it stands as given, the words it covers (-1 in a flow of Chinese).

    `disguised` says whether it had to be made out behind signs, digits or repeated letters.
    """

    kind: Kind
    start: int
    end: int
    first: int
    last: int
    disguised: bool = False


@dataclass
class _Node:
    """A step in the tree of entries: the words that may follow, and the lists of the entries ending here."""

    after: "dict[str, _Node]"
    kinds: tuple[Kind, ...] = ()


class Phrasebook:
    """The entries of the lists that count for comments in one language."""

    def __init__(self, own: WordLists, others: Mapping[str, WordLists]) -> None:
        self._root = _Node({})
        self._hidden: dict[tuple[str, int], list[tuple[str, Kind]]] = {}
        self._openings: dict[tuple[str, int], set[str]] = {}
        self._han: dict[str, list[tuple[str, Kind]]] = {}
        self._sets = own.sets
        self._templates = {
            kind: tuple(filter(templates.is_template, getattr(own, kind))) for kind in TEMPLATES
        }
        for kind in KINDS:
            for entry in getattr(own, kind):
                if kind not in TEMPLATES or not templates.is_template(entry):
                    self._add(entry, kind)
        for language, lists in others.items():
            for kind in _STRONGEST:
                for entry in getattr(lists, kind):
                    if _stands_alone(entry, language):
                        self._add(entry, kind)

    def hits(self, text: str, reading: Reading) -> list[Hit]:
        """Return what a text and its reading hold, in the order of the text."""
        veils: dict[int, list[Word]] = {}
        for word in reading.veiled:
            veils.setdefault(word.first, []).append(word)
        found = list(self._in_words(reading.words, veils))
        for word in reading.veiled:
            found += self._behind(word)
            found += self._opened_behind(word, reading.words, veils)
        found += self._in_flow(reading)
        for kind, entries in self._templates.items():
            found += (Hit(kind, *span, -1, -1) for span in templates.find(text, entries, self._sets))
        return sorted(set(found), key=lambda hit: (hit.start, -hit.end, KINDS.index(hit.kind)))

    def _add(self, entry: str, kind: Kind) -> None:
        plain, _ = folded(entry)
        if _HAN.search(plain):
            if len(plain) >= _SHORTEST_HAN:
                self._han.setdefault(plain[:_SHORTEST_HAN], []).append((plain, kind))
            return
        words = _TOKEN.findall(plain)
        variants = [_variants(word) for word in words]
        if sum(len(variant) > 1 for variant in variants) > _MOST_VARIANTS:
            variants = [variant[:1] for variant in variants]
        for path in product(*variants):
            self._put(path, kind)
        if len(words) == 1:
            self._put_alone(words[0], kind)
        elif kind in _HIDDEN and len("".join(words)) >= _SHORTEST_TOGETHER:
            for path in product(*variants):
                self._put(("".join(path),), kind)

    def _put(self, path: Sequence[str], kind: Kind) -> None:
        node = self._root
        for word in path:
            node = node.after.setdefault(word, _Node({}))
        if kind not in node.kinds:
            node.kinds = (*node.kinds, kind)
        first = path[0]
        if len(path) > 1:
            self._openings.setdefault((first[0], len(first)), set()).add(first)

    def _put_alone(self, word: str, kind: Kind) -> None:
        """Enter what a single word may be read as beside itself."""
        bare = without_accents(word)
        if kind != "safe":
            self._put(("=" + squeezed(bare),), kind)
            if bare == word:
                self._put(("~" + word,), kind)
        if kind in _HIDDEN and len(word) > 3:
            self._hidden.setdefault((word[0], len(word)), []).append((bare, kind))

    def _in_words(self, words: tuple[Word, ...], veils: Mapping[int, list[Word]]) -> Iterator[Hit]:
        for number, word in enumerate(words):
            for reading in word.readings:
                node = self._root.after.get(reading)
                if node is not None:
                    disguised = reading != word.readings[0] and reading[0] != "~"
                    yield from self._walk(words, veils, number, number, node, disguised=disguised)

    def _walk(
        self,
        words: tuple[Word, ...],
        veils: Mapping[int, list[Word]],
        first: int,
        last: int,
        node: _Node,
        *,
        disguised: bool,
    ) -> Iterator[Hit]:
        """Yield the entries that begin with the first word, having come as far as the last."""
        for kind in node.kinds:
            yield Hit(kind, words[first].start, words[last].end, first, last, disguised)
        if not node.after or last + 1 == len(words):
            return
        following = words[last + 1]
        onward = _past(node, following.gap)
        if onward is None:
            return
        for reading in following.readings:
            found = onward.after.get(reading)
            if found is not None:
                yield from self._walk(words, veils, first, last + 1, found, disguised=disguised)
        for veil in veils.get(last + 1, ()):
            for word, found in onward.after.items():
                if any(_reads(reading, word) for reading in veil.readings):
                    yield from self._walk(words, veils, first, veil.last, found, disguised=True)

    def _behind(self, word: Word) -> Iterator[Hit]:
        """Yield the entries that a veiled word may be."""
        for reading in word.readings:
            if "?" in reading:
                for entry, kind in self._hidden.get((reading[0], len(reading)), ()):
                    if _reads(without_accents(reading), entry):
                        yield Hit(kind, word.start, word.end, word.first, word.last, True)
            else:
                node = self._root.after.get(reading)
                for kind in node.kinds if node else ():
                    yield Hit(kind, word.start, word.end, word.first, word.last, True)

    def _opened_behind(
        self, veil: Word, words: tuple[Word, ...], veils: Mapping[int, list[Word]]
    ) -> Iterator[Hit]:
        """Yield the phrases of several words that a veiled one begins: "f*ck off"."""
        openings: set[str] = set()
        for reading in veil.readings:
            openings |= {
                word for word in self._openings.get((reading[0], len(reading)), ()) if _reads(reading, word)
            }
        for word in openings:
            # The veil covers the words up to its last one, from which the walk goes on.
            for hit in self._walk(words, veils, veil.last, veil.last, self._root.after[word], disguised=True):
                if hit.last > veil.last:
                    yield hit._replace(start=veil.start, first=veil.first)

    def _in_flow(self, reading: Reading) -> Iterator[Hit]:
        flow, places = reading.flow, reading.flow_at
        for at in range(len(flow) - 1):
            for entry, kind in self._han.get(flow[at : at + _SHORTEST_HAN], ()):
                if flow.startswith(entry, at):
                    end = places[at + len(entry) - 1] + 1
                    yield Hit(kind, places[at], end, -1, -1)


def _past(node: _Node, gap: int) -> _Node | None:
    """Return the step from which the next word goes on, or None where what stands before it ends the phrase."""
    if gap == JOINED:
        return node
    # A comma in the text parts the words of a phrase, unless the phrase itself has one there.
    return node.after.get(",") if gap == PAUSE else None


def _reads(reading: str, word: str) -> bool:
    """Whether a reading, in which "?" stands for any letter, may be a word."""
    return len(reading) == len(word) and all(
        sign in ("?", letter) for sign, letter in zip(reading, word, strict=True)
    )


def _variants(word: str) -> tuple[str, ...]:
    """Return how a word of an entry may be written: with its accents, or with none at all."""
    bare = without_accents(word)
    return (word,) if bare == word else (word, bare)


def _stands_alone(entry: str, language: str) -> bool:
    """Whether an entry of another language cannot be taken for a word of the article's.

    Common words elsewhere ("con", "bite", "retard") and words of few letters say nothing across languages.
    """
    plain, _ = folded(entry)
    if _HAN.search(plain) or not plain.isascii():
        return not any("a" <= letter <= "z" for letter in plain) or _is_its_own(plain, language)
    return _is_its_own(plain, language)


def _is_its_own(plain: str, language: str) -> bool:
    words = _TOKEN.findall(plain)
    if len(words) > 1:
        return len(plain) > _SHORTEST_TOGETHER
    bare, at_home = without_accents(plain), zipf(plain, language)
    if len(plain) < 4 or (len(plain) == 4 and at_home < 4):
        return False
    elsewhere = max(
        zipf(form, other) for other in ("en", "fr", "es") if other != language for form in (plain, bare)
    )
    return elsewhere == 0 or elsewhere < at_home - 1
