"""Text as it is stored, counted and compared."""

import hashlib
import string
import unicodedata
from functools import lru_cache

import regex

# C0 and C1 controls carry no meaning in a letter; tab and the ends of lines do. Halves of characters and the two
# that XML forbids cannot be stored or shown.
CONTROL = regex.compile(r"[[\p{Cc}\p{Cs}\uFFFE\uFFFF]--[\t\n\r]]", regex.V1)
# What people count as one character has fewer code points than this in any language.
CODE_POINTS_EACH = 8
_GRAPHEME = regex.compile(r"\X")
_SPACES = regex.compile(r"\s+")
_NOT_WORDS = regex.compile(r"[^\p{L}\p{M}\p{N}]+")

# Letters of these scripts need the joiners U+200C and U+200D; elsewhere they are invisible padding.
_JOINING_SCRIPTS = (
    r"[\p{Arabic}\p{Devanagari}\p{Bengali}\p{Malayalam}\p{Sinhala}\p{Tamil}\p{Kannada}\p{Telugu}\p{Gujarati}]"
)
_JOINER_IN_PLACE = regex.compile(
    f"(?<={_JOINING_SCRIPTS}\\p{{M}}*)[\u200c\u200d](?={_JOINING_SCRIPTS}|\\p{{M}})"
)
_HIDDEN = regex.compile(r"[\p{Cf}\p{Cc}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800]")
_STACKED_MARKS = regex.compile(r"\p{Mn}{5,}")
_UNSTORABLE = regex.compile(r"[\0\p{Cs}]")
# The thirty-first mark in a row and all that follow it. The two of halfwidth katakana are letters until NFKC makes
# them marks.
_MARKS = regex.compile(r"([\p{M}\uff9e\uff9f]{30})[\p{M}\uff9e\uff9f]+")
_FLAG = regex.compile("[\U0001f1e6-\U0001f1ff]{2}")
_LETTER = regex.compile(r"\p{L}")
_SMALL_LETTERS = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_WEB_ADDRESS = regex.compile(r"://|\bwww\.", regex.I)


class HiddenCharacters(ValueError):
    """A name or place holds characters that cannot be seen, or marks stacked out of its line."""


def clean(text: str) -> str:
    """Return a comment's text as it is stored: LF line ends, NFC, no controls, no outer white space.

    Nothing else changes: `x<y and z>w`, `<3` and `AT&T` survive byte for byte. Only thirty marks in a
    row are kept, as in Unicode's stream-safe text format: sorting longer runs takes quadratic time.
    """
    # Before marks are counted: what stands between them must not go afterwards and leave one long run.
    text = CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _MARKS.sub(r"\1", text)).strip()


def clean_within(text: str, most: int) -> str | None:
    """Return a text as `clean` does, or None where it has more than `most` characters as a person counts."""
    if is_oversized(text, most):
        return None
    text = clean(text)
    return None if is_oversized(text, most) or graphemes(text) > most else text


def line(text: str) -> str:
    """Return a one-line field (name, place, title) in NFC with single spaces.

    Raises HiddenCharacters for bidirectional controls, invisible characters and more than four
    stacked marks; joiners are kept where the script needs them.
    """
    if _MARKS.search(text):
        raise HiddenCharacters(text)
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    seen = _JOINER_IN_PLACE.sub("", text)
    # Once more without the joiners, which parted the marks around them.
    if _HIDDEN.search(seen) or _MARKS.search(seen):
        raise HiddenCharacters(text)
    if _STACKED_MARKS.search(unicodedata.normalize("NFD", seen)):
        raise HiddenCharacters(text)
    return text


def is_storable(text: str) -> bool:
    """Whether a database takes the text: PostgreSQL knows no NUL, and halves of characters have no bytes."""
    return _UNSTORABLE.search(text) is None


def is_plain(text: str) -> bool:
    """Whether a text, such as an address, holds no character that cannot be seen."""
    return _HIDDEN.search(text) is None


def is_visible(text: str) -> bool:
    """Whether anything of the text can be seen."""
    return _HIDDEN.sub("", text).strip() != ""


def has_letters(text: str) -> bool:
    """Whether the text holds at least one letter of any script."""
    return _LETTER.search(text) is not None


def has_web_address(text: str) -> bool:
    """Whether the text holds what a mail program would turn into a link: `://` or `www.`."""
    return _WEB_ADDRESS.search(text) is not None


def graphemes(text: str) -> int:
    """Return the length of a text as a person counts: in grapheme clusters.

    Flags, pairs of regional indicators, are counted first: the library takes quadratic time on long runs.
    """
    return sum(1 for _ in _GRAPHEME.finditer(_FLAG.sub("x", text)))


def is_oversized(text: str, most: int) -> bool:
    """Whether a text, as typed or as stored, is so far beyond `most` characters that nothing of it is looked at.

    One grapheme may hold any number of code points; a text of nothing but such is as long as it is large.
    """
    return len(text) > most * CODE_POINTS_EACH


def folded(text: str) -> str:
    """Return a text as rule 10 compares it: NFKC, case folded, letters and digits only; marks as `clean` keeps them."""
    apart = unicodedata.normalize("NFKC", _MARKS.sub(r"\1", text))
    return _NOT_WORDS.sub(" ", apart.casefold()).strip()


def address_key(address: str) -> str:
    """Return an e-mail address as addresses are compared: the letters A to Z alike in both cases, all else as it stands.

    Folding more would take one mailbox for another: `ſ`, `ß` and `ﬁ` fold to `s`, `ss` and `fi`, and whoever holds
    such an address would be let into the account of the other.
    """
    return address.translate(_SMALL_LETTERS)


@lru_cache(maxsize=16)
def digest(text: str) -> str:
    """Return the SHA-256, in hexadecimal, of a text as rule 10 compares it.

    A text without any letter or digit (":-)") is compared as it stands.
    """
    return hashlib.sha256((folded(text) or text).encode()).hexdigest()
