"""One's own account at the desk: where one is signed in, and the password."""

from flask import Response, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import Refusals
from widget.models import Account
from widget.services import credentials, second_factors, sign_ins
from widget.web import identity, rates, sentences
from widget.web.desk import answers, blueprint
from widget.web.desk.forms import PasswordForm
from widget.web.desk.scope import LARGEST_ID


@blueprint.get("/me")
def me() -> ResponseReturnValue:
    """Show one's own account."""
    return _page({})


@blueprint.post("/me/password")
@rates.per_address("10 per minute; 30 per hour")
def change_password() -> ResponseReturnValue:
    """Replace one's password; every other sign-in ends."""
    form = PasswordForm()
    try:
        credentials.change_password(
            db.session(), identity.colleague(), form.old.data or "", form.password.data or "", clock.now()
        )
    except Refusals as refusals:
        db.session.rollback()
        return _page({item.field: sentences.of(item) for item in refusals.refusals})
    message = gettext("Your password is changed. Everywhere else you are signed out.")
    return answers.done(message, url_for("desk.me"))


@blueprint.post(f"/me/sign-ins/<int(max={LARGEST_ID}):sign_in_id>/revoke")
def revoke_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Sign out of one other browser."""
    sign_ins.revoke_own(db.session(), identity.colleague(), sign_in_id, clock.now())
    return answers.done(gettext("That browser is signed out."), url_for("desk.me"))


@blueprint.post("/me/sign-ins/revoke-others")
def revoke_other_sign_ins() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    sign_ins.revoke_others(db.session(), identity.colleague(), clock.now())
    return answers.done(gettext("Everywhere else you are signed out."), url_for("desk.me"))


def _page(problems: dict[str | None, str]) -> Response:
    session, staff = db.session(), identity.colleague()
    page = render_template(
        "desk/me.html",
        account=session.get_one(Account, staff.account_id),
        factor=second_factors.of(session, staff.account_id),
        left=second_factors.codes_left(session, staff.account_id),
        held=sign_ins.held(session, staff.account_id, clock.now()),
        here=staff.sign_in_id,
        problems=problems,
    )
    return make_response(page, 422 if problems else 200)
