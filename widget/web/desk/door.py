"""The desk's door: signing in and out."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from widget.db import begin_writing, db
from widget.errors import Refusal
from widget.extensions import limiter
from widget.services import credentials
from widget.web import identity, sentences
from widget.web.desk import blueprint
from widget.web.desk.answers import inside
from widget.web.desk.forms import SignInForm

# A person mistypes a password a few times; a program tries thousands.
_ATTEMPTS = "10 per minute; 60 per hour"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(_ATTEMPTS, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """Let staff in; a reader's password is answered exactly as a wrong one."""
    form = SignInForm()
    onward = inside(form.next.data or request.args.get("next")) or url_for("desk.queue")
    known = identity.person()
    if request.method != "POST" and known is not None and known.staff is not None:
        return redirect(onward)
    if request.method != "POST":
        return render_template("desk/sign_in.html", form=form, onward=onward, error=None)
    if form.validate() and _entered(form.email.data or "", form.password.data or ""):
        return redirect(onward, 303)
    error = sentences.of(Refusal("sign-in.wrong"))
    return render_template("desk/sign_in.html", form=form, onward=onward, error=error), 422


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this sign-in; its decisions can no longer be undone."""
    identity.leave()
    return redirect(url_for("desk.sign_in"), 303)


def _entered(email: str, password: str) -> bool:
    """Sign in whoever address and password open, if they hold a role; return whether they did."""
    session = db.session()
    account = credentials.authenticate(session, email, password)
    if account is None or not account.staff_roles:
        return False
    account_id = account.id
    begin_writing(session)
    credentials.refresh_hash(session, account_id, password)
    identity.enter(account_id)
    return True
