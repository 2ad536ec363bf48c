"""Publishing a draft as the next version of a site's netiquette, and what there is to know of versions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.errors import Refusal, Refusals
from widget.models import AuditEntry, Netiquette, Rule, Site
from widget.moderation.permissions import Staff
from widget.netiquette import changes
from widget.netiquette.changes import Changes
from widget.netiquette.version import PARTS, RuleWording, Version
from widget.services import amending, audit, netiquettes


@dataclass(frozen=True)
class Amendment:
    """What became of the netiquette since a version: the later ones, newest first, and what changed in all."""

    later: list[Netiquette]
    changes: Changes


def publish(
    session: Session,
    staff: Staff,
    site_id: int,
    edits: int,
    summaries: Mapping[str, str],
    now: datetime,
) -> Netiquette:
    """Put the draft in force as the next version, with a summary of the changes in every language.

    Raises NotFound, Forbidden, Stale, Refusals with everything that is missing (`problems`).
    """
    site, row, drafted = amending.opened(session, staff, site_id, edits)
    said = {language: amending.cleaned("summaries", text) for language, text in summaries.items()}
    version = replace(drafted, summaries={**drafted.summaries, **said}).in_languages(site.languages)
    replaced = netiquettes.in_force(session, site_id)
    found = problems(site, netiquettes.version_of(replaced), version)
    if found:
        raise Refusals(found)
    published = _written(site_id, replaced.number + 1, version, now)
    session.add(published)
    session.delete(row)
    # Public pages are kept by the site's version, and this one changes what they say.
    site.version += 1
    session.flush()
    audit.record(
        session,
        staff,
        amending.PUBLISHED,
        subject=f"netiquette:{published.id}",
        site_id=site_id,
        before={"version": replaced.number},
        after={"version": published.number, "rules": _rules_changed(replaced, version, site)},
        now=now,
    )
    return published


def problems(site: Site, in_force: Version, version: Version) -> list[Refusal]:
    """Return everything that keeps a version from being published, in the order in which it is read.

    `amendment.unchanged`, `amendment.part-missing`, `amendment.rule-missing`, `amendment.summary-missing`,
    `amendment.long`, `amendment.nothing-citable`.
    """
    if not changes.differ(in_force, version, site.languages):
        return [Refusal("amendment.unchanged")]
    found = [
        Refusal("amendment.part-missing", "parts", language=language)
        for language in site.languages
        if not all(version.part(part).get(language) for part in PARTS)
    ]
    held = [rule for rule in version.rules if not rule.retired]
    found += [refusal for rule in held for refusal in _of_rule(rule, site.languages)]
    if not any(rule.citable for rule in held):
        found.append(Refusal("amendment.nothing-citable"))
    return [*found, *_of_summaries(version.summaries, site.languages)]


def publishers(session: Session, site_id: int) -> dict[int, str]:
    """Return who published each version, by the version's id; a site's first came from nobody."""
    rows = session.execute(
        select(AuditEntry.subject, AuditEntry.actor_name).where(
            AuditEntry.site_id == site_id, AuditEntry.action == amending.PUBLISHED
        )
    )
    return {int(subject.partition(":")[2]): name for subject, name in rows}


def since(session: Session, earlier: Netiquette, language: str) -> Amendment:
    """Return what became of a site's netiquette since an earlier version, in a language."""
    later = [
        version
        for version in netiquettes.versions(session, earlier.site_id)
        if version.number > earlier.number
    ]
    newest = netiquettes.in_force(session, earlier.site_id)
    before, after = netiquettes.version_of(earlier), netiquettes.version_of(newest)
    return Amendment(later, changes.between(before, after, language))


def _of_rule(rule: RuleWording, languages: list[str]) -> list[Refusal]:
    return [
        Refusal("amendment.rule-missing", f"rule-{rule.number}", number=rule.number, language=language)
        for language in languages
        if not (rule.titles.get(language) and rule.texts.get(language))
    ]


def _of_summaries(summaries: Mapping[str, str], languages: list[str]) -> list[Refusal]:
    found = []
    for language in languages:
        field, text = f"summaries-{language}", summaries.get(language, "")
        if not text:
            found.append(Refusal("amendment.summary-missing", field, language=language))
        elif amending.is_too_long("summaries", text):
            most = amending.LONGEST_SUMMARY
            found.append(Refusal("amendment.long", field, most=most, language=language))
    return found


def _written(site_id: int, number: int, version: Version, now: datetime) -> Netiquette:
    return Netiquette(
        site_id=site_id,
        number=number,
        titles=dict(version.titles),
        preambles=dict(version.preambles),
        rights=dict(version.rights),
        summaries=dict(version.summaries),
        published_at=now,
        rules=[
            Rule(
                number=rule.number,
                slug=rule.slug,
                citable=rule.citable,
                needs_note=rule.needs_note,
                retired=rule.retired,
                titles=dict(rule.titles),
                texts=dict(rule.texts),
            )
            for rule in version.rules
        ],
    )


def _rules_changed(replaced: Netiquette, version: Version, site: Site) -> dict[str, str]:
    """Return what became of each rule that changed in any language, by its number."""
    before = netiquettes.version_of(replaced)
    found = [changes.between(before, version, language).rules for language in site.languages]
    return {str(change.number): change.kind.value for rules in found for change in rules}
