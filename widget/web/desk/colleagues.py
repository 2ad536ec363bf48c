"""The staff, as administrators manage it: who there is, with which roles, and how they sign in."""

from collections.abc import Callable
from datetime import datetime

from flask import Response, abort, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal
from widget.models import Account, Role
from widget.moderation.permissions import Permission, Staff
from widget.services import colleagues, invitations
from widget.web import identity
from widget.web.desk import answers, blueprint, wording
from widget.web.desk.forms import InviteForm, RoleForm, read
from widget.web.desk.scope import LARGEST_ID, ids_for, sites_for

_ONE = f"/staff/<int(max={LARGEST_ID}):account_id>"


@blueprint.get("/staff")
def staff() -> ResponseReturnValue:
    """List the staff by site, and who is invited."""
    return page(InviteForm(formdata=None))


@blueprint.get(_ONE)
def colleague(account_id: int) -> ResponseReturnValue:
    """Show one colleague: the roles, the second factor, where they are signed in."""
    return _one(account_id)


@blueprint.post(f"{_ONE}/role")
def set_role(account_id: int) -> ResponseReturnValue:
    """Give a colleague a role on a site, another one than before, or none any more."""
    form = read(RoleForm)
    role, site_id = (chosen_role(form.role.data) if form.role.data else None), chosen_site(form.site.data)
    return _done(
        account_id,
        lambda by, now: colleagues.set_role(db.session(), by, account_id, site_id, role, now),
        gettext("The roles of %(name)s are changed."),
    )


@blueprint.post(f"{_ONE}/deactivate")
def deactivate(account_id: int) -> ResponseReturnValue:
    """Take every role from a colleague; what they decided stays on record."""
    return _done(
        account_id,
        lambda by, now: colleagues.deactivate(db.session(), by, account_id, now),
        gettext("%(name)s has left the staff of your sites. What they decided stays on record."),
    )


@blueprint.post(f"{_ONE}/second-factor")
def reset_factor(account_id: int) -> ResponseReturnValue:
    """Let a colleague who lost the second factor set one up anew."""
    return _done(
        account_id,
        lambda by, now: colleagues.reset_factor(db.session(), by, account_id, now),
        gettext("%(name)s sets up a new second factor at the next sign-in."),
    )


@blueprint.post(f"{_ONE}/sign-out")
def sign_out_colleague(account_id: int) -> ResponseReturnValue:
    """End every sign-in of a colleague."""
    return _done(
        account_id,
        lambda by, now: colleagues.sign_out(db.session(), by, account_id, now),
        gettext("%(name)s is signed out everywhere."),
    )


def page(form: InviteForm, refusal: Refusal | None = None) -> Response:
    """Return the list, with what is wrong with an invitation that was filled in."""
    session, by, now = db.session(), identity.colleague(), clock.now()
    site_ids = ids_for(Permission.MANAGE_STAFF)
    found = colleagues.listed(session, by, site_ids)
    sections = [
        (name, [(person, person.roles[where]) for person in found if where in person.roles])
        for where, name in _places()
    ]
    shown = render_template(
        "desk/staff.html",
        sections=sections,
        pending=invitations.pending(session, by, site_ids, now),
        places=_manageable(),
        roles=wording.ROLES,
        seen=lambda at: wording.seen(at, now),
        form=form,
        problem=refusal,
        sentence=wording.refusal(refusal, now) if refusal else "",
    )
    return make_response(shown, refusal.status if refusal else 200)


def chosen_role(value: str | None) -> Role:
    """Return the role that a form names; answer 400 where it names none."""
    try:
        return Role(value or "")
    except ValueError:
        abort(400)


def chosen_site(value: str | None) -> int | None:
    """Return the site that a form names, None for all of them; answer 400 for anything else."""
    if not value:
        return None
    if not value.isdecimal() or not value.isascii() or int(value) > LARGEST_ID:
        abort(400)
    return int(value)


def _places() -> list[tuple[int | None, str]]:
    """Return all sites together, then each whose staff is this administrator's."""
    own: list[tuple[int | None, str]] = [(site.id, site.name) for site in sites_for(Permission.MANAGE_STAFF)]
    return [(None, gettext("All sites")), *own]


def _manageable() -> list[tuple[int | None, str]]:
    """Return where this administrator gives roles."""
    by = identity.colleague()
    return [(where, name) for where, name in _places() if by.may(Permission.MANAGE_STAFF, where)]


def _one(account_id: int, refusal: Refusal | None = None) -> Response:
    session, by, now = db.session(), identity.colleague(), clock.now()
    person = colleagues.one(session, by, account_id, ids_for(Permission.MANAGE_STAFF))
    names = dict(_places())
    shown = render_template(
        "desk/colleague.html",
        person=person,
        own=account_id == by.account_id,
        places=_manageable(),
        removable=any(by.may(Permission.MANAGE_STAFF, where) for where in person.roles),
        elsewhere=[
            (names[where], role)
            for where, role in person.roles.items()
            if not by.may(Permission.MANAGE_STAFF, where)
        ],
        held=colleagues.signed_in(session, account_id, now) if person.wholly else [],
        roles=wording.ROLES,
        seen=wording.seen(person.seen_at, now),
        error=wording.refusal(refusal, now) if refusal else "",
    )
    return make_response(shown, refusal.status if refusal else 200)


def _done(account_id: int, act: Callable[[Staff, datetime], Account], message: str) -> ResponseReturnValue:
    """Do something about a colleague, and show them again: as they are then, or with why it was declined."""
    try:
        name = act(identity.colleague(), clock.now()).name
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        db.session.rollback()
        return _one(account_id, refusal)
    db.session.flush()
    left = not _is_shown(account_id)
    back = url_for("desk.staff") if left else url_for("desk.colleague", account_id=account_id)
    return answers.done(message % {"name": name}, back)


def _is_shown(account_id: int) -> bool:
    try:
        db.session.expire_all()
        colleagues.one(db.session(), identity.colleague(), account_id, ids_for(Permission.MANAGE_STAFF))
    except NotFound:
        return False
    return True
