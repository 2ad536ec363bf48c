"""Invitations to the staff, as administrators send and withdraw them."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import Refusal
from widget.services import invitations
from widget.services.invitations import Offer
from widget.web import identity, language
from widget.web.desk import answers, blueprint, colleagues
from widget.web.desk.forms import InviteForm
from widget.web.desk.scope import LARGEST_ID

_ONE = f"/staff/invitations/<int(max={LARGEST_ID}):invitation_id>"


@blueprint.post("/staff/invitations")
def invite() -> ResponseReturnValue:
    """Invite an address by mail."""
    form = InviteForm()
    offer = Offer(
        email=(form.email.data or "").replace("\0", ""),
        name=(form.name.data or "").replace("\0", ""),
        role=colleagues.chosen_role(form.role.data),
        site_id=colleagues.chosen_site(form.site.data),
        language=language.selected(),
    )
    try:
        invited = invitations.invite(db.session(), identity.colleague(), offer, clock.now())
    except Refusal as refusal:
        if refusal.field is None:
            raise
        db.session.rollback()
        return colleagues.page(form, refusal)
    message = gettext("An invitation is on its way to %(email)s.", email=invited.email)
    if invitations.replaces_another(db.session(), invited):
        message = gettext(
            "%(email)s was invited already: a new invitation is on its way, and the earlier link no longer works.",
            email=invited.email,
        )
    return answers.done(message, url_for("desk.staff"))


@blueprint.post(f"{_ONE}/again")
def invite_again(invitation_id: int) -> ResponseReturnValue:
    """Send an invitation once more."""
    email = invitations.send_again(db.session(), identity.colleague(), invitation_id, clock.now()).email
    return answers.done(
        gettext("An invitation is on its way to %(email)s.", email=email), url_for("desk.staff")
    )


@blueprint.post(f"{_ONE}/revoke")
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    """Withdraw an invitation."""
    email = invitations.revoke(db.session(), identity.colleague(), invitation_id, clock.now()).email
    return answers.done(
        gettext("The invitation of %(email)s is withdrawn.", email=email), url_for("desk.staff")
    )
