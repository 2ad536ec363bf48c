"""Text folded for comparison, with the way back: every folded letter knows where it stood as given.

Case, accents, Arabic points and spelling variants, styled letters, invisible characters and the two forms
of Chinese characters make no difference. Rule 10's digest of the identical text is stricter and stands in
`normalise`; stored digests depend on it, while nothing stored depends on what is folded here.
"""

import gzip
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import msgpack  # type: ignore[import-untyped]
import regex
from wordfreq.util import data_path

from widget.text.letters import unstyled

# Marks that may be left out without making another word: accents, Arabic and Hebrew points, enclosing marks.
# The vowel signs of Indian scripts and the voicing marks of Japanese are letters in all but name and stay.
_MARKS = regex.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
# Tatweel only stretches a line; the fillers of Hangul and the empty Braille cell show nothing.
_UNSEEN = frozenset("\u0640\u115f\u1160\u3164\uffa0\u2800")
# Letters that no decomposition leads back to the plain one, and Arabic spellings that typists mix.
_PLAIN = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t",
    "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ٱ": "ا",
    "’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-",
}  # fmt: skip

_HAN = r"\p{Han}\p{Hiragana}\p{Katakana}"
_TOKEN = regex.compile(rf"[{_HAN}]|[\p{{L}}\p{{M}}\p{{N}}--[{_HAN}]]+", regex.V1)
_CHARACTER = regex.compile(rf"[{_HAN}]")
_IDEOGRAPH = regex.compile(r"\p{Han}")

# Enough for every character that occurs in comments; somebody who sends all of Unicode must not fill the memory.
_MOST_KNOWN = 20_000


class Token(NamedTuple):
    """A folded word, or a single character where words are written without spaces; its span as given."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `origins` holds for each of its characters where it stood, or is None if nothing moved."""

    text: str
    origins: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span, in the text as given, of a span that is not empty in the folded one."""
        if self.origins is None:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1


class _Table(dict[int, str]):
    """The folded form of each character, worked out when it first occurs; for `str.translate`."""

    # Characters whose folded form is not exactly one character.
    uneven: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.uneven = set()

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = _fold_character(character)
        if len(self) < _MOST_KNOWN:
            self[code] = folded
            if len(folded) != 1:
                self.uneven.add(character)
        return folded


# Several checks look at the same draft, one after the other.
@lru_cache(maxsize=16)
def fold(text: str) -> Folded:
    """Return a text as it is compared."""
    folded = text.translate(_TABLE)
    if _TABLE.uneven.isdisjoint(text) and len(folded) == len(text):
        return Folded(folded)
    pieces: list[str] = []
    origins: list[int] = []
    for at, character in enumerate(text):
        piece = _TABLE[ord(character)]
        pieces.append(piece)
        origins.extend([at] * len(piece))
    return Folded("".join(pieces), origins)


@lru_cache(maxsize=16)
def tokens(text: str) -> tuple[Token, ...]:
    """Return the words of a text, folded, each with its span in the text as given."""
    folded = fold(text)
    found = _TOKEN.finditer(folded.text)
    if folded.origins is None:
        return tuple(Token(word.group(), word.start(), word.end()) for word in found)
    return tuple(Token(word.group(), *folded.span(*word.span())) for word in found)


def words(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return list(_words(text))


@lru_cache(maxsize=16)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(fold(text).text))


def is_character(word: str) -> bool:
    """Whether a token is a single character of Chinese or Japanese, where words are not set apart."""
    # Almost every word is told from its first letter alone.
    return word >= "\u2e80" and len(word) == 1 and _CHARACTER.match(word) is not None


def _fold_character(character: str) -> str:
    if character in _UNSEEN or unicodedata.category(character) == "Cf":
        return ""
    if _IDEOGRAPH.match(character):
        return _simplified().get(ord(character), unicodedata.normalize("NFKC", character))
    if unicodedata.decimal(character, None) is not None:
        return str(unicodedata.decimal(character))
    apart = unicodedata.normalize("NFKD", unstyled(character)).casefold()
    apart = "".join(_PLAIN.get(letter, letter) for letter in _MARKS.sub("", apart))
    # Korean syllables come together again.
    return unicodedata.normalize("NFC", apart)


@cache
def _simplified() -> dict[int, str]:
    """Return the simplified form of each traditional character, as wordfreq looks words up."""
    with gzip.open(data_path("_chinese_mapping.msgpack.gz")) as file:
        mapping: dict[int, str] = msgpack.load(file, raw=False, strict_map_key=False)
    return mapping


_TABLE = _Table()
