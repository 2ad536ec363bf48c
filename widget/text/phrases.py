"""Finding the phrases of a list in a text, whatever the case, the accents and the spacing.

A phrase may be a template. `{name}` stands for any entry of a set of that name, `{n}` for a number, `{w}` for a word,
`{code}` for one like SAVE20, `…` for up to three words or six Chinese characters within a clause; a phrase with `^`
before it begins a sentence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import regex

from widget.text.folding import fold, is_character

# Sets as they stand in a list: name and entries, in an order that can be a key.
Sets = tuple[tuple[str, tuple[str, ...]], ...]

_SPACES = regex.compile(r"\s+")
# In Arabic, "and" and "so" are written together with the word that follows.
_ARABIC = regex.compile(r"\p{Arabic}")
_JOINED_BEFORE = "[وف]?"
_WORD_BEGINS, _WORD_ENDS = r"(?<![\p{L}\p{N}])", r"(?![\p{L}\p{N}])"
_SENTENCE_BEGINS = r"(?<=(?:^|[.!?…:;\n¡¿؟؛])[\s\"'«»]{0,3})"
_PIECES = regex.compile(r"\{\w+\}|…| ")
_NUMBER = r"\p{N}[\p{N}.,]{0,12}"
_WORD = r"[^\s.,;:!?…()\[\]«»\"“”؟،؛]{1,40}+"
_CODE = r"\p{L}{3,16}+\p{N}{1,4}+"
_WORDS = r"(?:\s++[^\s.,;:!?…()\[\]«»\"“”؟،؛]{1,40}+){0,3}"
_CHARACTERS = r"[^\s.,;:!?…()\[\]«»\"“”]{0,6}"

_BUILT_IN = {"{n}": _NUMBER, "{w}": _WORD, "{code}": _CODE}


def is_template(phrase: str) -> bool:
    """Whether a phrase stands for many."""
    return "{" in phrase or "…" in phrase or phrase.startswith("^")


def find(text: str, phrases: tuple[str, ...], sets: Sets = ()) -> Iterator[tuple[int, int]]:
    """Yield the spans, in the text as given, in which a phrase of the list stands, none overlapping another.

    Raises KeyError for a template with a set that there is not.
    """
    pattern = _pattern(phrases, sets)
    if pattern is not None:
        folded = fold(text)
        for match in pattern.finditer(folded.text):
            yield folded.span(*match.span())


@lru_cache(maxsize=64)
def _pattern(phrases: tuple[str, ...], sets: Sets) -> "regex.Pattern[str] | None":
    """Return the pattern of a list; literal phrases as a tree, so that most places in a text are passed at once."""
    known = [phrase for phrase in phrases if not is_template(phrase)]
    chosen = {name: _alternatives(entries) for name, entries in sets}
    found = [_template(phrase, chosen) for phrase in phrases if is_template(phrase)]
    if any(map(_plain, known)):
        found.append(_alternatives(known))
    return regex.compile("|".join(found), regex.V1) if found else None


def _plain(phrase: str) -> str:
    return _SPACES.sub(" ", fold(phrase).text).strip()


def _template(phrase: str, sets: dict[str, str]) -> str:
    """Return the pattern of a template."""
    opening = _SENTENCE_BEGINS if phrase.startswith("^") else ""
    phrase = phrase.removeprefix("^")
    spaced = " " in phrase
    pattern: list[str] = []
    at = 0
    for piece in (*_PIECES.finditer(phrase), None):
        literal = phrase[at : piece.start() if piece else None]
        if literal:
            pattern.append(_alternatives([literal]))
        if piece is None:
            break
        at = piece.end()
        sign = piece.group()
        if sign == " ":
            # The gap brings its own space.
            if phrase[at : at + 1] != "…":
                pattern.append(r"\s++")
        elif sign == "…":
            pattern.append(_WORDS if spaced else _CHARACTERS)
        elif sign in _BUILT_IN:
            pattern.append(_BUILT_IN[sign])
        else:
            pattern.append(sets[sign[1:-1]])
    return opening + "".join(pattern)


@dataclass
class _Letters:
    """A step in a tree of phrases: the letters that may follow, and whether one ends here, in which letter."""

    after: "dict[str, _Letters]" = field(default_factory=dict)
    last: str | None = None


def _alternatives(phrases: Iterable[str]) -> str:
    """Return the pattern of any of some phrases, as whole words."""
    tree = _Letters()
    for phrase in sorted({plain for phrase in phrases if (plain := _plain(phrase))}):
        node = tree
        for letter in phrase:
            node = node.after.setdefault(letter, _Letters())
        node.last = phrase[-1]
    branches = []
    for first, node in tree.after.items():
        ahead = _WORD_BEGINS if first.isalnum() and not is_character(first) else ""
        if _ARABIC.match(first):
            ahead += _JOINED_BEFORE
        branches.append(f"{ahead}{regex.escape(first)}{_branch(node)}")
    return f"(?:{'|'.join(branches)})"


def _branch(node: _Letters) -> str:
    """Return the pattern of what may follow a letter; the longest first."""
    branches = [
        (r"\s++" if letter == " " else regex.escape(letter)) + _branch(after)
        for letter, after in node.after.items()
    ]
    if node.last is not None:
        branches.append(_WORD_ENDS if node.last.isalnum() and not is_character(node.last) else "")
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
