"""A text without formatting, as the form offers it: markup unwrapped, letters mapped, images taken out."""

from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import regex

from widget.text import letters, markup
from widget.text.markup import Edit, Kind

_URL = regex.compile(r"(?:https?://|www\.)[^\s<>\[\]]+", regex.IGNORECASE)
# Formatting inside formatting comes to light as the outer one goes; nobody nests deeper on purpose.
_ROUNDS = 4


class Mark(NamedTuple):
    """A formatted piece of a text: what formats it, where it stands, and how it reads plain."""

    kind: Kind
    start: int
    end: int
    plain: str


def plain(text: str) -> str:
    """Return a text as plain words; one without formatting comes back exactly as given."""
    for _ in range(_ROUNDS):
        edits = _edits(text)
        if not edits:
            break
        text = _applied(text, edits, 0, len(text))
    return text


# Two checks look at the same text, one after the other.
@lru_cache(maxsize=4)
def marks(text: str) -> tuple[Mark, ...]:
    """Return the formatted pieces of a text in their order, the outermost where one lies within another.

    An image within formatted words is a piece of its own.
    """
    edits = _edits(text)
    found: list[Mark] = []
    for edit in sorted(edits, key=lambda edit: (edit.whole[0], -edit.whole[1])):
        start, end = edit.whole
        if found and end <= found[-1].end and (edit.kind != "image" or found[-1].kind == "image"):
            continue
        found.append(Mark(edit.kind, start, end, _applied(text, edits, start, end).strip()))
    return tuple(found)


def _edits(text: str) -> list[Edit]:
    """Return the edits of one round in order, none overlapping another."""
    code = markup.code(text)
    addresses = [_address(match) for match in _URL.finditer(text)]
    found = [*markup.html(text), *markup.bbcode(text)]
    found += (edit for edit in markup.data(text) if not _within(edit, code))
    found += (edit for edit in markup.markdown(text) if not (_within(edit, code) or _within(edit, addresses)))
    found += (Edit(start, end, to, "letters", (start, end)) for start, end, to in letters.styled(text))
    found += (Edit(start, end, to, "lines", (start, end)) for start, end, to in letters.lined(text))
    # The longer first: what stands inside an image goes with it.
    found.sort(key=lambda edit: (edit.start, -edit.end))
    apart: list[Edit] = []
    for edit in found:
        if not apart or edit.start >= apart[-1].end:
            apart.append(edit)
    return apart


def _applied(text: str, edits: list[Edit], start: int, end: int) -> str:
    """Return a stretch of the text with the edits that lie in it carried out."""
    pieces: list[str] = []
    at = start
    for edit in islice(edits, bisect_left(edits, (start,)), None):
        if edit.start >= end:
            break
        if edit.end <= end:
            before, at = text[at : edit.start], edit.end
            # An image that leaves nothing behind leaves no double space behind either.
            if edit.kind == "image" and not edit.plain and not text[at : at + 1].strip():
                at += len(text[at:end]) - len(text[at:end].lstrip(" ")) if not before.strip(" ") else 0
                before = before.rstrip(" ")
            pieces += (before, edit.plain)
    return "".join(pieces) + text[at:end]


def _address(match: "regex.Match[str]") -> tuple[int, int]:
    """Return the range of an address without the emphasis that may end it."""
    return match.start(), match.start() + len(match.group().rstrip("*_~"))


def _within(edit: Edit, ranges: list[tuple[int, int]]) -> bool:
    """Whether an edit lies inside one of the ranges, which are in order and apart."""
    number = bisect_right(ranges, (edit.start, len(ranges) + edit.end)) - 1
    return number >= 0 and edit.end <= ranges[number][1]
