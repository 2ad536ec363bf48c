"""The word lists that checks consult: seeded by one TOML file a language, replaceable by a site's own."""

import tomllib
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache
from importlib.resources import files

# An entry of a site's own: its list, its wording, and whether it is one of ours that the site strikes out.
Own = tuple[str, str, bool]


@dataclass(frozen=True)
class WordLists:
    """The lists of one language, in normal spelling and lower case; what each is for stands in the TOML files."""

    vulgar: tuple[str, ...] = ()
    insult: tuple[str, ...] = ()
    insult_aimed: tuple[str, ...] = ()
    hatred: tuple[str, ...] = ()
    hatred_patterns: tuple[str, ...] = ()
    threats: tuple[str, ...] = ()
    aim: tuple[str, ...] = ()
    safe: tuple[str, ...] = ()
    advertising: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    acronyms: tuple[str, ...] = ()
    shouted_short: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()


@cache
def load(language: str) -> WordLists:
    """Return the seeded lists of a language; an unknown language has empty ones.

    Raises ValueError for a key that is no list, so that a typo is loud.
    """
    source = files(__name__).joinpath(f"{language}.toml")
    if not source.is_file():
        return WordLists()
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    unknown = set(data) - {field.name for field in fields(WordLists)}
    if unknown:
        raise ValueError(f"{language}.toml: no such list: {', '.join(sorted(unknown))}")
    return WordLists(**{name: tuple(words) for name, words in data.items()})


@lru_cache(maxsize=64)
def merged(language: str, own: tuple[Own, ...]) -> WordLists:
    """Return the seeded lists of a language with a site's own entries added and those it strikes out left out.

    Equal entries give the same object: what is built from lists is known by their identity. Entries of lists
    that do not exist (any more) are passed over.
    """
    ours = load(language)
    changed: dict[str, tuple[str, ...]] = {}
    for name in {kind for kind, _, _ in own} & {field.name for field in fields(WordLists)}:
        struck = {entry for kind, entry, is_struck in own if kind == name and is_struck}
        added = (entry for kind, entry, is_struck in own if kind == name and not is_struck)
        kept = (entry for entry in getattr(ours, name) if entry not in struck)
        changed[name] = tuple(dict.fromkeys((*kept, *added)))
    return replace(ours, **changed)
