"""A draft of the netiquette as its pages show it, and what its forms send."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import abort, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from widget.models import NetiquetteDraft, Site
from widget.netiquette import changes
from widget.netiquette.changes import Changes, Kind
from widget.netiquette.version import PARTS, RuleWording, Version
from widget.services import amending, netiquettes
from widget.web import language
from widget.web.desk import wording

RULE = ("titles", "texts")
SUMMARIES = ("summaries",)
# What each field may hold, as the services count it.
LONGEST: Mapping[str, int] = {
    "titles": amending.LONGEST_TITLE,
    "texts": amending.LONGEST_TEXT,
    "preambles": amending.LONGEST_PART,
    "rights": amending.LONGEST_PART,
    "summaries": amending.LONGEST_SUMMARY,
}


@dataclass(frozen=True)
class Row:
    """A rule in the draft's list: what became of it, in which languages, and where a text is missing."""

    rule: RuleWording
    title: str
    state: str
    changed: list[str]
    unchanged: list[str]
    missing: list[str]


@dataclass(frozen=True)
class Sheet:
    """A form of texts: as they stand in the draft, or as they were typed when they were not kept.

    `saved` holds what a colleague saved meanwhile where it differs from what was typed; `problems` are
    sentences by field.
    """

    texts: Mapping[str, Mapping[str, str]]
    saved: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def text(self, kind: str, tag: str) -> str:
        """Return what a field holds."""
        return self.texts.get(kind, {}).get(tag, "")

    def problem(self, kind: str, tag: str) -> str | None:
        """Return what is wrong with a field."""
        return self.problems.get(f"{kind}-{tag}")


@dataclass(frozen=True)
class Draft:
    """A draft with what it is compared with."""

    site: Site
    row: NetiquetteDraft
    version: Version
    in_force: Version
    number: int

    @property
    def by_language(self) -> list[Changes]:
        """What changes in each language of the site."""
        return [changes.between(self.in_force, self.version, tag) for tag in self.site.languages]

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to publish."""
        return changes.differ(self.in_force, self.version, self.site.languages)

    def is_published(self, number: int) -> bool:
        """Whether a rule was in any version before."""
        return self.in_force.rule(number) is not None

    @property
    def rows(self) -> list[Row]:
        """The rules as the list shows them."""
        found = self.by_language
        return [self._row(rule, found) for rule in self.version.rules]

    @property
    def part_row(self) -> tuple[list[str], list[str]]:
        """The languages in which title, preamble or rights changed, and those in which one is missing."""
        changed = [wording.language_name(found.language) for found in self.by_language if found.parts]
        missing = [
            wording.language_name(tag)
            for tag in self.site.languages
            if not all(self.version.part(part).get(tag) for part in PARTS)
        ]
        return changed, missing

    def _row(self, rule: RuleWording, found: list[Changes]) -> Row:
        named = {one.language: wording.language_name(one.language) for one in found}
        amended = {one.language: one.rule(rule.number) for one in found}
        kinds = {change.kind for change in amended.values() if change}
        changed = [named[tag] for tag, change in amended.items() if change]
        missing = [
            named[tag]
            for tag in named
            if not rule.retired and not (rule.titles.get(tag) and rule.texts.get(tag))
        ]
        some = Kind.AMENDED in kinds and len(changed) < len(named)
        return Row(
            rule=rule,
            title=language.pick(dict(rule.titles), language.selected()),
            state=_state(rule, kinds),
            changed=changed if some else [],
            unchanged=[named[tag] for tag, change in amended.items() if not change] if some else [],
            missing=missing,
        )


def load(session: Session, site: Site) -> Draft | None:
    """Return a site's draft, if there is one."""
    row = amending.draft_of(session, site.id)
    if row is None:
        return None
    newest = netiquettes.in_force(session, site.id)
    version = Version.from_json(row.content)
    return Draft(site, row, version, netiquettes.version_of(newest), newest.number + 1)


def typed(site: Site, kinds: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the texts that a form sent, by kind and language; what it did not send is left out."""
    return {
        kind: {
            tag: request.form[f"{kind}-{tag}"] for tag in site.languages if f"{kind}-{tag}" in request.form
        }
        for kind in kinds
    }


def rule_texts(rule: RuleWording) -> dict[str, Mapping[str, str]]:
    """Return the texts of a rule as a sheet holds them."""
    return {"titles": rule.titles, "texts": rule.texts}


def part_texts(version: Version, kinds: tuple[str, ...] = PARTS) -> dict[str, Mapping[str, str]]:
    """Return the texts of a version's parts, or its summaries, as a sheet holds them."""
    return {kind: version.part(kind) for kind in kinds}


def differing(
    mine: Mapping[str, Mapping[str, str]], theirs: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Return, by field, what the draft holds where it is not what was typed."""
    return {
        f"{kind}-{tag}": theirs[kind].get(tag, "")
        for kind, texts in mine.items()
        for tag, text in texts.items()
        if theirs[kind].get(tag, "") != amending.cleaned(kind, text)
    }


def edits() -> int:
    """Return which edit of the draft the form was made from; answer 400 for a form without it."""
    try:
        return int(request.form["edits"])
    except ValueError:
        abort(400)


def _state(rule: RuleWording, kinds: set[Kind]) -> str:
    if Kind.ADDED in kinds:
        return gettext("new")
    if Kind.RETIRED in kinds:
        return gettext("to be retired")
    if rule.retired:
        return gettext("retired")
    if Kind.RESTORED in kinds:
        return gettext("in force again")
    return gettext("amended") if kinds else ""
