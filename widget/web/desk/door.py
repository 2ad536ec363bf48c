"""The desk's door: signing in by password and then by second factor, and signing out."""

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import begin_writing, db
from widget.errors import Refusal
from widget.extensions import client, limiter, settings
from widget.mail import links
from widget.models import Account
from widget.services import credentials, passwords, second_factors
from widget.services.locks import ROW
from widget.services.sealing import Seal
from widget.services.tokens import SECOND_STEP
from widget.web import identity, sentences
from widget.web.desk import blueprint
from widget.web.desk.answers import inside
from widget.web.desk.forms import CodeForm, SignInForm
from widget.web.guesses import guarding_sign_in

# By client address, whoever it is that tries.
_ATTEMPTS = "10 per minute; 60 per hour"
# How fast codes may be tried at all; how many wrong ones a day allows is counted with the factor (`code_guesses.py`).
_CODES = "5 per minute; 20 per hour; 50 per day"
# Where the desk's cookie says, signed and for ten minutes, whose password was right.
_HALFWAY = "halfway"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@guarding_sign_in
def sign_in() -> ResponseReturnValue:
    """Let staff in, or on to the second step; a reader's password is answered exactly as a wrong one."""
    form = SignInForm()
    onward = inside(form.next.data or request.args.get("next")) or url_for("desk.queue")
    known = identity.person()
    if request.method != "POST" and known is not None and known.staff is not None:
        return redirect(onward)
    if request.method != "POST":
        return _door(form, onward, late="late" in request.args)
    if not form.validate():
        return _door(form, onward, wrong=True)
    return _first_step(form.email.data or "", form.password.data or "", onward) or _door(
        form, onward, wrong=True
    )


def _whom_it_may_concern() -> str:
    """Return whom guesses of a code are counted for: the account whose password was right."""
    account = _halfway()
    return f"second-step:{account.id if account else client()}"


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@limiter.limit(_ATTEMPTS, methods=["POST"])
@limiter.limit(_CODES, methods=["POST"], key_func=_whom_it_may_concern)
def second_step() -> ResponseReturnValue:
    """Ask for a code after the password, and let in whoever has it."""
    form, account = CodeForm(), _halfway()
    onward = inside(form.next.data or request.args.get("next")) or url_for("desk.queue")
    if account is None:
        return redirect(url_for("desk.sign_in", next=onward, late=1), 303)
    if request.method != "POST":
        return _asking(form, onward)
    try:
        _enter(account.id, (form.code.data or "").replace("\0", ""))
    except Refusal as refusal:
        db.session.rollback()
        return _asking(form, onward, sentences.of(refusal))
    return redirect(onward, 303)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this sign-in; its decisions can no longer be undone."""
    identity.leave()
    return redirect(url_for("desk.sign_in"), 303)


def _first_step(email: str, password: str, onward: str) -> ResponseReturnValue | None:
    """Sign in whoever address and password open, if they hold a role, or ask for their code; else None."""
    found = credentials.authenticate(db.session(), email, password)
    if found is None or not found.staff_roles:
        return None
    account_id, fits = found.id, found.password_hash
    begin_writing(db.session())
    credentials.refresh_hash(db.session(), account_id, password)
    account = db.session.get_one(Account, account_id, with_for_update=ROW)
    if account.password_hash != fits and not passwords.outdated(fits or ""):
        # It was changed in this very moment, and every sign-in with the former one has ended.
        return None
    if account.second_factor is not None:
        session[_HALFWAY] = links.tokens().sign(SECOND_STEP, account_id, account.password_hash)
        return redirect(url_for("desk.second_step", next=onward), 303)
    identity.enter(account_id)
    return redirect(onward, 303)


def _enter(account_id: int, code: str) -> None:
    """Use up the code and sign in; raise Refusal where it is wrong, or the password was changed meanwhile."""
    begin_writing(db.session())
    db.session.get_one(Account, account_id, with_for_update=ROW)
    if _halfway() is None:
        raise Refusal("sign-in.wrong")
    second_factors.accept(db.session(), Seal.of(settings()), account_id, code, clock.now())
    identity.enter(account_id)


def _halfway() -> Account | None:
    """Return the member of staff whose password was right a moment ago, and still is."""
    tokens, token = links.tokens(), session.get(_HALFWAY, "")
    account_id = tokens.account_id(SECOND_STEP, token)
    account = None if account_id is None else db.session.get(Account, account_id)
    if account is None or account.closed_at is not None or not account.staff_roles:
        return None
    return account if tokens.fits(SECOND_STEP, token, account.password_hash) else None


def _door(form: SignInForm, onward: str, *, wrong: bool = False, late: bool = False) -> Response:
    error = sentences.of(Refusal("sign-in.wrong")) if wrong else None
    page = render_template("desk/sign_in.html", form=form, onward=onward, error=error, late=late)
    return make_response(page, 422 if wrong else 200)


def _asking(form: CodeForm, onward: str, error: str | None = None) -> Response:
    recovery = "recovery" in request.values
    page = render_template("desk/second_step.html", form=form, onward=onward, error=error, recovery=recovery)
    return make_response(page, 422 if error else 200)
