"""A forgotten password: asking for a link, and setting a new one with it."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal, Refusals
from widget.mail import links
from widget.models import Account, SignInKind, Thread
from widget.services import credentials, threads
from widget.services.tokens import RESET
from widget.web import browsers, language, rates
from widget.web.account import returning
from widget.web.account.forms import ForgottenForm, ResetForm
from widget.web.embed.forms import complain


@rates.per_address("5 per hour", only_when_done=True)
def forgotten() -> ResponseReturnValue:
    """Send a link for a new password; the answer is the same whether the address is known or not."""
    form = ForgottenForm()
    if request.method != "POST":
        return make_response(
            render_template("account/forgotten.html", form=form, sent="sent" in request.args)
        )
    email = (form.email.data or "").replace("\0", "")
    try:
        credentials.request_reset(db.session(), email, None, language.selected(), clock.now())
    except Refusal as refusal:
        db.session.rollback()
        complain(form, refusal)
        return make_response(render_template("account/forgotten.html", form=form, sent=False), 422)
    return redirect(url_for("account.forgotten", sent=1), 303)


@rates.per_address("10 per hour", only_when_done=True)
def reset(token: str) -> ResponseReturnValue:
    """Set a new password by a mailed link, which works once, and end every sign-in."""
    form, account = ResetForm(), _account(token)
    if account is None:
        # The link fits the old password only, so right after the change it is used up.
        whose = links.tokens().account_id(RESET, token) if "done" in request.args else None
        return _invalid() if whose is None else _show(form, None, thread=returning.asked(whose))
    if request.method != "POST":
        return _show(form, account)
    try:
        bound_to = credentials.fingerprint(account, account.email_key)
        account = credentials.reset_password(
            db.session(), account.id, bound_to, form.password.data or "", clock.now()
        )
    except NotFound:
        db.session.rollback()
        return _invalid()
    except (Refusal, Refusals) as error:
        db.session.rollback()
        complain(form, error)
        return _show(form, account, error.status)
    # Whoever opened the link has the mailbox: with the new password they come in, however many strangers guess.
    browsers.remember(account.email_key or "", *SignInKind)
    if account.email_confirmed_at is None:
        # The old confirming link went with the old password; the reset proved the address, so here is another.
        return redirect(f"{links.confirm(account, account.email_key)}?done=password", 303)
    thread = threads.last_written_under(db.session(), account.id)
    back, desk = returning.word(account.id, thread), (1 if account.staff_roles else None)
    return redirect(url_for("account.reset", token=token, done=1, thread=back, desk=desk), 303)


def _account(token: str) -> Account | None:
    """Return the account the link was made for, while it still fits."""
    tokens = links.tokens()
    account_id = tokens.account_id(RESET, token)
    account = None if account_id is None else db.session().get(Account, account_id)
    if account is None or account.closed_at is not None:
        return None
    language.speak(account.language)
    bound = credentials.fingerprint(account, account.email_key)
    return account if tokens.fits(RESET, token, bound) else None


def _show(
    form: ResetForm, account: Account | None, status: int = 200, thread: Thread | None = None
) -> Response:
    """Answer with the form, or once it is done with the ways on that the redirect carries."""
    page = render_template(
        "account/reset.html",
        form=form,
        account=account,
        thread=thread,
        at_desk="desk" in request.args,
    )
    return make_response(page, status)


def _invalid() -> Response:
    return make_response(render_template("account/invalid.html", purpose="reset"), 404)
