"""Which of its many names a town is shown by in each language, and what stands in brackets behind it.

GeoNames' other names have no language. So: a list of our own first, then the cities CLDR names its time zones by,
then, for Arabic and Chinese, the name in that script which is most usual in that language; else the town's own name.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import regex
from babel import Locale
from babel.core import get_global
from wordfreq import get_frequency_dict

from widget.gazetteer.keys import key
from widget.gazetteer.source import Town
from widget.text.folding import fold

LANGUAGES = ("en", "fr", "es", "ar", "zh")

_HERE = Path(__file__).parent
_APART = regex.compile(r"[,،，\[]")
_BRACKETS = regex.compile(r"\s*[(（][^()（）]*[)）]")
# Letters that Arabic writes itself with; Persian, Urdu, Kurdish and others have some of their own.
_ARABIC = regex.compile(r"[\u0621-\u063a\u0641-\u064a\u064b-\u0652 -]+")
_HARAKAT = regex.compile(r"[\u064b-\u0652]")
_BEGINS_HAN = regex.compile(r"\p{Han}")
_KIND = regex.compile(r"(?<=..)(?:广域|特别|直辖)?市$")
_HAN = regex.compile(r"\p{Han}{2,12}")
# Here a shorter name is the usual one; elsewhere the fuller one is the careful transcription.
_OWN_HAN = frozenset({"CN", "HK", "MO", "SG", "TW"})
# CLDR's names of these say under whose sovereignty they are, which nobody writes behind a town.
_COUNTRIES = {
    "HK": ("Hong Kong", "Hong Kong", "Hong Kong", "هونغ كونغ", "香港"),
    "MO": ("Macao", "Macao", "Macao", "ماكاو", "澳门"),
}


def display(town: Town, known: Mapping[str, str]) -> dict[str, str]:
    """Return by language the names that differ from the town's own; `known` are those that need no guessing."""
    foreign = [name for name in town.others if not name.isascii()]
    guessed = {"ar": _arabic(foreign), "zh": _chinese(foreign, town.country)}
    chosen = {language: known.get(language) or guessed.get(language) for language in LANGUAGES}
    return {language: name for language, name in chosen.items() if name and name != town.name}


def known(towns: Iterable[Town]) -> dict[Town, dict[str, str]]:
    """Return the names that our own list or CLDR has, for the largest town that each can mean."""
    listed: dict[tuple[str, str], Mapping[str, str]] = {
        (country, name): names
        for country, own in tomllib.loads((_HERE / "towns.toml").read_text("utf-8")).items()
        for name, names in own.items()
    }
    zones = _zones()
    found: dict[Town, dict[str, str]] = {}
    taken: set[object] = set()
    for town in sorted(towns, key=lambda one: -one.population):
        zone = get_global("zone_aliases").get(town.zone, town.zone)
        # A zone may be named after an island or a whole country instead, as that of Panama City is.
        if zone in zones and zone not in taken and key(zones[zone]["en"]) == key(town.name):
            taken.add(zone)
            found[town] = {language: name for language, name in zones[zone].items() if language != "en"}
        own = (town.country, town.name)
        if own in listed and own not in taken:
            taken.add(own)
            found[town] = {**found.get(town, {}), **listed[own]}
    return found


def areas() -> dict[str, dict[str, str]]:
    """Return by code what stands behind towns: `CA` and `CA.10`, each by language."""
    listed = tomllib.loads((_HERE / "regions.toml").read_text("utf-8"))
    found = {
        f"{country}.{code}": dict(zip(LANGUAGES, names, strict=True))
        for country, regions in listed.items()
        for code, names in regions.items()
    }
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                # "Myanmar (Burma)" would open a second pair of brackets inside the first.
                found.setdefault(code, {})[language] = _BRACKETS.sub("", name)
    for code, names in _COUNTRIES.items():
        found[code] = dict(zip(LANGUAGES, names, strict=True))
    return found


@cache
def _zones() -> dict[str, dict[str, str]]:
    """Return by time zone the city it is named after, in each language that has a name of its own for it."""
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        for zone, names in Locale(language).time_zones.items():
            city = names.get("city", "")
            # "Beulah, North Dakota" and "Knox [Indiana]" tell zones apart, not towns.
            if city and not _APART.search(city):
                found.setdefault(zone, {})[language] = _BRACKETS.sub("", city)
    for zone, cities in found.items():
        cities.setdefault("en", zone.rpartition("/")[2].replace("_", " "))
    return found


def _arabic(names: list[str]) -> str | None:
    # Behind a comma stands the region, in the language of whoever wrote it.
    heads = {name.partition("،")[0].strip() for name in names}
    candidates = [name for name in heads if _ARABIC.fullmatch(name) and len(name) > 2]
    return max(candidates, key=_how_arabic, default=None)


def _how_arabic(name: str) -> tuple[float, bool, bool, int, str]:
    plain = _HARAKAT.sub("", name) == name
    return (_usual("ar", name), name.startswith("ال") or "ة" in name, plain, -len(name), name)


def _chinese(names: list[str], country: str) -> str | None:
    bare = [_BRACKETS.sub("", name) for name in names if _BEGINS_HAN.match(name)]
    # Folding Chinese is writing it with simplified characters.
    simple = {_without_kind(fold(name).text) for name in bare if _HAN.fullmatch(name)}
    candidates = [name for name in simple if country == "CN" or _is_simplified(name)]
    fuller = -1 if country in _OWN_HAN else 1
    return max(candidates, key=lambda name: (_usual("zh", name), fuller * len(name), name), default=None)


def _without_kind(name: str) -> str:
    """Return a Chinese name without the character for "city", which labels leave out."""
    return _KIND.sub("", name)


def _is_simplified(name: str) -> bool:
    """Whether a name has only characters of the mainland's standard, and no Japanese ones."""
    try:
        name.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _usual(language: str, name: str) -> float:
    """Return how often a language writes a name; of several words, the rarest counts."""
    frequencies = get_frequency_dict(language)
    return min((frequencies.get(word, 0.0) for word in name.replace("-", " ").split()), default=0.0)
