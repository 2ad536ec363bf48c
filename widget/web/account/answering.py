"""Where the mail leads in which the editors ask somebody to confirm who they are.

The link proves the address and is bound to that one question, so nobody has to sign in to answer it. Looking
changes nothing; a link of an earlier question does not work any more.
"""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.errors import Refusal
from widget.mail import links
from widget.models import Identity, IdentityRow
from widget.services import identities
from widget.services.identities import Marking
from widget.services.tokens import IDENTITY
from widget.web import language, rates
from widget.web.account.forms import AnswerForm
from widget.web.embed.forms import complain, typed


@rates.per_address("10 per minute")
def identity(site_id: int, token: str) -> ResponseReturnValue:
    """Show what the editors of a site ask this person, and keep the answer."""
    asked, form = _asked(site_id, token), AnswerForm()
    if asked is None or asked.asked_at is None:
        return make_response(render_template("account/invalid.html", purpose="identity"), 404)
    if request.method != "POST":
        return _show(asked, form)
    about, asked_at = Marking(asked.account_id, site_id), asked.asked_at
    try:
        identities.answer(db.session(), about, asked_at, typed(form.answer), clock.now())
    except Refusal as refusal:
        db.session.rollback()
        complain(form, refusal)
        return _show(asked, form, refusal.status)
    return redirect(url_for("account.identity", site_id=site_id, token=token), 303)


def _asked(site_id: int, token: str) -> IdentityRow | None:
    """Return the question that a link was made for, while it is the last one."""
    tokens = links.tokens()
    account_id = tokens.account_id(IDENTITY, token)
    asked = None if account_id is None else identities.question(db.session(), Marking(account_id, site_id))
    if asked is None or not tokens.fits(IDENTITY, token, identities.fingerprint(asked)):
        return None
    language.speak(asked.account.language)
    return asked


def _show(asked: IdentityRow, form: AnswerForm, status: int = 200) -> Response:
    page = render_template(
        "account/identity.html", asked=asked, form=form, settled=asked.standing is not Identity.DOUBT
    )
    return make_response(page, status)
