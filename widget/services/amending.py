"""Amending a site's netiquette: the one draft of its next version, worked on by editors (rule 16).

Everything but starting names the edit of the draft that the editor had before their eyes: when a colleague
saved meanwhile, nothing is written and the refusal says who, and when. `publishing` puts the draft in force.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.db import begin_writing
from widget.errors import Forbidden, NotFound, Refusal, Refusals, Stale
from widget.models import AuditEntry, NetiquetteDraft, Site
from widget.moderation.permissions import Permission, Staff
from widget.netiquette import seed
from widget.netiquette.version import RuleWording, Version, next_number
from widget.services import audit, netiquettes
from widget.services.locks import ROW
from widget.text import normalise

# Graphemes; also what the desk's fields say.
LONGEST_TITLE, LONGEST_TEXT, LONGEST_PART, LONGEST_SUMMARY = 120, 2000, 4000, 600
LONGEST_SLUG = 64
# The numbers below belong to the rules that code gives to every site, those it may once have included.
FIRST_ADDED = 19
PUBLISHED = "netiquette.publish"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST = {
    "titles": LONGEST_TITLE,
    "texts": LONGEST_TEXT,
    "preambles": LONGEST_PART,
    "rights": LONGEST_PART,
    "summaries": LONGEST_SUMMARY,
}

# The texts of one form: by kind (`titles`, `texts`, `preambles` …), then by language.
Typed = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Facts:
    """What is permanent about a rule once it is published: its slug, and what it takes to cite it."""

    slug: str = ""
    citable: bool = True
    needs_note: bool = False


def draft_of(session: Session, site_id: int) -> NetiquetteDraft | None:
    """Return a site's draft, if somebody has begun one."""
    return session.get(NetiquetteDraft, site_id, populate_existing=True)


def basis(session: Session, site: Site) -> Version:
    """Return what a draft begins with: what is in force, in the languages that the site has now.

    A language that is new to the site is filled from the seed where the rule is one of ours.
    """
    ours = seed.load()
    slugs = {rule.slug: rule for rule in ours.rules}
    version = netiquettes.version_of(netiquettes.in_force(session, site.id))

    def filled(texts: Mapping[str, str], source: Mapping[str, str]) -> dict[str, str]:
        return {language: texts.get(language) or source.get(language, "") for language in site.languages}

    def worded(rule: RuleWording) -> RuleWording:
        known = slugs.get(rule.slug)
        titles, texts = (known.titles, known.texts) if known else ({}, {})
        return replace(rule, titles=filled(rule.titles, titles), texts=filled(rule.texts, texts))

    return Version(
        titles=filled(version.titles, ours.titles),
        preambles=filled(version.preambles, ours.preambles),
        rights=filled(version.rights, ours.rights),
        rules=tuple(worded(rule) for rule in version.rules),
    ).in_languages(site.languages)


def start(session: Session, staff: Staff, site_id: int, now: datetime) -> NetiquetteDraft:
    """Begin a draft from what is in force, or return the one that a colleague has begun already."""
    site = locked_site(session, staff, site_id)
    known = draft_of(session, site_id)
    if known is not None:
        return known
    version = basis(session, site)
    row = NetiquetteDraft(site_id=site_id, content={}, edits=0, changed_at=now, changed_by_name=staff.name)
    session.add(row)
    _keep(session, staff, row, version, {"did": "start"}, now)
    return row


def save_rule(
    session: Session,
    staff: Staff,
    site_id: int,
    edits: int,
    number: int,
    typed: Typed,
    now: datetime,
    facts: Facts | None = None,
) -> NetiquetteDraft:
    """Put the titles and texts of a rule into the draft; `facts` count for a rule that is not published yet.

    Raises NotFound, Forbidden, Stale, Refusals (`amendment.long`).
    """
    row, version = _opened(session, staff, site_id, edits)
    rule = _rule(version, number)
    if facts is not None and not _is_published(session, site_id, number):
        rule = replace(rule, citable=facts.citable, needs_note=facts.citable and facts.needs_note)
    words = _read(typed)
    changed = replace(rule, titles={**rule.titles, **words["titles"]}, texts={**rule.texts, **words["texts"]})
    _keep(session, staff, row, version.with_rule(changed), {"did": "save", "rule": number}, now)
    return row


def save_parts(
    session: Session, staff: Staff, site_id: int, edits: int, typed: Typed, now: datetime
) -> NetiquetteDraft:
    """Put the title, the preamble, the note of rights or the summaries into the draft.

    Raises NotFound, Forbidden, Stale, Refusals (`amendment.long`).
    """
    row, version = _opened(session, staff, site_id, edits)
    changed = version.with_texts(_read(typed))
    _keep(session, staff, row, changed, {"did": "save", "parts": sorted(typed)}, now)
    return row


def add_rule(
    session: Session, staff: Staff, site_id: int, edits: int, facts: Facts, typed: Typed, now: datetime
) -> int:
    """Add a rule to the draft and return its number, from 19 on and above every one there has been.

    Without a slug it is called after its number. Raises NotFound, Forbidden, Stale, Refusals
    (`amendment.long`), Refusal (`amendment.slug`, `amendment.slug-taken`).
    """
    row, version = _opened(session, staff, site_id, edits)
    published = netiquettes.version_of(netiquettes.in_force(session, site_id))
    number = next_number([published, version], FIRST_ADDED)
    slug = facts.slug.strip() or f"rule-{number}"
    if not _SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise Refusal("amendment.slug", "slug", most=LONGEST_SLUG)
    if slug in {rule.slug for rule in version.rules}:
        raise Refusal("amendment.slug-taken", "slug", slug=slug)
    words = _read(typed)
    needs_note = facts.citable and facts.needs_note
    rule = RuleWording(number, slug, facts.citable, needs_note, False, words["titles"], words["texts"])
    _keep(session, staff, row, version.with_rule(rule), {"did": "add", "rule": number}, now)
    return number


def retire(
    session: Session, staff: Staff, site_id: int, edits: int, number: int, now: datetime
) -> NetiquetteDraft:
    """Take a rule out of the next version; one that was never published leaves the draft altogether."""
    row, version = _opened(session, staff, site_id, edits)
    rule = _rule(version, number)
    if _is_published(session, site_id, number):
        changed = version.with_rule(replace(rule, retired=True))
    else:
        changed = version.without_rule(number)
    _keep(session, staff, row, changed, {"did": "retire", "rule": number}, now)
    return row


def restore(
    session: Session, staff: Staff, site_id: int, edits: int, number: int, now: datetime
) -> NetiquetteDraft:
    """Bring a retired rule back, under its old number."""
    row, version = _opened(session, staff, site_id, edits)
    changed = version.with_rule(replace(_rule(version, number), retired=False))
    _keep(session, staff, row, changed, {"did": "restore", "rule": number}, now)
    return row


def discard(session: Session, staff: Staff, site_id: int, edits: int, now: datetime) -> None:
    """Throw the draft away; what is in force stays."""
    row, _ = _opened(session, staff, site_id, edits)
    session.delete(row)
    session.flush()
    _record(session, staff, site_id, {"did": "discard", "edits": edits}, now)


def opened(session: Session, staff: Staff, site_id: int, edits: int) -> tuple[Site, NetiquetteDraft, Version]:
    """Lock the site and return its draft in the edit that the editor saw.

    Raises NotFound, Forbidden, Stale (`amendment.overtaken`, `amendment.published`, `amendment.gone`).
    """
    site = locked_site(session, staff, site_id)
    row = draft_of(session, site_id)
    if row is None:
        raise _gone(session, site_id)
    if row.edits != edits:
        raise Stale("amendment.overtaken", who=row.changed_by_name, at=row.changed_at)
    return site, row, Version.from_json(row.content)


def locked_site(session: Session, staff: Staff, site_id: int) -> Site:
    """Begin writing with the site locked, which puts editors, and comments being sent, in order.

    Raises NotFound outside the colleague's sites, Forbidden (`not-permitted`).
    """
    begin_writing(session)
    site = session.get(Site, site_id, with_for_update=ROW, populate_existing=True)
    if site is None or not staff.may(Permission.READ_QUEUE, site_id):
        raise NotFound("site.unknown")
    if not staff.may(Permission.AMEND_NETIQUETTE, site_id):
        raise Forbidden("not-permitted")
    return site


def cleaned(kind: str, text: str) -> str:
    """Return a text as it is kept: NFC, without control characters; a title in one line."""
    if normalise.is_oversized(text, _LONGEST[kind]):
        return text  # It is refused, and not even looked at.
    text = normalise.clean(text)
    if kind == "titles":
        text = " ".join(text.split())
    return text if normalise.is_visible(text) else ""


def is_too_long(kind: str, text: str) -> bool:
    """Whether a text has more characters than its kind may have."""
    most = _LONGEST[kind]
    return normalise.is_oversized(text, most) or normalise.graphemes(text) > most


def _opened(session: Session, staff: Staff, site_id: int, edits: int) -> tuple[NetiquetteDraft, Version]:
    _, row, version = opened(session, staff, site_id, edits)
    return row, version


def _gone(session: Session, site_id: int) -> Stale:
    """Return the refusal for a draft that is not there any more: published, and by whom, or discarded."""
    last = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.site_id == site_id, AuditEntry.action.in_((PUBLISHED, "netiquette.draft")))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return Stale("amendment.none")
    if last.action == PUBLISHED:
        return Stale("amendment.published", who=last.actor_name, at=last.at)
    return Stale("amendment.gone", who=last.actor_name, at=last.at)


def _read(typed: Typed) -> dict[str, dict[str, str]]:
    """Return what was typed as it is kept; raise Refusals (`amendment.long`) for what is too long."""
    words = {
        kind: {language: cleaned(kind, text) for language, text in texts.items()}
        for kind, texts in typed.items()
    }
    refusals = [
        Refusal("amendment.long", f"{kind}-{language}", most=_LONGEST[kind], language=language)
        for kind, texts in words.items()
        for language, text in texts.items()
        if is_too_long(kind, text)
    ]
    if refusals:
        raise Refusals(refusals)
    return words


def _rule(version: Version, number: int) -> RuleWording:
    rule = version.rule(number)
    if rule is None:
        raise NotFound("amendment.no-rule", number=number)
    return rule


def _is_published(session: Session, site_id: int, number: int) -> bool:
    return any(rule.number == number for rule in netiquettes.in_force(session, site_id).rules)


def _keep(
    session: Session,
    staff: Staff,
    row: NetiquetteDraft,
    version: Version,
    did: Mapping[str, object],
    now: datetime,
) -> None:
    """Write the draft down with who changed it; its number of edits goes up by one."""
    row.content = version.as_json()
    row.edits += 1
    row.changed_at, row.changed_by_id, row.changed_by_name = now, staff.account_id, staff.name
    session.flush()
    _record(session, staff, row.site_id, {**did, "edits": row.edits}, now)


def _record(session: Session, staff: Staff, site_id: int, did: Mapping[str, object], now: datetime) -> None:
    audit.record(
        session, staff, "netiquette.draft", subject=f"site:{site_id}", site_id=site_id, after=did, now=now
    )
