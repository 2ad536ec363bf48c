"""One's own account: what it holds, a copy of that, and the forms that change it."""

import json
from collections.abc import Callable
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from widget import clock
from widget.db import db
from widget.errors import Refusal, Refusals
from widget.models import Account, SignInKind
from widget.services import addresses, copies, own_accounts, own_comments
from widget.services.own_accounts import Farewell, Signature
from widget.web import browsers, identity, language
from widget.web.account import limits
from widget.web.account.forms import AddressForm, ChangeForm, ClosingForm, SignatureForm
from widget.web.embed.forms import complain, typed
from widget.web.embed.whereabouts import number
from widget.web.form import Form

# What has just been done, by the word that the redirect carries.
DONE = {
    "signature": _l("Your signature is changed. From now on your comments are signed with it."),
    "renamed": _l(
        "Your signature is changed. From now on your comments are signed with it, and the editors are told."
    ),
    "address": _l(
        "We have sent a link to the new address. Open it within two days; until then your account keeps the present one."
    ),
    "password": _l("Your password is changed. Everywhere else you are signed out."),
}


def overview() -> ResponseReturnValue:
    """Show what the account holds, and every comment with where it stands."""
    account = _account()
    before = number(request.args.get("before", ""))
    page = own_comments.page(db.session(), account.id, before)
    done = DONE.get(request.args.get("done", ""))
    at_desk = own_accounts.works_at_desk(db.session(), account.id)
    return render_template(
        "account/overview.html", account=account, page=page, before=before, done=done, at_desk=at_desk
    )


@limits.guarding_password
def signature() -> ResponseReturnValue:
    """Change how the next comments are signed."""
    account, form = _account(), SignatureForm()
    if request.method != "POST":
        form.name.data, form.place.data = account.name, account.place
        return _form("signature", account, form)

    def change() -> str:
        wanted = Signature(typed(form.name), typed(form.place))
        renamed = own_accounts.sign_as(db.session(), account.id, form.old.data or "", wanted, clock.now())
        return "renamed" if renamed else "signature"

    return _changed("signature", form, change)


@limits.guarding_password
@limits.per_account("5 per hour")
def address() -> ResponseReturnValue:
    """Ask for a link at a new address; the answer is the same whether that is known or not."""
    account, form = _account(), AddressForm()
    if request.method != "POST":
        return _form("address", account, form)

    def change() -> str:
        addresses.request(db.session(), account.id, form.old.data or "", typed(form.email), clock.now())
        return "address"

    return _changed("address", form, change)


@limits.guarding_password
def password() -> ResponseReturnValue:
    """Replace the password; every other sign-in ends."""
    account, form, known = _account(), ChangeForm(), identity.person()
    if request.method != "POST" or known is None:
        return _form("password", account, form)

    def change() -> str:
        old, new = form.old.data or "", form.password.data or ""
        own_accounts.change_password(db.session(), account.id, known.sign_in_id, old, new, clock.now())
        return "password"

    return _changed("password", form, change)


@limits.guarding_password
def closing() -> ResponseReturnValue:
    """Close the account, and lead to where nobody is signed in any more."""
    account, form = _account(), ClosingForm()
    if request.method != "POST":
        return _form("closing", account, form)
    asks, spoken = bool(form.asks_removal.data), account.language
    farewell = Farewell(form.old.data or "", asks, typed(form.words))
    try:
        own_accounts.close(db.session(), account.id, farewell, clock.now())
    except (Refusal, Refusals) as error:
        return _refused("closing", form, error)
    identity.forget()
    browsers.forget(SignInKind.READER)
    return redirect(url_for("account.closed", lang=spoken, asked=1 if asks else None), 303)


@limits.per_account("10 per hour")
def copy() -> ResponseReturnValue:
    """Hand out a copy of everything that is stored about the person."""
    now = clock.now()
    text = json.dumps(copies.of(db.session(), _account(), now), ensure_ascii=False, indent=1)
    answer = Response(text + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="byline-{now:%Y-%m-%d}.json"'
    return answer


def _account() -> Account:
    """Return the account of whoever is signed in, and speak its language; the guard lets nobody else come here."""
    known = identity.person()
    assert known is not None
    account = known.account
    language.speak(account.language)
    return account


def _changed(name: str, form: Form, change: Callable[[], str]) -> ResponseReturnValue:
    """Make the change and lead back to the overview, or give the form back with what is wrong."""
    try:
        done = change()
    except (Refusal, Refusals) as error:
        return _refused(name, form, error)
    return redirect(url_for("account.overview", done=done), 303)


def _refused(name: str, form: Form, error: Refusal | Refusals) -> Response:
    db.session.rollback()
    complain(form, error)
    return _form(name, _account(), form, error.status)


def _form(name: str, account: Account, form: Form, status: int = 200) -> Response:
    more: dict[str, Any] = {"rests": own_accounts.NAME_RESTS.days, "editing": name}
    return make_response(
        render_template(f"account/own_{name}.html", account=account, form=form, **more), status
    )
