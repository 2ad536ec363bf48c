"""Sites: found, created, closed and reopened."""

import re
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from widget.config import LANGUAGES
from widget.db import begin_writing, ensure_writing
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import Site
from widget.moderation.permissions import Operator, Permission, Staff
from widget.services import audit, netiquettes
from widget.services.locks import ROW
from widget.text import normalise

LONGEST_KEY = 64
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?\.?")
_ADDRESS = re.compile(r"[0-9a-f:.]+")
# Asked at nearly every request, and so put together once.
_BY_KEY = select(Site).where(Site.key == bindparam("key"))


def by_key(session: Session, key: str) -> Site:
    """Return the site; raise NotFound (`site.unknown`)."""
    known = normalise.is_storable(key)
    site = session.scalars(_BY_KEY, {"key": key}).one_or_none() if known else None
    if site is None:
        raise NotFound("site.unknown")
    return site


def every(session: Session) -> list[Site]:
    """Return all sites by name."""
    return list(session.scalars(select(Site).order_by(Site.name, Site.id)))


def create(
    session: Session,
    *,
    key: str,
    name: str,
    default_language: str,
    languages: list[str],
    origins: list[str],
    corrections_email: str | None = None,
    now: datetime,
) -> Site:
    """Create a site with version 1 of the netiquette.

    Raises Refusal: `site.key`, `site.taken`, `site.languages`, `site.origin` (an origin is a scheme, host and
    port, nothing more).
    """
    begin_writing(session)
    if not is_key(key):
        raise Refusal("site.key", "key")
    if session.scalars(select(Site.id).where(Site.key == key)).one_or_none() is not None:
        raise Refusal("site.taken", "key", key=key)
    if default_language not in languages or not set(languages) <= set(LANGUAGES):
        raise Refusal("site.languages", "languages", known=", ".join(LANGUAGES))
    site = Site(
        key=key,
        name=name,
        default_language=default_language,
        languages=languages,
        origins=[origin(value) for value in origins],
        corrections_email=corrections_email,
        created_at=now,
    )
    session.add(site)
    session.flush()
    netiquettes.plant(session, site, now)
    return site


def is_key(text: str) -> bool:
    """Whether a text can be a site's key: small letters, digits and hyphens, as many as an address carries well."""
    known = text.isascii() and text == text.lower() and text.replace("-", "").isalnum()
    return known and len(text) <= LONGEST_KEY


def origin(value: str) -> str:
    """Return scheme, host and port of an address as browsers write them; raise Refusal (`site.origin`)."""
    try:
        parts = urlsplit(value.strip())
        port = (
            f":{parts.port}"
            if parts.port and parts.port != {"http": 80, "https": 443}.get(parts.scheme)
            else ""
        )
        host = _as_browsers_write_it(parts.hostname or "")
    except ValueError:
        raise Refusal("site.origin", "origins", origin=value) from None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        raise Refusal("site.origin", "origins", origin=value)
    return f"{parts.scheme}://{host}{port}"


def _as_browsers_write_it(host: str) -> str:
    """Return a host in ASCII, or nothing where it is none: it goes into a header in which `;` and `*` mean something.

    Raises UnicodeError, a ValueError, for what no name can be.
    """
    if ":" in host:
        return f"[{host}]" if _ADDRESS.fullmatch(host) else ""
    name = host.encode("idna").decode("ascii")
    return name if _HOST.fullmatch(name) else ""


def allows(site: Site, url: str) -> bool:
    """Whether an address stands on one of the site's own origins."""
    try:
        return origin(url) in site.origins
    except Refusal:
        return False


def close(session: Session, staff: Staff | Operator, site_id: int, notice: str | None, now: datetime) -> Site:
    """Close every thread of a site at once, with a notice (rule 15)."""
    site = _locked(session, staff, site_id)
    _move(session, staff, site, "site.close", now, closed_at=now, closed_notice=notice or None)
    return site


def reopen(session: Session, staff: Staff | Operator, site_id: int, now: datetime) -> Site:
    """Open a closed site again; threads that were closed by themselves stay so."""
    site = _locked(session, staff, site_id)
    _move(session, staff, site, "site.reopen", now, closed_at=None, closed_notice=None)
    return site


def set_figures(
    session: Session,
    staff: Staff | Operator,
    site_id: int,
    *,
    percent: int,
    transparency: bool,
    now: datetime,
) -> Site:
    """Set which share of a site's decisions is read twice, and whether it publishes its figures.

    It may follow another step of the same transaction. Raises NotFound, Forbidden, Refusal `site.percent` for anything
    but 0 to 100.
    """
    site = _locked(session, staff, site_id, Permission.SET_FIGURES)
    if not 0 <= percent <= 100:
        raise Refusal("site.percent", "percent")
    before = {"percent": site.second_reading_percent, "transparency": site.transparency}
    if transparency != site.transparency:
        # The public sees a page that was not there, or sees it no more.
        site.version += 1
    site.second_reading_percent, site.transparency = percent, transparency
    audit.record(
        session,
        staff,
        "site.figures",
        subject=f"site:{site.id}",
        site_id=site.id,
        before=before,
        after={"percent": percent, "transparency": transparency},
        now=now,
    )
    return site


def _locked(
    session: Session,
    staff: Staff | Operator,
    site_id: int,
    permission: Permission = Permission.CLOSE_SITES,
) -> Site:
    ensure_writing(session)
    site = session.get(Site, site_id, with_for_update=ROW)
    if site is None or not staff.may(Permission.READ_QUEUE, site_id):
        raise NotFound("site.unknown")
    if not staff.may(permission, site_id):
        raise Forbidden("not-permitted")
    return site


def _move(
    session: Session,
    staff: Staff | Operator,
    site: Site,
    action: str,
    now: datetime,
    *,
    closed_at: datetime | None,
    closed_notice: str | None,
) -> None:
    before = {"closed": site.closed_at is not None, "notice": site.closed_notice}
    site.closed_at, site.closed_notice = closed_at, closed_notice
    site.version += 1
    after = {"closed": closed_at is not None, "notice": closed_notice}
    audit.record(
        session,
        staff,
        action,
        subject=f"site:{site.id}",
        site_id=site.id,
        before=before,
        after=after,
        now=now,
    )
