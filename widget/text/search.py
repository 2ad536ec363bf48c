"""Text as it is searched: folded words, and pairs of characters where words are written without spaces.

The same terms serve both engines: SQLite's FTS5 and PostgreSQL's tsvector only have to part them at spaces.
What is stored depends on this; `flask --app wsgi search rebuild` works it out anew.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

import regex

from widget.text import folding

_PHRASE = regex.compile(r'["“”„«»「」]([^"“”„«»「」]*)["“”„«»「」]|([^\s"“”„«»「」]+)')
_MOST_WANTED = 12
# A shorter word is looked for as it stands: whatever begins with "a" is no help.
_SHORTEST_BEGINNING = 3


@dataclass(frozen=True)
class Wanted:
    """Something a text must hold: terms in a row, the last of which may go on where `begins` says so."""

    terms: tuple[str, ...]
    begins: bool


def search_terms(*texts: str) -> str:
    """Return the terms of texts, parted by spaces; a run of Chinese gives its pairs and its last character."""
    return " ".join(term for text in texts for term in _terms(folding.words(text)))


def wanted(query: str) -> list[Wanted]:
    """Return what a query asks for: every word, and what stands between quotation marks in that order.

    A word also finds those that begin with it. At most twelve are looked at; a query without words asks
    for nothing.
    """
    found: list[Wanted] = []
    for match in _PHRASE.finditer(query):
        words = folding.words(match[1] if match[1] is not None else match[2])
        if words:
            found.append(_wanted(words, quoted=match[1] is not None))
    return found[:_MOST_WANTED]


def _wanted(words: list[str], *, quoted: bool) -> Wanted:
    last = words[-1]
    if folding.is_character(last):
        # Within a run the pairs say everything; alone, a character begins the pairs that it stands first in.
        alone = len(words) == 1 or not folding.is_character(words[-2])
        terms = tuple(_terms(words))
        return Wanted(terms if alone else terms[:-1], begins=alone)
    return Wanted(tuple(_terms(words)), begins=not quoted and len(last) >= _SHORTEST_BEGINNING)


def _terms(words: Iterable[str]) -> Iterator[str]:
    for is_run, run in groupby(words, folding.is_character):
        if not is_run:
            yield from run
            continue
        characters = list(run)
        yield from (one + other for one, other in pairwise(characters))
        yield characters[-1]
