"""Invented words, names and sentences: as uneven as a language is, the same in every run."""

import random
from itertools import accumulate
from typing import Final

from widget.text.search import search_terms

# In the order of how often they come; what follows them is made of syllables.
COMMON: Final = (  # noqa: SIM905
    "the and that for this not with was they have council are bridge people from school town years road "
    "parents evening holiday vote ferry harbour night nurses crossing winter money minutes public letter street "
    "lantern quay market fish boats rain children teacher morning bus depot timetable neighbour engine crane museum "
    "library opening hours reading garden roof tenants water price meter river"
).split()
FIRST: Final = (  # noqa: SIM905
    "Noor Ada Wim Claire Ramon Anh Keoni Joe Ines Tomas Berit Oskar Leila Hugo Marta Pavel Zoe Idris Nell Amir "
    "Sanna Rafa Yuki Odile Bram Carla Dov Elin Femi Greta Hakim Ivo Jana Karim Lotte Mina Nils Olga Petra Quentin"
).split()
PLACES: Final = (  # noqa: SIM905
    "Ostrelle Magog Hamar Sherbrooke Oban Quimper Teruel Hilo Visby Lannion Soria Kiruna Galway Namur Arles Tromso "
    "Ennis Dinan Cuenca Lugo Bergen Nantes Sligo Mostar Rijeka Aalst Brno Cork Delft Evora"
).split()
_SYLLABLES = "ba ko ri tun vel mar os lin dra pe su ner gal ti mo ush fen kar lo wen".split()  # noqa: SIM905
_WORDS = 6000
_SENTENCES = 20_000


class Speech:
    """Sentences to make comments of, each with the terms that it is found by.

    Words come as often as their rank lets them (Zipf's law), so that some stand in every second comment and most in
    one of thousands.
    """

    def __init__(self, chance: random.Random) -> None:
        words = [*COMMON, *(made(number, 4) for number in range(_WORDS - len(COMMON)))]
        weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
        self._sentences = [
            " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(7, 18))).capitalize() + "."
            for _ in range(_SENTENCES)
        ]
        self._terms = [search_terms(sentence) for sentence in self._sentences]

    def comment(self, chance: random.Random) -> tuple[str, str]:
        """Return some sentences, and their terms."""
        at = [int(chance.random() * _SENTENCES) for _ in range(1 + int(chance.random() * 4))]
        return " ".join(self._sentences[one] for one in at), " ".join(self._terms[one] for one in at)


def made(number: int, syllables: int) -> str:
    """Return the word of that number: no two numbers below 20 to the power of `syllables` share one."""
    parts = []
    for _ in range(syllables):
        number, place = divmod(number, len(_SYLLABLES))
        parts.append(_SYLLABLES[place])
    return "".join(parts)


def name(number: int) -> str:
    """Return the name of the account of that number; no other account has it."""
    return f"{FIRST[number % len(FIRST)]} {made(number // len(FIRST), 3).title()}"
