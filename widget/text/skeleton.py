"""Names reduced to what an eye takes in: two names with a skeleton in common may be read as one.

The skeletons of a name are the bare name (folded, its words in any order) and the name as its look-alike
letters make it appear. Nothing here is fuzzy: raw similarity points at every other namesake.
"""

import json
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import regex

from widget.text.folding import is_character, words

# Within a word, digits and signs stand for letters: "Quenne11".
_DIGITS = str.maketrans("0134578|", "oleastbl")
_WORD = regex.compile(r"[^\s,;]+")
_HAS_LETTER = regex.compile(r"\p{L}")
# A capital I after a small letter is read as l, and a small l before the rest of a name as I: "HeIen", "lan".
_CAPITAL_I = regex.compile(r"(?<=\p{Ll})I")
_SMALL_L = regex.compile(r"\bl(?=\p{Ll})")
_PAIRS = (("rn", "m"), ("vv", "w"))
# Characters that differ by the length of a stroke.
_STROKES = str.maketrans("曰末已巳士戌戍入囗", "日未己己土戊戊人口")
# A Chinese name of so many characters may be turned round, the surname last.
_TURNED = range(2, 5)


@lru_cache(maxsize=16_384)
def skeletons(name: str) -> frozenset[str]:
    """Return the ways in which a name may be read; none for a name without letters and digits."""
    return frozenset(_orders(words(name)) | _orders(words(_as_seen(name))))


def _orders(found: list[str]) -> set[str]:
    """Return the words of a name in alphabetical order, and run together as they stand."""
    if not found:
        return set()
    together = "".join(found)
    if not all(map(is_character, found)):
        return {together, " ".join(sorted(found))}
    # Characters are not words: if they were sorted, 王小明 and 王明小 would be one person.
    if len(found) in _TURNED:
        return {min(together[at:] + together[:at] for at in range(len(together)))}
    return {together}


def _as_seen(name: str) -> str:
    """Return a name with every letter that looks like a Latin one as that Latin letter."""
    apart = unicodedata.normalize("NFKD", name).translate(_STROKES)
    latin = "".join(_look_alikes().get(letter, letter) for letter in apart)
    latin = _SMALL_L.sub("I", _CAPITAL_I.sub("l", latin))
    for pair, letter in _PAIRS:
        latin = latin.replace(pair, letter)
    return _WORD.sub(_without_digits, latin)


def _without_digits(word: "regex.Match[str]") -> str:
    found: str = word.group()
    return found.translate(_DIGITS) if _HAS_LETTER.search(found) else found


@cache
def _look_alikes() -> dict[str, str]:
    """Return, for letters that look like an ASCII letter, that letter (Unicode's table of confusables)."""
    # The package's own functions load two tables of a megabyte each on import; this needs part of one.
    table = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    found = {}
    for letter, alike in table.items():
        if len(letter) == 1 and letter.isalpha() and not letter.isascii():
            plain = next((other["c"] for other in alike if _is_ascii_letter(other["c"])), None)
            if plain is not None:
                found[letter] = plain
    return found


def _is_ascii_letter(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isalpha()
