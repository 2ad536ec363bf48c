"""Rule 5, the part about capitals: words and sentences in capitals, initialisms and names excepted.

A word shouts when it is common in ordinary writing: names, brands and acronyms are not, or stand in the list
of acronyms. Only then is a word of four letters or more taken for shouted; shorter ones are in a list.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import regex

from widget.netiquette import grammar
from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text.frequency import LANGUAGES, zipf_of_capitals
from widget.text.quotation import is_quoted, quotations
from widget.text.spelling import without_accents

# Known in the small lists at 4 or more: a word of everyday writing. A name reaches 5 ("MARTIN"), hardly more.
_COMMON = 4.0
_NEVER_A_NAME = 5.5
# So much rarer, and not below this, a word may be in another language to count as known there too.
_NEAR = 1.2
_KNOWN_ABROAD = 3.3
_FEWEST_LETTERS = 4
# In a row of capitals short words shout along; a row of three words is no initialism.
_ROW = 3
_MOST = 20

# Two capitals of one word with no small letter between them: in a text without, nothing is shouted.
_CAPITALS = regex.compile(r"\p{Uppercase}[^\s\p{Lowercase}]*\p{Uppercase}")
# A token keeps what is joined to it, so that "U.S.A.", "#METOO", "COVID-19" and addresses are seen as such.
_TOKEN = regex.compile(r"[^\s«»“”„\"()\[\]…—–¿¡،؛。，！？：；、「」『』《》\p{Han}\p{Arabic}]+")
_EDGES = regex.compile(r"^[^\p{L}\p{N}@#]+|[^\p{L}\p{N}]+$")
# A full stop inside stands for letters left out; what holds digits or signs is a code, a tag or an address.
_NO_WORD = regex.compile(r"[\p{N}@#_/\\&=+*~<>|^$€£%]|\p{L}[.:]\p{L}|\p{So}")
_STOP = regex.compile(r"[.!?…:;\n。！？؟؛：；—–]")
_VOWEL = regex.compile(r"[aeiouyàâäáãåæéèêëíìîïóòôöõøœúùûüý]")
_ROMAN = regex.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_ELISION = regex.compile(r"(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|quoiqu)['’](?=\p{L}{2})", regex.IGNORECASE)
# What a word of nine letters ends in when it is no name; one of four to eight must be better known.
_ENDING = regex.compile(
    r"(?:[ai]bles?|ments?|mente|tions?|ción|ciones|cion|ssent|ants?|antes?|eux|euses?|ismes?|ismos?|ité|idad|dades"
    r"|os[oa]s?|i?endo|[ai]d[oa]s?|aron|ieron|ings?|ness|less|ful|ous|edly|ously|aient|ait|ez|ifs?|ives?)$"
)
_KNOWN = 3.0
_LONG = 9
# A word of our language alone, and known in no other, is hardly a brand or a place that everybody writes of.
_LONG_AT_HOME = 6
# What stands before a word that is painted on a sign: "señal de STOP".
_SIGNS = frozenset(("sign", "signs", "panneau", "panneaux", "señal", "señales", "disco", "cartel", "feu"))
_APOSTROPHES = str.maketrans("’", "'")


class _Token(NamedTuple):
    """A word of the text; `word` is its lower-case form, empty where it is no plain word.

    `opens` says whether it begins a sentence, `follows` whether only a space parts it from the one before.
    """

    word: str
    start: int
    end: int
    is_upper: bool
    is_title: bool
    opens: bool
    follows: bool


@dataclass(frozen=True)
class _Lists:
    """What is known of the words of a language; a text in Arabic or Chinese may shout in any of the others."""

    languages: tuple[str, ...]
    acronyms: frozenset[str]
    short: frozenset[str]
    titles: frozenset[str]


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Notice words and whole sentences in capitals, for writer and editor."""
    if _CAPITALS.search(draft.text) is None:
        return
    lists = _lists(draft.language, context)
    tokens = list(_tokens(draft.text))
    quoted = quotations(draft.text)
    shouted = (
        row
        for row in _rows(tokens)
        if _is_shouted(row, tokens, lists)
        # A word or two within quotation marks is a title or somebody else's cry.
        and (len(row) >= _ROW or not is_quoted(quoted, tokens[row[0]].start, tokens[row[-1]].end))
    )
    for row in islice(shouted, _MOST):
        first, last = tokens[row[0]], tokens[row[-1]]
        code = "shouting.words" if len(row) >= _ROW else "shouting.word"
        yield Finding(5, code, "both", (first.start, last.end), {"words": len(row)})


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the words of a text, without the signs around them."""
    before = 0
    for match in _TOKEN.finditer(text):
        edges = _EDGES.sub("", match.group())
        if not edges:
            continue
        start = match.start() + match.group().index(edges)
        end = start + len(edges)
        between = text[before:start]
        opens, follows = before == 0 or _STOP.search(between) is not None, between.strip() == ""
        before = end
        plain = _NO_WORD.search(edges) is None
        elided = _ELISION.match(edges) if plain else None
        word = edges[elided.end() :] if elided else edges
        if elided and not elided.group()[0].isupper():
            start += elided.end()
        upper = plain and word.isupper()
        title = not upper and word[0].isupper()
        lower = unicodedata.normalize("NFC", word.casefold()).translate(_APOSTROPHES) if plain else ""
        yield _Token(lower, start, end, upper, title, opens, follows)


def _lists(language: str, context: Context) -> _Lists:
    own = context.words(language)
    if language in LANGUAGES:
        return _Lists(
            (language,), frozenset(own.acronyms), frozenset(own.shouted_short), grammar.of(language).titles
        )
    others = [context.words(other) for other in LANGUAGES]
    acronyms = frozenset(own.acronyms).union(*(lists.acronyms for lists in others))
    return _Lists(
        LANGUAGES,
        acronyms,
        frozenset(own.shouted_short),
        frozenset().union(*(grammar.of(other).titles for other in LANGUAGES)),
    )


def _rows(tokens: Sequence[_Token]) -> Iterator[range]:
    """Yield the rows of words in capitals that no sentence's end parts, without single letters at their ends."""
    first = 0
    while first < len(tokens):
        last = first
        while last < len(tokens) and tokens[last].is_upper and (last == first or not tokens[last].opens):
            last += 1
        row = range(first, last)
        while row and _letters(tokens[row[-1]]) < 2:
            row = row[:-1]
        while row and len(row) < _ROW and _letters(tokens[row[0]]) < 2:
            row = row[1:]
        if row:
            yield row
        first = max(last, first + 1)


def _is_on_a_sign(row: range, tokens: Sequence[_Token]) -> bool:
    """Whether a row of words is what a sign reads: "le panneau STOP"."""
    return any(token.word in _SIGNS for token in tokens[max(row[0] - 2, 0) : row[0]])


def _letters(token: _Token) -> int:
    return len(token.word)


def _is_shouted(row: range, tokens: Sequence[_Token], lists: _Lists) -> bool:
    """Whether a row of words in capitals shouts."""
    words = [tokens[number].word for number in row]
    if len(row) > 1 and any(" ".join(words[start:]) in lists.acronyms for start in range(2)):
        return False  # a name of several words, with or without its article
    loud = {word for word in words if _is_loud(word, lists)}
    if len(row) < _ROW:
        return (
            bool(loud)
            and (any(_is_no_name(word, lists) for word in loud) or not _is_named(row, tokens, lists))
            and not _is_on_a_sign(row, tokens)
        )
    known = [word for word in words if word in loud or _is_known(word, lists)]
    return len(known) * 2 >= len(words) and (bool(loud) or len(known) > _ROW)


def _is_loud(word: str, lists: _Lists) -> bool:
    """Whether a word, written in capitals on its own, can only be a shout or a name."""
    if word in lists.acronyms:
        return False
    if word in lists.short:
        return True
    parts = [part for part in word.split("-") if len(part) > 1]
    long_enough = any(len(part) >= _FEWEST_LETTERS for part in parts)
    return long_enough and all(_is_everyday(part, lists) for part in parts)


def _is_everyday(part: str, lists: _Lists) -> bool:
    """Whether a word is one of everyday writing, and not an initialism, a number or a name known everywhere."""
    if _VOWEL.search(part) is None or _ROMAN.fullmatch(part) or part in lists.acronyms:
        return False
    common = _common(part, lists)
    if common < _COMMON and not (common >= _KNOWN and _is_a_long_word(part, lists)):
        return False
    return not _is_international(part, lists)


def _is_a_long_word(part: str, lists: _Lists) -> bool:
    """Whether a word of middling use has the length and the ending of no name."""
    if _ENDING.search(part) is None:
        return False
    abroad = (zipf_of_capitals(part, other) for other in LANGUAGES if other not in lists.languages)
    return len(part) >= _LONG or (len(part) >= _LONG_AT_HOME and not any(abroad))


def _common(word: str, lists: _Lists) -> float:
    return max(zipf_of_capitals(word, language) for language in lists.languages)


def _is_international(word: str, lists: _Lists) -> bool:
    """Whether a word is about as common in every language: "Martin", "Facebook", "total" may all be names."""
    near = max(_common(word, lists) - _NEAR, _KNOWN_ABROAD)
    abroad = sum(zipf_of_capitals(word, language) >= near for language in LANGUAGES)
    return abroad == len(LANGUAGES)


def _is_no_name(word: str, lists: _Lists) -> bool:
    """Whether a word is too common to be somebody's name."""
    if word in lists.acronyms:
        return False
    return word in lists.short or (
        _common(word, lists) >= _NEVER_A_NAME and not _is_international(word, lists)
    )


def _is_known(word: str, lists: _Lists) -> bool:
    return word not in lists.acronyms and _common(word, lists) >= _COMMON


def _is_named(row: range, tokens: Sequence[_Token], lists: _Lists) -> bool:
    """Whether the words beside a row make it a surname: "Jean DUPONT", "M. DUPONT", "DUPONT Jean"."""
    if row[0]:
        before = tokens[row[0] - 1]
        if before.word in lists.titles or (before.is_upper and _letters(before) == 1):
            return True
        if tokens[row[0]].follows and before.is_title:
            return not before.opens or _may_be_a_name(before.word, lists)
    if row[-1] + 1 < len(tokens):
        after = tokens[row[-1] + 1]
        return after.follows and after.is_title and _may_be_a_name(after.word, lists)
    return False


def _may_be_a_name(word: str, lists: _Lists) -> bool:
    """Whether a word that begins a sentence may be a first name: rare here, or known everywhere and no small word."""
    common = _common(word, lists)
    bare = without_accents(word)
    known = all(zipf_of_capitals(bare, language) >= _KNOWN_ABROAD for language in LANGUAGES)
    return common < _COMMON or (common < _NEVER_A_NAME and known)


SHOUTING = Rule(slug="no-shouting", name="shouting", check=check)
