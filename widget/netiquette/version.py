"""A version of a netiquette as plain values: what a draft holds, and what versions are compared by.

Texts are keyed by language. Nothing here changes in place: every step gives a new version.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

Texts = Mapping[str, str]

# The texts of a version that belong to no rule, in the order in which they are read.
PARTS = ("titles", "preambles", "rights")


@dataclass(frozen=True, slots=True)
class RuleWording:
    """A rule as a version words it; number, slug and what it takes to cite it never change once published."""

    number: int
    slug: str
    citable: bool
    needs_note: bool
    retired: bool
    titles: Texts
    texts: Texts


@dataclass(frozen=True, slots=True)
class Version:
    """The whole of a version; `summaries` say what changed since the one before."""

    titles: Texts
    preambles: Texts
    rights: Texts
    rules: tuple[RuleWording, ...]
    summaries: Texts = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Version":
        """Return the version that `as_json` wrote down."""
        rules = tuple(RuleWording(**rule) for rule in data["rules"])
        return cls(data["titles"], data["preambles"], data["rights"], rules, data["summaries"])

    def as_json(self) -> dict[str, Any]:
        """Return the version as a JSON document."""
        return asdict(self)

    def rule(self, number: int) -> RuleWording | None:
        """Return a rule by its number."""
        return next((rule for rule in self.rules if rule.number == number), None)

    def part(self, name: str) -> Texts:
        """Return one of `PARTS`."""
        texts: Texts = getattr(self, name)
        return texts

    def with_rule(self, changed: RuleWording) -> "Version":
        """Return the version with a rule put in the place of the one with its number, or at the end."""
        others = [rule for rule in self.rules if rule.number != changed.number]
        ordered = sorted([*others, changed], key=lambda rule: rule.number)
        return replace(self, rules=tuple(ordered))

    def with_texts(self, words: Mapping[str, Texts]) -> "Version":
        """Return the version with texts put in, by part (or `summaries`) and language."""

        def put(name: str, texts: Texts) -> Texts:
            return {**texts, **words.get(name, {})}

        return replace(
            self,
            titles=put("titles", self.titles),
            preambles=put("preambles", self.preambles),
            rights=put("rights", self.rights),
            summaries=put("summaries", self.summaries),
        )

    def without_rule(self, number: int) -> "Version":
        """Return the version without a rule, which only one that was never published can be."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.number != number))

    def in_languages(self, languages: Iterable[str]) -> "Version":
        """Return the version in these languages alone, with an empty text where one is missing."""
        kept = list(languages)

        def only(texts: Texts) -> Texts:
            return {language: texts.get(language, "") for language in kept}

        rules = tuple(replace(rule, titles=only(rule.titles), texts=only(rule.texts)) for rule in self.rules)
        return Version(
            only(self.titles), only(self.preambles), only(self.rights), rules, only(self.summaries)
        )


def next_number(versions: Sequence[Version], first: int) -> int:
    """Return the number of the next rule to be added, `first` at the least; none is ever used again."""
    return max([first, *(rule.number + 1 for version in versions for rule in version.rules)])
