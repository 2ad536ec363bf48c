"""Wrapping text to columns as a terminal or a mail reader shows them: wide characters take two."""

import re
from unicodedata import combining, east_asian_width

# Never first in a line: closing brackets and quotation marks, and what ends a sentence or part of one.
_NOT_FIRST = frozenset("、。，．：；？！·…‥—～〜・〕〉》」』】〗〙〛）］｝’”»%％‰℃々ー,.:;?!)]}")
# Never last in a line: what opens.
_NOT_LAST = frozenset("〔〈《「『【〖〘〚（［｛‘“«$￥＄([{")
_WORDS_AND_SPACES = re.compile(r"[ \t]+|[^ \t]+")


def width(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(0 if combining(letter) else 2 if _is_wide(letter) else 1 for letter in text)


def wrapped(line: str, columns: int) -> list[str]:
    """Return one line as several of at most so many columns.

    It is broken at spaces, and between wide characters, which are written without spaces: not before what
    closes, nor after what opens. A narrow word that is longer by itself, such as a link, stays whole.
    """
    rows: list[str] = []
    row = ""
    for piece in _pieces(line):
        if row.strip() and width(row + piece.rstrip()) > columns:
            rows.append(row.rstrip())
            row = ""
        row += piece if row else piece.lstrip()
    return [*rows, row.rstrip()]


def _pieces(line: str) -> list[str]:
    """Return what a line must not be broken within: words, wide characters with their punctuation, spaces."""
    pieces: list[str] = []
    for run in _WORDS_AND_SPACES.findall(line):
        start = 0
        for at in range(1, len(run)):
            if _may_break(run[at - 1], run[at]):
                pieces.append(run[start:at])
                start = at
        pieces.append(run[start:])
    return pieces


def _may_break(before: str, after: str) -> bool:
    return (
        (_is_wide(before) or _is_wide(after))
        and before not in _NOT_LAST
        and after not in _NOT_FIRST
        and not combining(after)
    )


def _is_wide(letter: str) -> bool:
    return east_asian_width(letter) in "WF"
