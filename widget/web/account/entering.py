"""The door to one's own account, at the top level: there the cookie is never a third party's."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from widget.config import LANGUAGES
from widget.db import begin_writing, db
from widget.errors import Refusal
from widget.services import credentials
from widget.web import identity, language
from widget.web.account.forms import SignInForm
from widget.web.embed import words
from widget.web.embed.forms import complain, typed
from widget.web.guesses import guarding_sign_in


@guarding_sign_in
def sign_in() -> ResponseReturnValue:
    """Sign a reader in with address and password, as the frame does."""
    _speak()
    form = SignInForm()
    if request.method != "POST":
        return redirect(url_for("account.overview")) if identity.person() else _door(form)
    email, password = typed(form.email), form.password.data or ""
    if not email or not password:
        return _incomplete(form)
    account = credentials.authenticate(db.session(), email, password)
    if account is None:
        complain(form, Refusal("sign-in.wrong", "password"))
        return _door(form, 422)
    account_id = account.id
    begin_writing(db.session())
    credentials.refresh_hash(db.session(), account_id, password)
    identity.enter(account_id)
    return redirect(url_for("account.overview"), 303)


def sign_out() -> ResponseReturnValue:
    """Sign out of this browser."""
    identity.leave()
    return redirect(url_for("account.sign_in", done="signed-out", lang=language.selected()), 303)


def closed() -> ResponseReturnValue:
    """Say that an account is closed, to whoever has just closed it."""
    _speak()
    return make_response(render_template("account/closed.html", asked="asked" in request.args))


def _speak() -> None:
    """Speak the language of the page that led here, where it says which; else the browser's."""
    if request.args.get("lang") in LANGUAGES:
        language.speak(request.args["lang"])


def _incomplete(form: SignInForm) -> Response:
    if not form.email.data:
        form.email.errors = [str(words.EMAIL_MISSING)]
    if not form.password.data:
        form.password.errors = [str(words.PASSWORD_MISSING)]
    return _door(form, 422)


def _door(form: SignInForm, status: int = 200) -> Response:
    left = request.args.get("done") == "signed-out"
    return make_response(render_template("account/sign_in.html", form=form, left=left), status)
