"""What a name is found by: its letters and digits, folded, without anything between them."""

from collections.abc import Iterable

import regex

from widget.text.folding import fold

# A prefix that is longer than any name finds nothing; typing on must cost nothing either.
LONGEST = 80
# A single letter of an alphabet says too little; one Chinese character says a lot.
_SHORTEST = 2

_NOT_KEPT = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_NO_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}\n]+")
_IDEOGRAPH = regex.compile(r"\p{Han}")
_ARTICLE = regex.compile(r"^ال(?=.{3})")
# Written out or short, it is the same saint.
_SAINTS = ({"st": "saint", "ste": "sainte"}, {"saint": "st", "sainte": "ste"})
_HOLY = frozenset(word for saints in _SAINTS for word in saints)


def key(text: str) -> str:
    """Return what a name is compared by: "Saint-Étienne", "saint etienne" and "SAINTETIENNE" are one."""
    return _NOT_KEPT.sub("", fold(text).text)


def of_names(names: Iterable[str]) -> set[str]:
    """Return every key that any of these names is found by from its beginning: saints in both spellings."""
    found: set[str] = set()
    for words in _words(names):
        found.add("".join(words))
        if not _HOLY.isdisjoint(words):
            found.update("".join(saints.get(word, word) for word in words) for saints in _SAINTS)
    return found


def inside(names: Iterable[str]) -> set[str]:
    """Return the keys by which names are found from within: by a later word, or without an Arabic article."""
    found: set[str] = set()
    for words in _words(names):
        found.update("".join(words[at:]) for at in range(1, len(words)))
        found.add(_ARTICLE.sub("", "".join(words)))
    return {one for one in found if len(one) > _SHORTEST}


def is_enough(prefix: str) -> bool:
    """Whether a key is long enough to suggest anything by."""
    return len(prefix) >= _SHORTEST or _IDEOGRAPH.match(prefix) is not None


def _words(names: Iterable[str]) -> list[list[str]]:
    """Return the words of each name that has any; all are folded at once, since there are a million of them."""
    text = "\n".join(names)
    # Of plain letters nothing but case is folded.
    lines = _NO_WORD.sub(" ", text.lower() if text.isascii() else fold(text).text).split("\n")
    return [words for words in map(str.split, lines) if words]
