"""Where an invitation to the staff leads: to a new account, or to the one that the address has."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal, Refusals
from widget.extensions import settings
from widget.mail import links
from widget.models import Invitation
from widget.services import accounts, invitations
from widget.services.invitations import Answer
from widget.services.tokens import INVITE
from widget.web import language, rates
from widget.web.account.forms import JoinForm
from widget.web.embed.forms import complain, typed


@rates.per_address("20 per hour", only_when_done=True)
def invitation(token: str) -> ResponseReturnValue:
    """Show who is invited to what; give the role to whoever sets a password, or knows the account's."""
    invited, form = _read(token), JoinForm()
    if invited is None:
        return make_response(render_template("account/invalid.html", purpose="invitation"), 404)
    if request.method != "POST" or invited.accepted_at is not None:
        return _show(invited, form)
    answer = Answer(typed(form.name), typed(form.place), form.password.data or "", language.selected())
    try:
        invitations.accept(db.session(), invited.id, answer, clock.now())
    except NotFound:
        raise
    except (Refusal, Refusals) as error:
        db.session.rollback()
        complain(form, error)
        return _show(invited, form, error.status)
    return redirect(url_for("account.invitation", token=token), 303)


def _read(token: str) -> Invitation | None:
    """Return the invitation of a link while it waits, or once it is accepted; None for every other link."""
    tokens = links.tokens()
    invitation_id = tokens.account_id(INVITE, token)
    invited = None if invitation_id is None else db.session.get(Invitation, invitation_id)
    if invited is None or not tokens.fits(INVITE, token, invitations.fingerprint(invited)):
        return None
    if invited.accepted_at is None and not invited.waits(clock.now()):
        return None
    language.speak(invited.language)
    return invited


def _show(invited: Invitation, form: JoinForm, status: int = 200) -> Response:
    holder = accounts.holder(db.session(), invited.email_key)
    if request.method != "POST":
        form.name.data = invited.name or ""
    page = render_template(
        "account/invitation.html",
        invited=invited,
        form=form,
        holder=holder,
        sets_up_factor=settings().requires_second_factor and invitations.awaits_factor(db.session(), holder),
    )
    return make_response(page, status)
