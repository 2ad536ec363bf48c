"""What a writer quotes: the ranges between quotation marks of five languages."""

from bisect import bisect_right

import regex

_QUOTED = regex.compile(
    r"«[^«»\n]*+»|“[^“”\n]*+”|„[^„“”\n]*+[“”]|‹[^‹›\n]*+›|「[^「」\n]*+」|『[^『』\n]*+』|《[^《》\n]*+》"
    # The straight mark opens and closes alike, so it opens only before a word and closes only after one.
    r"|(?<![\w\"])\"(?=\S)[^\"\n]*+(?<=\S)\"(?!\w)"
    r"|(?<![\w‘])‘(?=\S)[^‘’\n]*+’(?!\w)"
)
_WORD = regex.compile(r"\w")


def quotations(text: str) -> list[tuple[int, int]]:
    """Return the ranges of what is quoted; none when the text is nothing else, for then it is the writer's own."""
    ranges = [match.span() for match in _QUOTED.finditer(text)]
    if ranges and _WORD.search(_QUOTED.sub("", text)) is None:
        return []
    return ranges


def is_quoted(quoted: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a range lies inside one of the quotations of its text."""
    number = bisect_right(quoted, start, key=lambda one: one[0]) - 1
    return number >= 0 and end <= quoted[number][1]
