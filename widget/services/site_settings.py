"""What a publication sets for itself: one way to change it, from the desk and from the command line, on the record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypedDict

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from widget.config import LANGUAGES
from widget.db import ensure_writing
from widget.errors import Forbidden, NotFound, Refusal, Refusals
from widget.models import Site, Thread
from widget.moderation.permissions import Operator, Permission, Staff
from widget.services import audit, netiquettes, sites
from widget.services.list_counts import MOST_COUNTED
from widget.services.locks import ROW
from widget.services.looks import Look
from widget.services.setting_limits import CHECKS


class Changes(TypedDict, total=False):
    """Settings by name; what is not named stays. None is *never* for days, *nowhere* for the address."""

    name: str
    comment_length: int
    auto_close_days: int | None
    corrections_email: str | None
    includes_comments: bool
    own_decisions: bool
    languages: list[str]
    default_language: str
    origins: list[str]
    look: Look
    keep_refused_days: int | None
    keep_letters_days: int | None


# Who may set what. Administrators alone: where readers' sign-ins may be framed (a matter of safety), what binds
# editors themselves, and what cannot be brought back (a matter of law). Everything else is an editor's daily work.
ADMINISTRATORS_ONLY: Final = frozenset({"origins", "own_decisions", "keep_refused_days", "keep_letters_days"})
# What the public sees of them: a change makes readers' copies out of date.
_PUBLIC: Final = frozenset(
    {"name", "auto_close_days", "includes_comments", "languages", "default_language", "origins", "look"}
)


@dataclass(frozen=True)
class Draft:
    """A site to be."""

    key: str
    name: str
    languages: list[str]
    default_language: str
    origins: list[str]
    corrections_email: str | None = None


@dataclass(frozen=True)
class Changed:
    """What came of a change: the site, the names of what is otherwise now, and how many threads it leaves behind.

    `left_languages` and `left_origins` count the threads in a language, or under an origin, that was taken away.
    """

    site: Site
    names: tuple[str, ...]
    left_languages: Mapping[str, int]
    left_origins: Mapping[str, int]


@dataclass(frozen=True)
class Usage:
    """How many threads a site has in each language, and under each of its origins, counted no further than `most`.

    `unwritten` are the languages in which the netiquette in force does not stand yet.
    """

    languages: Mapping[str, int]
    origins: Mapping[str, int]
    unwritten: frozenset[str] = frozenset()
    most: int | None = None


def create(session: Session, staff: Staff | Operator, draft: Draft, now: datetime) -> Site:
    """Create a site with version 1 of the netiquette.

    Raises Forbidden (a new site is for administrators of all sites), Refusals as `change` and `sites.create` do.
    """
    if not staff.may(Permission.MANAGE_SITES, None):
        raise Forbidden("not-permitted")
    given: Changes = {
        "name": draft.name,
        "languages": draft.languages,
        "default_language": draft.default_language,
        "origins": draft.origins,
        "corrections_email": draft.corrections_email,
    }
    values, refusals = _checked(given)
    if not sites.is_key(draft.key):
        refusals.insert(0, Refusal("site.key", "key"))
    if refusals:
        raise Refusals(refusals)
    site = sites.create(session, key=draft.key, **values, now=now)
    audit.record(
        session,
        staff,
        "site.create",
        subject=f"site:{site.id}",
        site_id=site.id,
        after={"key": site.key, **{name: _told(value) for name, value in values.items()}},
        now=now,
    )
    return site


def change(
    session: Session, staff: Staff | Operator, site_id: int, changes: Changes, now: datetime
) -> Changed:
    """Change what is named and differs, in the caller's write transaction if there is one.

    Raises NotFound, Forbidden, Refusals: `site.name`, `site.length`, `site.days`, `site.kept-days`, `email.malformed`,
    `site.languages`, `site.languages-none`, `site.default-unticked`, `site.origin`,
    `site.origins-none`, `site.origins-many`, and those of a look.
    """
    ensure_writing(session)
    site = session.get(Site, site_id, with_for_update=ROW, populate_existing=True)
    if site is None or not staff.may(Permission.READ_QUEUE, site_id):
        raise NotFound("site.unknown")
    if not staff.may(Permission.CHANGE_SETTINGS, site_id):
        raise Forbidden("not-permitted")
    if changes.keys() & ADMINISTRATORS_ONLY and not staff.may(Permission.MANAGE_SITES, site_id):
        raise Forbidden("not-permitted")
    # The one is nothing without the other: either may be named alone.
    both: Changes = {"languages": site.languages, "default_language": site.default_language, **changes}
    values, refusals = _checked(both if changes.keys() & {"languages", "default_language"} else changes)
    if refusals:
        raise Refusals(refusals)
    before = {name: getattr(site, name) for name, value in values.items() if getattr(site, name) != value}
    after = {name: values[name] for name in before}
    left = _left(session, site, after)
    for name, value in after.items():
        setattr(site, name, value)
    if after.keys() & _PUBLIC:
        site.version += 1
    if after:
        _record(session, staff, site, before, after, now)
    return Changed(site, tuple(after), left.languages, left.origins)


def usage(session: Session, site: Site) -> Usage:
    """Return what stands in each language and under each origin of a site, to be weighed before it is taken away."""
    found = _usage(session, site.id, site.languages, site.origins, MOST_COUNTED)
    written = netiquettes.in_force(session, site.id).titles
    return replace(found, unwritten=frozenset(tag for tag in site.languages if not written.get(tag)))


def _left(session: Session, site: Site, after: Mapping[str, Any]) -> Usage:
    """Return how much a change leaves in languages and under origins that the site has no more."""
    languages = [tag for tag in site.languages if tag not in after.get("languages", site.languages)]
    origins = [origin for origin in site.origins if origin not in after.get("origins", site.origins)]
    found = _usage(session, site.id, languages, origins)
    return Usage(
        {tag: count for tag, count in found.languages.items() if count},
        {origin: count for origin, count in found.origins.items() if count},
    )


def _usage(
    session: Session, site_id: int, languages: list[str], origins: list[str], most: int | None = None
) -> Usage:
    address = func.lower(Thread.url)

    def count(condition: ColumnElement[bool]) -> int:
        few = select(Thread.id).where(Thread.site_id == site_id, condition).limit(most).subquery()
        return session.scalar(select(func.count()).select_from(few)) or 0

    def under(origin: str) -> int:
        return count(
            or_(address == origin, *(address.startswith(origin + sign, autoescape=True) for sign in "/?#"))
        )

    return Usage(
        {tag: count(Thread.language == tag) for tag in languages},
        {origin: under(origin) for origin in origins},
        most=most,
    )


def _record(
    session: Session,
    staff: Staff | Operator,
    site: Site,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    now: datetime,
) -> None:
    audit.record(
        session,
        staff,
        "site.settings",
        subject=f"site:{site.id}",
        site_id=site.id,
        before={name: _told(value) for name, value in before.items()},
        after={name: _told(value) for name, value in after.items()},
        now=now,
    )


def _told(value: object) -> object:
    """Return a value as the trail tells of it: lists and looks are read as one line."""
    if isinstance(value, Mapping):
        return [f"{name} {chosen}" for name, chosen in value.items()]
    return value


def _checked(changes: Changes) -> tuple[dict[str, Any], list[Refusal]]:
    """Return the values as they are stored, and everything that is wrong with what was given."""
    values: dict[str, Any] = {}
    refusals: list[Refusal] = []
    for name, value in changes.items():
        try:
            values[name] = CHECKS[name](value)
        except Refusal as refusal:
            # Under the name of the setting, which the form's field has too; a look has fields of its own.
            refusal.field = refusal.field if name == "look" else name
            refusals.append(refusal)
    tags = values.get("languages")
    default = changes.get("default_language")
    if tags is not None and default not in LANGUAGES:
        refusals.append(Refusal("site.languages", "default_language", known=", ".join(LANGUAGES)))
    elif tags is not None and default not in tags:
        refusals.append(Refusal("site.default-unticked", "languages", language=default))
    return values, refusals
