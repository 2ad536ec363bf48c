"""What staff may see: only their own sites, and nothing of the others."""

from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from flask import abort, g

from widget import clock
from widget.db import db
from widget.models import Site
from widget.moderation.permissions import Permission
from widget.services import appeals, list_counts, preferences, selection, sites
from widget.web import identity
from widget.web.desk import blueprint, navigation, wording

# What an integer column holds; anything above it is no id of ours.
LARGEST_ID = 2**31 - 1


class Place(NamedTuple):
    """A site as the pages need it, in plain values that outlive a transaction."""

    id: int
    name: str


def sites_for(permission: Permission) -> list[Site]:
    """Return the sites on which the colleague holds a permission, by name."""
    staff = identity.colleague()
    return [site for site in sites.every(db.session()) if staff.may(permission, site.id)]


def ids_for(permission: Permission) -> list[int]:
    """Return the ids of the sites on which the colleague holds a permission.

    They are read once a request: a service's write transaction would make every site load anew.
    """
    return identity.colleague().sites_where(permission, [place.id for place in _places()])


def names() -> dict[int, str]:
    """Return the names of the sites whose queue the colleague reads, by id; empty when it is only one."""
    readable = set(ids_for(Permission.READ_QUEUE))
    found = {place.id: place.name for place in _places() if place.id in readable}
    return found if len(found) > 1 else {}


def require(site_id: int, permission: Permission) -> None:
    """Answer 404 for an object of a site that the colleague does not see at all."""
    if site_id not in ids_for(permission):
        abort(404)


def cursor(text: str | None) -> tuple[datetime, int] | None:
    """Return the moment and id that a link to the next page carries; None for anything malformed."""
    moment, _, number = (text or "").partition("~")
    try:
        at, last = datetime.fromisoformat(moment), int(number)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    if not 0 <= last <= LARGEST_ID:
        return None
    return at, last


def written(at: datetime, last: int) -> str:
    """Return a cursor as a link carries it."""
    return f"{at.astimezone(UTC).isoformat()}~{last}"


@blueprint.context_processor
def _provide() -> dict[str, object]:
    """Give every page of the desk what its frame shows: who is signed in, and what waits in each list.

    What costs a query is asked for by the frame alone: a fragment for the desk's script has none.
    """
    known = identity.person()
    if known is None or known.staff is None:
        return {}
    return {
        "colleague": known.staff,
        "Permission": Permission,
        "navigation": navigation.shown(known.staff),
        "now": clock.now(),
        "site_names": names(),
        "count_lists": _counts,
        "has_keys": cache(lambda: preferences.of(db.session(), known.account_id).keys),
        "terms": wording.TERMS,
        "most_counted": list_counts.MOST_COUNTED,
    }


def _counts() -> dict[str, int]:
    """Return what waits in each list, under the name that the navigation gives it."""
    session, staff, readable = db.session(), identity.colleague(), ids_for(Permission.READ_QUEUE)
    found = list_counts.counts(
        session,
        selection.Selection(readable, readable, staff.account_id),
        ids_for(Permission.HANDLE_LETTERBOX),
        ids_for(Permission.MARK_IDENTITY),
    )
    of_editors = ids_for(Permission.HANDLE_APPEALS)
    waiting = appeals.count(session, staff, of_editors, list_counts.MOST_COUNTED) if of_editors else 0
    return {**asdict(found), "appeals": waiting}


def _places() -> list[Place]:
    if "desk_places" not in g:
        g.desk_places = [Place(site.id, site.name) for site in sites.every(db.session())]
    known: list[Place] = g.desk_places
    return known
