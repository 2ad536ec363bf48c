"""The audit trail as a page: searched, read, and taken away as a file."""

from collections.abc import Collection, Iterator
from datetime import date

from flask import Response, render_template, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from widget.db import db
from widget.moderation.permissions import Permission, Staff
from widget.services import trail
from widget.services.trail import Search
from widget.text import normalise
from widget.text.cells import lines
from widget.web import identity
from widget.web.desk import blueprint, deeds
from widget.web.desk.scope import LARGEST_ID, ids_for, sites_for
from widget.web.desk.sheets import download

_PAGE = 50
# What is longer than any id is none, and is not made a number of.
_MOST_DIGITS = 12


@blueprint.get("/audit")
def audit() -> str:
    """Show what staff did on the colleague's sites, newest first."""
    session, search = db.session(), _search()
    found = trail.page(
        session, identity.colleague(), ids_for(Permission.READ_AUDIT), search, _before(), _PAGE + 1
    )
    shown = found[:_PAGE]
    rules = trail.rule_numbers(session, shown)
    people = trail.names(session, shown)
    names = {("account", number): name for number, name in people.items()}
    names |= {("site", site.id): site.name for site in sites_for(Permission.READ_AUDIT)}
    return render_template(
        "desk/audit.html",
        rows=[deeds.deed(entry, rules, names) for entry in shown],
        search=search,
        kind=search.subject.partition(":")[0],
        number=search.subject.partition(":")[2],
        asked=_asked(),
        deeds=deeds.DEEDS,
        subjects=deeds.SUBJECTS,
        head=trail.head(session),
        following=shown[-1].id if len(found) > _PAGE else None,
    )


@blueprint.get("/audit.csv")
def audit_csv() -> Response:
    """Hand out all that the search finds, hashes included, while it is being read."""
    return download(
        _table(db.engine, identity.colleague(), ids_for(Permission.READ_AUDIT), _search()), "audit"
    )


def _table(engine: Engine, staff: Staff, site_ids: Collection[int], search: Search) -> Iterator[str]:
    """Yield the file, read in a session of its own: the request's ends before the file does."""
    yield from lines([trail.COLUMNS])
    with Session(engine) as session:
        yield from lines(trail.walk(session, staff, site_ids, search))


def _search() -> Search:
    kind = request.args.get("kind", "")
    number = request.args.get("number", "").strip()
    action = request.args.get("action", "")
    is_subject = kind in deeds.SUBJECTS and number.isdecimal() and len(number) <= _MOST_DIGITS
    return Search(
        who=normalise.clean(request.args.get("who", "")[:200]),
        action=action if normalise.is_storable(action) else "",
        subject=f"{kind}:{int(number)}" if is_subject else "",
        first=_day("from"),
        last=_day("to"),
    )


def _asked() -> dict[str, str]:
    """Return the search as it stands in the address, for links that keep it."""
    names = ("who", "action", "kind", "number", "from", "to")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _before() -> int | None:
    asked = request.args.get("before", "")
    return min(int(asked), LARGEST_ID) if asked.isdecimal() and len(asked) <= _MOST_DIGITS else None


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    # The day after the last there is has no midnight.
    return min(found, date(9999, 12, 30))
