"""Finding the phrases of a list in a text, whatever the case, the accents and the spacing.

A phrase may be a template. `{name}` stands for any entry of a set of that name, `{n}` for a number, `{w}` for a word,
`{code}` for one like SAVE20, `…` for up to three words or six Chinese characters within a clause; a phrase with `^`
before it begins a sentence.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import regex

from widget.text.folding import fold, is_character

# Sets as they stand in a list: name and entries, in an order that can be a key.
Sets = tuple[tuple[str, tuple[str, ...]], ...]

_SPACES = regex.compile(r"\s+")
# In Arabic, "and" and "so" are written together with the word that follows.
_ARABIC = regex.compile(r"\p{Arabic}")
_JOINED = "وف"
_JOINED_BEFORE = f"[{_JOINED}]?"
_WORD_BEGINS, _WORD_ENDS = r"(?<![\p{L}\p{N}])", r"(?![\p{L}\p{N}])"
# Letters and digits without a break, or one sign; by the standard library's engine, which goes through a text faster.
_RUN = re.compile(r"[^\W_]+|[^\w\s]|_")
_SENTENCE_BEGINS = regex.compile(r"(?:^|[.!?…:;\n¡¿؟؛])[\s\"'«»]{0,3}")
_PIECES = regex.compile(r"(\{\w+\}|…)")
_NUMBER = r"\p{N}[\p{N}.,]{0,12}"
_WORD = r"[^\s.,;:!?…()\[\]«»\"“”؟،؛]{1,40}+"
_CODE = r"\p{L}{3,16}+\p{N}{1,4}+"
_WORDS = r"(?:\s++[^\s.,;:!?…()\[\]«»\"“”؟،؛]{1,40}+){0,3}"
_CHARACTERS = r"[^\s.,;:!?…()\[\]«»\"“”]{0,6}"

_BUILT_IN = {
    "{n}": _NUMBER, "{w}": _WORD, "{code}": _CODE, "{words}": _WORDS, "{characters}": _CHARACTERS,
}  # fmt: skip
# Matches nothing; tells the pattern of a set in Chinese from others.
_HAN_FIRST = "(?:)"
# Stands before the name of a set where a pattern calls it.
_SET = "set_"


def is_template(phrase: str) -> bool:
    """Whether a phrase stands for many."""
    return "{" in phrase or "…" in phrase or phrase.startswith("^")


def find(text: str, phrases: tuple[str, ...], sets: Sets = ()) -> Iterator[tuple[int, int]]:
    """Yield the spans, in the text as given, in which a phrase of the list stands, none overlapping another.

    Raises KeyError for a template with a set that there is not.
    """
    anywhere, opening, begins = _patterns(phrases, sets)
    folded = fold(text)
    spans = _spans(anywhere, begins, folded.text) if anywhere else []
    if opening:
        for start in _sentences(folded.text):
            match = opening.match(folded.text, start)
            if match is not None:
                spans.append(match.span())
        spans.sort(key=lambda span: (span[0], -span[1]))
    end = 0
    for span in spans:
        if span[0] >= end:
            yield folded.span(*span)
            end = span[1]


def _spans(pattern: "regex.Pattern[str]", begins: frozenset[str] | None, text: str) -> list[tuple[int, int]]:
    """Return where a pattern matches; where each of its phrases begins with a known word, only such words are tried."""
    if begins is None:
        return [match.span() for match in pattern.finditer(text)]
    spans: list[tuple[int, int]] = []
    end = 0
    for start in _beginnings(begins, _runs(text)):
        match = pattern.match(text, start) if start >= end else None
        if match is not None:
            spans.append(match.span())
            end = match.end()
    return spans


def _beginnings(begins: frozenset[str], runs: list[tuple[int, str]]) -> list[int]:
    """Return where a phrase may begin; "and" and "so" may stand before its first word, and a number be that word."""
    if "{n}" not in begins:
        return [start for start, run in runs if run in begins or (run[0] in _JOINED and run[1:] in begins)]
    return [
        start
        for start, run in runs
        if run in begins or run[0].isnumeric() or (run[0] in _JOINED and run[1:] in begins)
    ]


@lru_cache(maxsize=16)
def _sentences(text: str) -> list[int]:
    """Return where the sentences of a text begin."""
    return [found.end() for found in _SENTENCE_BEGINS.finditer(text)]


@lru_cache(maxsize=16)
def _runs(text: str) -> list[tuple[int, str]]:
    """Return the words and signs of a text by where they begin; one text is searched for the phrases of several lists."""
    return [(found.start(), found.group()) for found in _RUN.finditer(text)]


_Pattern = regex.Pattern[str] | None


@lru_cache(maxsize=64)
def _patterns(phrases: tuple[str, ...], sets: Sets) -> tuple[_Pattern, _Pattern, frozenset[str] | None]:
    """Return the pattern of what may stand anywhere in a text, that of what begins a sentence, and the former's
    first words."""
    chosen = {name: _pattern(entries, {}) for name, entries in sets}
    openings = [phrase[1:] for phrase in phrases if phrase.startswith("^")]
    others = [phrase for phrase in phrases if not phrase.startswith("^")]
    return (
        _compiled(others, chosen),
        _compiled(openings, chosen),
        _first_words(others, {f"{{{name}}}": entries for name, entries in sets}),
    )


def _compiled(phrases: Iterable[str], sets: Mapping[str, str]) -> _Pattern:
    """Return what finds any of some phrases; the pattern of a set stands in it once, however many of them call it.

    Written out wherever it is used, the sets of one language took half a second to compile.
    """
    calls = {f"{{{name}}}": _call(name, pattern) for name, pattern in sets.items()}
    whole = _pattern(phrases, _BUILT_IN | calls)
    if not whole:
        return None
    called = [(name, pattern) for name, pattern in sets.items() if f"(?&{_SET}{name})" in whole]
    defined = "".join(f"(?P<{_SET}{name}>{pattern})" for name, pattern in called)
    return regex.compile(f"(?(DEFINE){defined}){whole}" if defined else whole, regex.V1)


def _call(name: str, pattern: str) -> str:
    """Return what calls the pattern of a set, marked as that is."""
    if not pattern:
        return ""
    call = f"(?&{_SET}{name})"
    return f"(?:{_HAN_FIRST}{call})" if pattern.startswith("(?:" + _HAN_FIRST) else call


def _first_words(phrases: Iterable[str], sets: Mapping[str, tuple[str, ...]]) -> frozenset[str] | None:
    """Return the whole words and signs with which some phrases begin, or None where one of them begins otherwise."""
    found: set[str] = set()
    for phrase in phrases:
        pieces = _pieces(phrase)
        first = pieces[0] if pieces else ""
        for begun in [[*_pieces(entry), *pieces[1:]] for entry in sets[first]] if first in sets else [pieces]:
            word = _first_word(begun)
            if begun and word is None:
                return None
            found.add(word or "")
    return frozenset(found)


def _first_word(pieces: list[str]) -> str | None:
    """Return the word or the sign with which pieces begin, or None where they begin otherwise or it might go on."""
    if pieces and (pieces[0] == "{n}" or not (pieces[0].isalnum() or len(pieces[0]) > 1)):
        return pieces[0]
    length = next((at for at, piece in enumerate(pieces) if not _is_letter(piece)), len(pieces))
    after = pieces[length : length + 2]
    # Words that may be left out end a word where a space follows them.
    ends = not after or (len(after[0]) == 1 and not is_character(after[0])) or after == ["{words}", " "]
    return "".join(pieces[:length]) if length and ends else None


def _is_letter(piece: str) -> bool:
    return len(piece) == 1 and piece.isalnum() and not is_character(piece)


@dataclass
class _Step:
    """A step in a tree of phrases: the letters and signs that may follow, and in what a phrase ends here, if any."""

    after: "dict[str, _Step]" = field(default_factory=dict)
    last: str | None = None


def _pattern(phrases: Iterable[str], signs: Mapping[str, str]) -> str:
    """Return the pattern of any of some phrases, as whole words; they share what they begin with.

    Most places in a text are passed at once, since a letter that stands within a word begins nothing.
    """
    tree = _Step()
    for phrase in sorted(phrases):
        step = tree
        pieces = _pieces(phrase)
        for piece in pieces:
            step = step.after.setdefault(piece, _Step())
        if pieces:
            step.last = pieces[-1]
    words, others = [], []
    for piece, step in tree.after.items():
        branch = _branch(piece, step, signs)
        if not _begins_a_word(piece, signs):
            others.append(branch)
        else:
            words.append((_JOINED_BEFORE if _ARABIC.match(piece) else "") + branch)
    found = [f"{_WORD_BEGINS}(?:{'|'.join(words)})"] if words else []
    # Marked, so that a template that begins with such a set is known to need no beginning of a word.
    if not words and others:
        return f"(?:{_HAN_FIRST}{'|'.join(others)})"
    return f"(?:{'|'.join([*found, *others])})" if found or others else ""


def _begins_a_word(piece: str, signs: Mapping[str, str]) -> bool:
    """Whether no letter may stand before a phrase that begins with a piece."""
    if len(piece) > 1:
        return not signs[piece].startswith("(?:" + _HAN_FIRST)
    return piece.isalnum() and not is_character(piece)


def _pieces(phrase: str) -> list[str]:
    """Return the folded letters of a phrase, each by itself, and its signs."""
    spaced = " " in phrase
    pieces: list[str] = []
    for part in _PIECES.split(phrase):
        if _PIECES.fullmatch(part) and part != "…":
            pieces.append(part)
        elif part == "…":
            # The gap brings the space before it.
            if pieces and pieces[-1] == " ":
                pieces.pop()
            pieces.append("{words}" if spaced else "{characters}")
        else:
            pieces.extend(_SPACES.sub(" ", fold(part).text))
    while pieces and pieces[0] == " ":
        pieces.pop(0)
    while pieces and pieces[-1] == " ":
        pieces.pop()
    return pieces


def _branch(piece: str, step: _Step, signs: Mapping[str, str]) -> str:
    """Return the pattern of a piece and what may follow it; the longest first."""
    own = signs[piece] if len(piece) > 1 else r"\s++" if piece == " " else regex.escape(piece)
    branches = [_branch(following, after, signs) for following, after in step.after.items()]
    if step.last is not None:
        last = step.last
        branches.append(_WORD_ENDS if len(last) == 1 and last.isalnum() and not is_character(last) else "")
    return own + (branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})")
