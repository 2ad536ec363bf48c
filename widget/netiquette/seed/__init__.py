"""The netiquette that code gives to a new site: version 1, eighteen rules in five languages.

Each language stands in its own TOML file beside this module, so that a translator needs to open one
file and no code. What belongs to no language (numbers, slugs, what may be cited) stands in ``FACTS``.
From the moment a site has its version 1 the database is authoritative; this module is not asked again.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

LANGUAGES: tuple[str, ...] = ("en", "fr", "es", "ar", "zh")


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for a rule in every language.

    ``citable`` says whether a decision or a report may name the rule; ``needs_note`` says whether
    citing it also takes a note in words, because the rule alone would tell the writer nothing.
    """

    number: int
    slug: str
    citable: bool = True
    needs_note: bool = False


# Numbers and slugs are permanent: decisions of past years cite them. An amendment changes the text of
# a rule or retires it in the database; an additional rule starts at 19. Nothing here is renumbered.
FACTS: tuple[Facts, ...] = (
    Facts(1, "full-name"),
    Facts(2, "no-impersonation"),
    # Rule 3 is a promise made to readers; nobody can break it by writing a comment.
    Facts(3, "open-to-all", citable=False),
    Facts(4, "no-hatred"),
    Facts(5, "no-shouting"),
    Facts(6, "no-vulgarity"),
    Facts(7, "respect"),
    Facts(8, "debate"),
    Facts(9, "language-and-topic"),
    Facts(10, "no-repetition"),
    Facts(11, "no-images"),
    Facts(12, "own-words"),
    Facts(13, "no-advertising"),
    # Rule 14 lets the editors refuse any comment, so a refusal under it has to say why.
    Facts(14, "moderated", needs_note=True),
    # Rules 15 to 18 say what the publisher may do and what publication means; they forbid nothing.
    Facts(15, "forums-close", citable=False),
    Facts(16, "amendments", citable=False),
    Facts(17, "published-for-good", citable=False),
    Facts(18, "no-removal-duty", citable=False),
)


@dataclass(frozen=True, slots=True)
class SeedRule:
    """One rule with its short title and its text, both keyed by language code."""

    number: int
    slug: str
    citable: bool
    needs_note: bool
    titles: Mapping[str, str]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SeedNetiquette:
    """A whole netiquette: page title, preamble and note of rights by language code, rules by number.

    Preambles and notes of rights hold paragraphs separated by one blank line; a rule's text is one paragraph.
    """

    titles: Mapping[str, str]
    preambles: Mapping[str, str]
    rights: Mapping[str, str]
    rules: tuple[SeedRule, ...]


@dataclass(frozen=True, slots=True)
class _Wording:
    """The content of one language file; ``rules`` holds (title, text) in the order of ``FACTS``."""

    title: str
    preamble: str
    rights: str
    rules: tuple[tuple[str, str], ...]


def load(languages: Sequence[str] | None = None) -> SeedNetiquette:
    """Return the netiquette in the given languages, in their order, or in all five when none are given.

    Files are read once per process. Raises ``ValueError`` when a language has no file, or when a file
    lacks a rule, numbers or names one differently from ``FACTS``, or leaves a text empty.
    """
    return _load_packaged(LANGUAGES if languages is None else tuple(languages))


def load_from(folder: Traversable, languages: Sequence[str]) -> SeedNetiquette:
    """Return the netiquette that the files ``<language>.toml`` of a folder hold.

    Raises ``ValueError`` as ``load`` does, with the name of the file and what is wrong in it.
    """
    if not languages:
        raise ValueError("a netiquette needs at least one language")
    wordings = {language: _read(folder, language) for language in languages}
    return SeedNetiquette(
        titles=MappingProxyType({language: wording.title for language, wording in wordings.items()}),
        preambles=MappingProxyType({language: wording.preamble for language, wording in wordings.items()}),
        rights=MappingProxyType({language: wording.rights for language, wording in wordings.items()}),
        rules=tuple(_rule(index, facts, wordings) for index, facts in enumerate(FACTS)),
    )


@cache
def _load_packaged(languages: tuple[str, ...]) -> SeedNetiquette:
    return load_from(files(__name__), languages)


def _rule(index: int, facts: Facts, wordings: Mapping[str, _Wording]) -> SeedRule:
    return SeedRule(
        number=facts.number,
        slug=facts.slug,
        citable=facts.citable,
        needs_note=facts.needs_note,
        titles=MappingProxyType(
            {language: wording.rules[index][0] for language, wording in wordings.items()}
        ),
        texts=MappingProxyType({language: wording.rules[index][1] for language, wording in wordings.items()}),
    )


def _read(folder: Traversable, language: str) -> _Wording:
    name = f"{language}.toml"
    try:
        document = tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(
            f"no netiquette is written in the language {language!r}: {name} is missing"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name} is not valid TOML: {error}") from error
    if document.get("language") != language:
        raise ValueError(f"{name} says that its language is {document.get('language')!r}")
    return _Wording(
        title=_words(document, "title", name),
        preamble=_words(document, "preamble", name),
        rights=_words(document, "rights", name),
        rules=_rules(document.get("rules"), name),
    )


def _rules(entries: Any, name: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f"{name} has no [[rules]]")
    numbers = [facts.number for facts in FACTS]
    found: dict[int, dict[str, Any]] = {}
    for entry in entries:
        number = entry.get("number")
        if number not in numbers:
            raise ValueError(f"{name} has a rule numbered {number!r}, which is none of the seed's")
        if number in found:
            raise ValueError(f"{name} has rule {number} twice")
        found[number] = entry
    return tuple(_rule_words(found, facts, name) for facts in FACTS)


def _rule_words(found: Mapping[int, Mapping[str, Any]], facts: Facts, name: str) -> tuple[str, str]:
    entry = found.get(facts.number)
    if entry is None:
        raise ValueError(f"{name} lacks rule {facts.number} ({facts.slug})")
    if entry.get("slug") != facts.slug:
        raise ValueError(
            f"{name}: the slug of rule {facts.number} is {entry.get('slug')!r}, not {facts.slug!r}"
        )
    where = f"{name}, rule {facts.number}"
    return _words(entry, "title", where), _words(entry, "text", where)


def _words(table: Mapping[str, Any], key: str, where: str) -> str:
    """Return a text without the line breaks that TOML's triple quotes leave around it."""
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{where}: {key} is missing or empty")
    return value.strip()
