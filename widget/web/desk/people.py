"""People: found by staff, with their record on the colleague's sites."""

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal
from widget.models import Identity
from widget.moderation.permissions import Permission
from widget.services import people as known_people
from widget.text import normalise
from widget.web import identity
from widget.web.desk import answers, blueprint, cards, wording
from widget.web.desk.forms import IdentityForm, read
from widget.web.desk.scope import LARGEST_ID, ids_for, sites_for

_MOST = 50


@blueprint.get("/people")
def people() -> ResponseReturnValue:
    """Find people by name, by place, or by their whole e-mail address."""
    session, site_ids = db.session(), ids_for(Permission.READ_PEOPLE)
    search = normalise.clean(request.args.get("q", ""))[:200]
    found = known_people.find(session, site_ids, search, _MOST + 1)
    records = known_people.records(session, [account.id for account in found], site_ids)
    return render_template(
        "desk/people.html",
        search=search,
        people=found[:_MOST],
        more=len(found) > _MOST,
        records=records,
        record=wording.record,
        identities=wording.IDENTITIES,
    )


@blueprint.get(f"/people/<int(max={LARGEST_ID}):account_id>")
def person(account_id: int) -> ResponseReturnValue:
    """Show one person: the record, the comments with what became of them, the bans."""
    return _page(account_id)


@blueprint.post(f"/people/<int(max={LARGEST_ID}):account_id>/identity", endpoint="identity")
def mark(account_id: int) -> ResponseReturnValue:
    """Say whether this person is trusted to be who the signature says."""
    form = read(IdentityForm)
    try:
        chosen = Identity(form.identity.data or "")
    except ValueError:
        abort(400)
    site_ids = ids_for(Permission.READ_PEOPLE)
    account = known_people.mark_identity(
        db.session(), identity.colleague(), account_id, chosen, site_ids, clock.now()
    )
    message = gettext(
        "The identity of %(name)s is now: %(state)s.", name=account.name, state=wording.IDENTITIES[chosen]
    )
    parked = "doubt" if chosen is Identity.DOUBT and form.comment.data else None
    return answers.done(message, form.back.data, comment_id=form.comment.data, parked=parked)


def require(account_id: int) -> None:
    """Raise NotFound for somebody who never wrote on the colleague's sites."""
    if not known_people.is_known(db.session(), account_id, ids_for(Permission.READ_PEOPLE)):
        raise NotFound("account.unknown")


def refused(account_id: int, refusal: Refusal) -> ResponseReturnValue:
    """Show the person again with what was declined, and what was typed."""
    if isinstance(refusal, NotFound) or answers.by_script():
        raise refusal
    return make_response(_page(account_id, wording.refusal(refusal, clock.now())), refusal.status)


def _page(account_id: int, error: str | None = None) -> str:
    session, staff, now = db.session(), identity.colleague(), clock.now()
    shown = known_people.person(session, staff, account_id, ids_for(Permission.READ_PEOPLE))
    wrote_on = {comment.site_id for comment in shown.comments}
    sites = [site for site in sites_for(Permission.BAN_BRIEFLY) if site.id in wrote_on]
    return render_template(
        "desk/person.html",
        person=shown,
        record=wording.record(shown.record),
        identities=wording.IDENTITIES,
        outcome_of=wording.outcome,
        term_of=wording.term,
        books=[(site, cards.book(session, staff, site.id)) for site in sites],
        liftable={
            ban.id for ban in shown.bans if ban.holds(now) and _may_lift(ban.site_id, ban.created_by_id)
        },
        typed=request.form,
        error=error,
    )


def _may_lift(site_id: int | None, created_by_id: int | None) -> bool:
    staff = identity.colleague()
    return created_by_id == staff.account_id or staff.may(Permission.LIFT_BANS, site_id)
