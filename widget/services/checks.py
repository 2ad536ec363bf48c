"""What a site makes of the automatic checks: what each may do, whose words it looks for, which names are protected.

Every change bumps the site's version in its own transaction. So what a site has chosen is read once and kept in
memory until that version moves: every process sees a change at its next review, whoever made it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from widget.config import LANGUAGES
from widget.db import begin_writing, is_writing
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import CheckMode, CheckSetting, ListEntry, Netiquette, Site
from widget.moderation.permissions import Permission, Staff
from widget.netiquette import RULES
from widget.netiquette import Rule as Check
from widget.netiquette.lists import WordLists, merged
from widget.netiquette.rule import Mode
from widget.services import audit, netiquettes
from widget.services.locks import ROW
from widget.services.remembered import Remembered

# The kind of entry that is no word of a language: names that nobody but their owner may sign with.
PROTECTED: Final = "protected"
# Every check that a site can set, by name, in the order of the registry.
SETTABLE: Mapping[str, Check] = {check.name: check for check in RULES if check.settable}
# One process serves few sites at a time; what is forgotten is read anew.
_MOST_REMEMBERED = 64


@dataclass(frozen=True)
class SiteChecks:
    """A site's checks as a review needs them; `lists` holds only the languages in which it differs from ours."""

    modes: Mapping[str, Mode] = field(default_factory=dict)
    lists: Mapping[str, WordLists] = field(default_factory=dict)
    protected: tuple[str, ...] = ()


# The site's version and the number of its netiquette in force: what a site's checks can depend on.
_Stamp = tuple[int, int]
_Known = tuple[_Stamp, SiteChecks]
_STAMP = select(
    Site.version,
    select(func.max(Netiquette.number)).where(Netiquette.site_id == Site.id).scalar_subquery(),
).where(Site.id == bindparam("site_id"))
_kept: Remembered[_Known] = Remembered(most=_MOST_REMEMBERED)


def of(session: Session, site_id: int) -> SiteChecks:
    """Return a site's checks: one query as long as nothing changed, four when something did."""
    stamp, known = _stamp(session, site_id), _kept.get(session, site_id)
    if known is not None and known[0] == stamp:
        return known[1]
    found = _read(session, site_id)
    # What this transaction changed itself may yet be rolled back, and the version be given to another change.
    if not is_writing(session):
        _kept.keep(session, site_id, (stamp, found))
    return found


def proposed(check: Check) -> CheckMode:
    """Return what Byline proposes for a check: to do all that it can."""
    return CheckMode(check.modes[-1])


def modes(session: Session, site_id: int) -> dict[str, CheckMode]:
    """Return what each check that can be set is set to, by name, in the order of the registry.

    What the rules in force leave of it is another matter: a check of a retired rule is off.
    """
    rows = session.execute(
        select(CheckSetting.check_name, CheckSetting.mode).where(CheckSetting.site_id == site_id)
    )
    chosen = {row.check_name: row.mode for row in rows}
    return {name: _possible(check, chosen.get(name)) for name, check in SETTABLE.items()}


def set_modes(
    session: Session, staff: Staff, site_id: int, wanted: Mapping[str, CheckMode], now: datetime
) -> list[str]:
    """Set what some of a site's checks may do; return the names of those that changed.

    Raises NotFound, Forbidden (`not-permitted`), Refusal `check.unknown`, and `check.mode` for what a check cannot do.
    """
    for name, mode in wanted.items():
        if name not in SETTABLE:
            raise Refusal("check.unknown")
        if mode.value not in SETTABLE[name].modes:
            raise Refusal("check.mode")
    site = locked(session, staff, site_id)
    before = modes(session, site.id)
    changed = [name for name, mode in wanted.items() if before[name] is not mode]
    if not changed:
        return []
    for name in changed:
        _store(session, site.id, name, wanted[name])
    site.version += 1
    audit.record(
        session,
        staff,
        "checks.set",
        subject=f"site:{site.id}",
        site_id=site.id,
        before={name: before[name].value for name in changed},
        after={name: wanted[name].value for name in changed},
        now=now,
    )
    return changed


def locked(session: Session, staff: Staff, site_id: int) -> Site:
    """Begin writing and return the site, locked, for somebody who may set its checks.

    Raises NotFound (`site.unknown`) for a site that is none of theirs, Forbidden (`not-permitted`).
    """
    begin_writing(session)
    site = session.get(Site, site_id, with_for_update=ROW, populate_existing=True)
    if site is None or not staff.may(Permission.READ_QUEUE, site_id):
        raise NotFound("site.unknown")
    if not staff.may(Permission.SET_CHECKS, site_id):
        raise Forbidden("not-permitted")
    return site


def retired(netiquette: Netiquette) -> frozenset[str]:
    """Return the slugs of the rules that a netiquette has retired; what serves them is off."""
    return frozenset(rule.slug for rule in netiquette.rules if rule.retired)


def _store(session: Session, site_id: int, name: str, mode: CheckMode) -> None:
    """Keep a setting, or none where it is what Byline proposes anyway."""
    row = session.get(CheckSetting, (site_id, name))
    if mode is proposed(SETTABLE[name]):
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(CheckSetting(site_id=site_id, check_name=name, mode=mode))
    else:
        row.mode = mode


def _possible(check: Check, chosen: CheckMode | None) -> CheckMode:
    """Return the mode chosen, unless the check cannot do that (any more)."""
    return chosen if chosen is not None and chosen.value in check.modes else proposed(check)


def _stamp(session: Session, site_id: int) -> _Stamp:
    version, number = session.execute(_STAMP, {"site_id": site_id}).one()
    return version, number


def _read(session: Session, site_id: int) -> SiteChecks:
    off = retired(netiquettes.in_force(session, site_id))
    chosen = modes(session, site_id)
    entries = session.execute(
        select(ListEntry.kind, ListEntry.language, ListEntry.entry, ListEntry.struck)
        .where(ListEntry.site_id == site_id)
        .order_by(ListEntry.kind, ListEntry.language, ListEntry.entry)
    )
    rows = entries.all()
    lists = {}
    for language in LANGUAGES:
        own = tuple((row.kind, row.entry, row.struck) for row in rows if row.language == language)
        if own:
            lists[language] = merged(language, own)
    return SiteChecks(
        modes={name: "off" if check.slug in off else chosen[name].value for name, check in SETTABLE.items()},
        lists=lists,
        protected=tuple(row.entry for row in rows if row.kind == PROTECTED),
    )
