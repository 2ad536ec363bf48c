"""The netiquette of a site: seeding, what is in force, and who accepted it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, selectinload

from widget.errors import Refusal
from widget.models import Acceptance, Netiquette, Rule, Site
from widget.netiquette import seed
from widget.netiquette.version import RuleWording, Version


class InForce(NamedTuple):
    """The version in force: the row's id, and the number that readers and editors know."""

    id: int
    number: int


# Asked whenever somebody writes or decides, and so put together once.
_NEWEST = (
    select(Netiquette.id, Netiquette.number)
    .where(Netiquette.site_id == bindparam("site_id"))
    .order_by(Netiquette.number.desc())
    .limit(1)
)
_NEWEST_FOR = _NEWEST.add_columns(
    select(Acceptance.account_id)
    .where(Acceptance.account_id == bindparam("account_id"), Acceptance.netiquette_id == Netiquette.id)
    .exists()
    .label("accepted")
)


def plant(session: Session, site: Site, now: datetime) -> Netiquette:
    """Give a new site version 1, from the seed, in the site's languages."""
    ours = seed.load()
    kept = set(site.languages)

    def only(texts: dict[str, str]) -> dict[str, str]:
        return {language: text for language, text in texts.items() if language in kept}

    netiquette = Netiquette(
        site_id=site.id,
        number=1,
        titles=only(dict(ours.titles)),
        preambles=only(dict(ours.preambles)),
        rights=only(dict(ours.rights)),
        published_at=now,
        rules=[
            Rule(
                number=rule.number,
                slug=rule.slug,
                citable=rule.citable,
                needs_note=rule.needs_note,
                titles=only(dict(rule.titles)),
                texts=only(dict(rule.texts)),
            )
            for rule in ours.rules
        ],
    )
    session.add(netiquette)
    session.flush()
    return netiquette


def in_force(session: Session, site_id: int) -> Netiquette:
    """Return the newest version, with its rules."""
    return session.scalars(
        select(Netiquette)
        .where(Netiquette.site_id == site_id)
        .order_by(Netiquette.number.desc())
        .limit(1)
        .options(selectinload(Netiquette.rules))
    ).one()


def newest(session: Session, site_id: int) -> InForce:
    """Return which version is in force, without a word of it."""
    return InForce(*session.execute(_NEWEST, {"site_id": site_id}).one())


def versions(session: Session, site_id: int) -> list[Netiquette]:
    """Return every version, newest first, without its rules."""
    return list(
        session.scalars(
            select(Netiquette).where(Netiquette.site_id == site_id).order_by(Netiquette.number.desc())
        )
    )


def before(session: Session, netiquette: Netiquette) -> Netiquette | None:
    """Return the version that this one replaced, with its rules; None for a site's first."""
    return session.scalars(
        select(Netiquette)
        .where(Netiquette.site_id == netiquette.site_id, Netiquette.number < netiquette.number)
        .order_by(Netiquette.number.desc())
        .limit(1)
        .options(selectinload(Netiquette.rules))
    ).one_or_none()


def version_of(netiquette: Netiquette) -> Version:
    """Return a published version as plain values, as versions are compared."""
    rules = tuple(
        RuleWording(
            rule.number, rule.slug, rule.citable, rule.needs_note, rule.retired, rule.titles, rule.texts
        )
        for rule in netiquette.rules
    )
    return Version(netiquette.titles, netiquette.preambles, netiquette.rights, rules, netiquette.summaries)


def retired_slugs(session: Session, site_id: int) -> frozenset[str]:
    """Return the slugs of the rules that the version in force has retired: nothing may rest on them."""
    newest = select(func.max(Netiquette.number)).where(Netiquette.site_id == site_id).scalar_subquery()
    slugs = session.scalars(
        select(Rule.slug)
        .join(Netiquette, Netiquette.id == Rule.netiquette_id)
        .where(Netiquette.site_id == site_id, Netiquette.number == newest, Rule.retired)
    )
    return frozenset(slugs)


def cited(netiquette: Netiquette, number: int | None, note: str | None) -> Rule:
    """Return the rule to cite by its number.

    Raises Refusal: `rule.missing` without a number, `rule.not-citable` for one that states a fact and
    not a duty, `rule.needs-note` where the rule asks for a note and there is none.
    """
    if number is None:
        raise Refusal("rule.missing", "rule")
    rule = next((rule for rule in netiquette.rules if rule.number == number and not rule.retired), None)
    if rule is None or not rule.citable:
        raise Refusal("rule.not-citable", "rule", number=number)
    if rule.needs_note and not (note or "").strip():
        raise Refusal("rule.needs-note", "note", number=number)
    return rule


def newest_for(session: Session, site_id: int, account_id: int) -> tuple[InForce, bool]:
    """Return which version is in force, and whether this account accepted it."""
    row = session.execute(_NEWEST_FOR, {"site_id": site_id, "account_id": account_id}).one()
    return InForce(row.id, row.number), row.accepted


def has_accepted(session: Session, account_id: int, netiquette_id: int) -> bool:
    """Whether this account accepted this version."""
    return session.get(Acceptance, (account_id, netiquette_id)) is not None


def last_accepted(session: Session, account_id: int, site_id: int) -> Netiquette | None:
    """Return the newest version of a site's netiquette that this account accepted, with its rules."""
    return session.scalars(
        select(Netiquette)
        .join(Acceptance, Acceptance.netiquette_id == Netiquette.id)
        .where(Acceptance.account_id == account_id, Netiquette.site_id == site_id)
        .order_by(Netiquette.number.desc())
        .limit(1)
        .options(selectinload(Netiquette.rules))
    ).one_or_none()


def accept(session: Session, account_id: int, netiquette_id: int, now: datetime) -> None:
    """Record the acceptance, once."""
    if not has_accepted(session, account_id, netiquette_id):
        session.add(Acceptance(account_id=account_id, netiquette_id=netiquette_id, accepted_at=now))
        session.flush()
