"""Where the link in the confirming mail leads: *Confirm*, *This was not me*, or handing comments over.

Looking changes nothing and pressing twice does no harm, since scanners of mail follow links and some
press buttons. Confirming asks for the password chosen at registration, unless this very browser is signed
in to that account: else somebody who registers with another person's address, and stays signed in, would
have the address confirmed by that person (docs/decisions/0015-confirming-takes-the-password.md).
"""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.errors import Refusal
from widget.mail import links
from widget.models import Account, Comment, SignInKind, Thread
from widget.services import accounts, credentials
from widget.services.tokens import CONFIRM
from widget.web import browsers, identity, language, rates
from widget.web.account import returning
from widget.web.account.forms import PasswordForm
from widget.web.embed.forms import complain


@dataclass(frozen=True)
class Confirmation:
    """What a confirming link is about, as things stand now.

    `state` is `open`, `taken` (another account holds the address), `confirmed`, or `closed` (disowned
    or handed over); `signed_in` says that this browser is the one that registered, or signed in to the
    account since; `thread` is where the person may go back to.
    """

    token: str
    account: Account
    state: str
    signed_in: bool
    waiting: list[Comment]
    thread: Thread | None


@rates.per_address("10 per minute")
def confirm(token: str) -> ResponseReturnValue:
    """Show whose address is to be confirmed; confirm it when the button is pressed."""
    known, form = _read(token), PasswordForm()
    if known is None:
        return _invalid()
    if request.method != "POST" or known.state == "closed":
        return _show(known, form)
    try:
        _confirm(known, form)
    except Refusal as refusal:
        db.session.rollback()
        if refusal.code == "account.address-taken":
            # It was confirmed elsewhere since the page was shown; the page now offers handing over.
            return _show(_read(token) or known, PasswordForm(formdata=None), 409)
        complain(form, refusal)
        return _show(_read(token) or known, form, refusal.status)
    browsers.remember(known.account.email_key or "", SignInKind.READER)
    return _back(known)


def _confirm(known: Confirmation, form: PasswordForm) -> None:
    session, account_id, now = db.session(), known.account.id, clock.now()
    if known.signed_in or known.state == "confirmed":
        accounts.confirm(session, account_id, now)
    else:
        if not form.password.data:
            raise Refusal("confirm.no-password", "password")
        accounts.confirm_by_password(session, account_id, form.password.data, now)


def disown(token: str) -> ResponseReturnValue:
    """Close the account that somebody else registered with this address."""
    known = _read(token)
    if known is None:
        return _invalid()
    accounts.disown(db.session(), known.account.id, clock.now())
    return redirect(url_for("account.confirm", token=token), 303)


@rates.per_address("10 per minute")
def hand_over(token: str) -> ResponseReturnValue:
    """Give the waiting comments to the account that holds the address, by its password."""
    known, form = _read(token), PasswordForm()
    if known is None:
        return _invalid()
    if known.state != "taken":
        return _show(known, form)
    try:
        accounts.hand_over(db.session(), known.account.id, form.password.data or "", clock.now())
    except Refusal as refusal:
        db.session.rollback()
        complain(form, refusal)
        return _show(_read(token) or known, form, 422)
    return _back(known, done="handed-over")


def _read(token: str) -> Confirmation | None:
    """Return what the link is about, or None when it is forged, too old or replaced by a newer one."""
    session, tokens = db.session(), links.tokens()
    account_id = tokens.account_id(CONFIRM, token)
    account = None if account_id is None else session.get(Account, account_id)
    if account is None:
        return None
    language.speak(account.language)
    if account.closed_at is not None:
        return Confirmation(token, account, "closed", False, [], returning.asked(account.id))
    if not tokens.fits(CONFIRM, token, credentials.fingerprint(account, account.email_key)):
        return None
    waiting = accounts.waiting(session, account.id)
    thread = waiting[0].thread if waiting else returning.asked(account.id)
    return Confirmation(token, account, _state(account), _is_signed_in(account), waiting, thread)


def _state(account: Account) -> str:
    if account.email_confirmed_at is not None:
        return "confirmed"
    return "taken" if accounts.holder(db.session(), account.email_key) is not None else "open"


def _is_signed_in(account: Account) -> bool:
    known = identity.person()
    return known is not None and known.account_id == account.id


def _back(known: Confirmation, done: str | None = None) -> ResponseReturnValue:
    thread = returning.word(known.account.id, known.thread)
    return redirect(url_for("account.confirm", token=known.token, thread=thread, done=done), 303)


def _show(known: Confirmation, form: PasswordForm, status: int = 200) -> Response:
    handed_over = known.state == "closed" and request.args.get("done") == "handed-over"
    page = render_template(
        "account/confirm.html",
        known=known,
        form=form,
        handed_over=handed_over,
        password_changed=request.args.get("done") == "password",
    )
    return make_response(page, status)


def _invalid() -> Response:
    return make_response(render_template("account/invalid.html", purpose="confirm"), 404)
