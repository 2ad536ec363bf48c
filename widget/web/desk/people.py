"""People: found by staff, with their record on the colleague's sites."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import Identity
from widget.moderation.permissions import Permission
from widget.services import appeals, identities, namesakes, notes
from widget.services import people as known_people
from widget.services.people import Person
from widget.text import normalise
from widget.web import identity
from widget.web.desk import answers, blueprint, cards, wording
from widget.web.desk.scope import LARGEST_ID, ids_for, sites_for

_MOST = 50


@blueprint.get("/people")
def people() -> ResponseReturnValue:
    """Find people by name, by place, or by their whole e-mail address."""
    session, site_ids = db.session(), ids_for(Permission.READ_PEOPLE)
    search = normalise.clean(request.args.get("q", "")[:200])
    found = known_people.find(session, site_ids, search, _MOST + 1)
    account_ids = [account.id for account in found]
    return render_template(
        "desk/people.html",
        search=search,
        people=found[:_MOST],
        more=len(found) > _MOST,
        records=known_people.records(session, account_ids, site_ids),
        record=wording.record,
        held=identities.held(session, account_ids, site_ids),
        identities=wording.IDENTITIES,
    )


@blueprint.get(f"/people/<int(max={LARGEST_ID}):account_id>")
def person(account_id: int) -> ResponseReturnValue:
    """Show one person: the record, the comments with what became of them, the bans."""
    return _page(account_id)


def require(account_id: int) -> None:
    """Raise NotFound for somebody who never wrote on the colleague's sites."""
    if not known_people.is_known(db.session(), account_id, ids_for(Permission.READ_PEOPLE)):
        raise NotFound("account.unknown")


def refused(account_id: int, refusal: Refusal) -> ResponseReturnValue:
    """Show the person again with what was declined, and what was typed."""
    if isinstance(refusal, NotFound) or answers.by_script():
        raise refusal
    if isinstance(refusal, Forbidden):
        # Declined is declined, whether or not the colleague may see the person at all.
        require(account_id)
    return make_response(_page(account_id, wording.refusal(refusal, clock.now())), refusal.status)


def _page(account_id: int, error: str | None = None) -> str:
    session, staff = db.session(), identity.colleague()
    site_ids, before = ids_for(Permission.READ_PEOPLE), request.args.get("before", type=int)
    shown = known_people.person(
        session, staff, account_id, site_ids, before if before and 0 < before <= LARGEST_ID else None
    )
    wrote_on = known_people.sites_of(session, account_id, site_ids)
    bannable = [site for site in sites_for(Permission.BAN_BRIEFLY) if site.id in wrote_on]
    account, within = shown.account, _within(shown)
    return render_template(
        "desk/person.html",
        person=shown,
        is_first_page=before is None,
        record=wording.record(shown.record),
        lately=known_people.lately(session, account_id, site_ids, clock.now()),
        signatures=known_people.signatures(session, account_id, site_ids),
        namesakes=namesakes.of(session, account_id, site_ids),
        reports=known_people.reports_by(session, account, site_ids),
        sign_ins=known_people.sign_ins(session, account_id),
        notes=notes.of(session, account_id, site_ids),
        staff_id=staff.account_id,
        identity_at=identities.held(session, [account_id], site_ids).get(account_id, {}),
        identities=wording.IDENTITIES,
        unchecked=Identity.UNCHECKED,
        wrote_on=[site for site in sites_for(Permission.READ_PEOPLE) if site.id in wrote_on],
        outcome_of=wording.outcome,
        standing=wording.standing,
        term_of=wording.term,
        appeals=appeals.of_bans(session, within) if before is None else {},
        within=set(within),
        rulings=wording.RULINGS,
        books=[(site, cards.book(session, staff, site.id)) for site in bannable],
        liftable=_liftable(shown),
        typed=request.form,
        error=error,
    )


def _within(shown: Person) -> list[int]:
    """Return the ids of the bans of which the colleague reads what was said among staff, and by the person.

    A ban from all sites holds on the colleague's own; why it was imposed was written elsewhere.
    """
    everywhere = identity.colleague().may(Permission.READ_PEOPLE, None)
    return [ban.id for ban in shown.bans if ban.site_id is not None or everywhere]


def _liftable(shown: Person) -> set[int]:
    """Return the ids of the bans in force that the colleague may lift."""
    staff, now = identity.colleague(), clock.now()
    return {
        ban.id
        for ban in shown.bans
        if ban.holds(now)
        and (ban.created_by_id == staff.account_id or staff.may(Permission.LIFT_BANS, ban.site_id))
    }
