"""A word as it may be meant: its letters folded but with their accents, and every way to read it.

Finer than `widget.text.folding`: there "año" and "ano" are one word, and here they must not be.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import regex

from widget.text import folding
from widget.text.letters import unstyled

_HAN = regex.compile(r"\p{Han}")
_DIGITS = str.maketrans("013457890", "oieastbgo")
_DIGITS_L = str.maketrans("013457890", "oleastbgo")
# Cyrillic and Greek letters that pass for Latin ones, inside a word that holds Latin letters as well.
_LOOKALIKES = str.maketrans("аеорсхуіѕјкмтнвԁԛԝαεορτυνικ", "aeopcxyisjkmthbdqwaeoptuvik")
_OTHER_ALPHABET = regex.compile(r"[\p{Cyrillic}\p{Greek}]")
# Letters whose stroke or form is no accent that Unicode could take off; Arabic ones that writers interchange.
_ALIKE = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ƒ": "f"}
    | {"ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ے": "ي", "ہ": "ه", "ھ": "ه", "ٱ": "ا", "ڭ": "ك", "گ": "ك"}
)
# Accents at home in Spanish and French; others on a letter are a disguise.
_NATIVE_ACCENTS = frozenset("áéíóúüñàâçèêëîïôûùÿ")
_UNSEEN = ("Cf", "Mn", "Me", "Co", "Cn", "Cs")
_TATWEEL = "\u0640"


def folded(text: str) -> tuple[str, Sequence[int]]:
    """Return the text in lower case without what cannot be seen, and for each character where it stood.

    Native accents stay; styled and wide letters are plain, Arabic spellings and Chinese forms are one.
    """
    if text.isascii():
        return text.lower(), range(len(text))
    out: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        letters = _fold(character)
        if letters:
            out += letters
            places += [place] * len(letters)
        elif out and out[-1].isalpha() and unicodedata.combining(character):
            # An accent written apart, as some keyboards do, belongs to its letter.
            composed = unicodedata.normalize("NFC", out[-1] + character)
            if composed in _NATIVE_ACCENTS:
                out[-1] = composed
    return "".join(out), places


@lru_cache(maxsize=4096)
def readings(word: str) -> tuple[str, ...]:
    """Return every reading of a folded word, the plain one first.

    A reading with "~" before it has lost native accents, one with "=" has no letter twice in a row.
    """
    known = [word]
    if not word.isascii():
        known += _unaccented(word)
        if word[0] == "و" and len(word) > 3:
            # Arabic writes "and" as part of the word that follows.
            known.append(word[1:])
        if _OTHER_ALPHABET.search(word):
            known.append(word.translate(_LOOKALIKES))
    letters = sum(not letter.isdigit() for letter in word)
    # "covid19" and "4x4" are no disguise, but what they become is in no list either.
    if len(word) > max(letters, 3) and letters > 1:
        known += [one.translate(table) for one in known for table in (_DIGITS, _DIGITS_L)]
    for one in tuple(known):
        known += _collapsed(one)
    return tuple(dict.fromkeys(known))


@lru_cache(maxsize=4096)
def without_accents(word: str) -> str:
    """Return a folded word without accents."""
    apart = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in apart if not unicodedata.combining(c)))


def squeezed(word: str) -> str:
    """Return a word with each run of the same letter as one letter."""
    return "".join(c for i, c in enumerate(word) if i == 0 or word[i - 1] != c)


def _unaccented(word: str) -> list[str]:
    """Return the reading of a word without accents, where they may be a disguise or a slip."""
    bare = without_accents(word)
    if bare == word:
        return []
    if not all(letter.isascii() or letter in _NATIVE_ACCENTS for letter in word):
        return [bare]
    # "año" is not "ano", and "tué" is not "tue".
    return [] if "ñ" in word or word.endswith(("é", "és")) else ["~" + bare]


def _collapsed(word: str) -> list[str]:
    """Return readings of a word with letters repeated three times or more, or a vowel that rarely doubles."""
    squeezed_word = squeezed(word)
    missing = len(word) - len(squeezed_word)
    if not missing:
        return []
    found: list[str] = []
    thrice = [i for i in range(2, len(word)) if word[i] == word[i - 1] == word[i - 2]]
    if thrice:
        ones = {place for i in thrice for place in (i, i - 1)}
        twos = set(thrice)
        found = ["".join(c for i, c in enumerate(word) if i not in gone) for gone in (ones, twos)]
    elif not (len(word) > 3 and any(pair in word for pair in ("aa", "ii", "uu"))):
        return []
    return [*found, "=" + squeezed_word] if len(squeezed_word) > 2 and word[0] != "~" else found


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    """Return a character in lower case and its plain form, or nothing where it cannot be seen."""
    if character < "\x80":
        return character.lower()
    category = unicodedata.category(character)
    if category in _UNSEEN or character == _TATWEEL:
        return ""
    if _HAN.match(character):
        return folding.fold(character).text
    if category == "Nd":
        return str(unicodedata.digit(character))
    plain = unstyled(character).casefold()
    if category[0] != "L":
        # A wide comma or full stop parts words like any other; signs that are no letters stay.
        wide = unicodedata.normalize("NFKC", character) if "\uff00" < character < "\uff66" else character
        return plain if plain != character else wide
    plain = unicodedata.normalize("NFC", plain).translate(_ALIKE)
    if "LATIN" in unicodedata.name(plain[0], ""):
        return plain
    apart = unicodedata.normalize("NFKD", plain)
    bare = "".join(c for c in apart if not unicodedata.combining(c) and c != _TATWEEL)
    return unicodedata.normalize("NFC", bare.translate(_ALIKE))
