"""How common a word is, from the small word lists of wordfreq (English, French, Spanish)."""

import math
from collections.abc import Mapping
from functools import cache

from widget.text.spelling import without_accents

# The lists for the other languages are not needed: Arabic and Chinese know no capitals.
LANGUAGES = ("en", "fr", "es")


@cache
def _frequencies(language: str) -> Mapping[str, float]:
    """Return the share of each word of a language among all its words; loaded once, about 3 MB."""
    if language not in LANGUAGES:
        return {}
    from wordfreq import get_frequency_dict  # it takes a moment, which only the first review should

    return get_frequency_dict(language, wordlist="small")


def zipf(word: str, language: str) -> float:
    """Return how common a lower-case word is: the logarithm of its occurrences in a thousand million words.

    3 is rare, 6 is very common; 0 for a word or a language that the lists do not know.
    """
    share = _frequencies(language).get(word, 0.0)
    return math.log10(share) + 9 if share else 0.0


def zipf_of_capitals(word: str, language: str) -> float:
    """Return how common a word is that was written in capitals, where accents are often left out."""
    return max(zipf(word, language), _unaccented(language).get(word, 0.0))


@cache
def _unaccented(language: str) -> Mapping[str, float]:
    """Return how common the words with accents are, by their spelling without."""
    found: dict[str, float] = {}
    for word in _frequencies(language):
        if not word.isascii():
            bare = without_accents(word)
            found[bare] = max(found.get(bare, 0.0), zipf(word, language))
    return found
