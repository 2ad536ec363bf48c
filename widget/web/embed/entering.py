"""Becoming somebody: registering, signing in and out, a new password, the confirming link again."""

from functools import partial

from flask import redirect
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import begin_writing, db
from widget.errors import Refusal, Refusals
from widget.services import accounts, credentials
from widget.services.accounts import Registration
from widget.web import identity, language, rates
from widget.web.embed import forms, hints, scene, words
from widget.web.embed.composing import refuse
from widget.web.embed.forms import ComposerForm, typed
from widget.web.embed.whereabouts import Whereabouts, here
from widget.web.guesses import guarding_sign_in


def _only_turns_to_registering() -> bool:
    return forms.only_cancels_reply() or _shown() not in {"", "register"}


def _only_turns_to_signing_in() -> bool:
    form = ComposerForm()
    return forms.only_cancels_reply() or not (typed(form.email) and form.password.data)


def _only_turns_to_asking() -> bool:
    return _shown() != "forgotten"


def _shown() -> str:
    """Return the view that the form was sent from."""
    return ComposerForm().shown.data or ""


@rates.per_address("10 per hour", only_when_done=True, unless=_only_turns_to_registering)
def register(site: str) -> ResponseReturnValue:
    """Make an account from what was typed and sign it in, or turn the form to registering.

    A question about the signature is asked once; registering again is the answer.
    """
    at, form = here(), ComposerForm()
    if forms.only_cancels_reply():
        return scene.show(at.but(reply=None), form)
    if identity.person() or _only_turns_to_registering():
        return scene.show(at, form, view="register")
    questions = hints.of_signature(at, form)
    try:
        account = accounts.register(db.session(), at.site, _registration(at, form), clock.now())
    except (Refusal, Refusals) as error:
        return refuse(at, form, error, questions=questions)
    if questions.are_news_to(form):
        db.session.rollback()
        rates.given_back()
        return scene.show(at, form, questions=questions)
    identity.enter(account.id)
    return _onward(at, form, "registered")


@partial(guarding_sign_in, unless=_only_turns_to_signing_in)
def sign_in(site: str) -> ResponseReturnValue:
    """Sign in with address and password, or turn the form to signing in while they are empty."""
    at, form = here(), ComposerForm()
    if forms.only_cancels_reply():
        return scene.show(at.but(reply=None), form)
    email, password = typed(form.email), form.password.data or ""
    if identity.person():
        return scene.show(at, form)
    if not email or not password:
        if form.shown.data != "sign-in":
            return scene.show(at, form, view="sign-in")
        return _incomplete(at, form)
    try:
        account = credentials.authenticate(db.session(), email, password)
    except Refusal as error:
        form.shown.data = "sign-in"
        return refuse(at, form, error)
    if account is None:
        form.shown.data = "sign-in"
        return refuse(at, form, Refusal("sign-in.wrong", "password"))
    account_id = account.id
    begin_writing(db.session())
    credentials.refresh_hash(db.session(), account_id, password)
    identity.enter(account_id)
    return _onward(at, form, "signed-in")


def sign_out(site: str) -> ResponseReturnValue:
    """Sign out of this browser."""
    at, form = here().but(edit=None, revise=None), ComposerForm()
    identity.leave()
    return _onward(at, form, "signed-out")


@rates.per_address("5 per hour")
def confirm_again(site: str) -> ResponseReturnValue:
    """Send the link that confirms the address once more."""
    at, form, known = here(), ComposerForm(), identity.person()
    assert known is not None
    accounts.send_confirmation_again(db.session(), known.account_id, at.site.id, clock.now())
    return _onward(at, form, "link-sent")


@rates.per_address("5 per hour", only_when_done=True, unless=_only_turns_to_asking)
def forgotten(site: str) -> ResponseReturnValue:
    """Ask for the address, then send it a link for a new password; the answer tells nobody who is known."""
    at, form = here(), ComposerForm()
    if _only_turns_to_asking():
        return scene.show(at, form, view="forgotten")
    try:
        credentials.request_reset(
            db.session(), typed(form.email), at.site.id, language.selected(), clock.now()
        )
    except Refusal as error:
        return refuse(at, form, error)
    return _onward(at.but(view="sign-in"), form, "reset-sent")


def _registration(at: Whereabouts, form: ComposerForm) -> Registration:
    return Registration(
        name=typed(form.name),
        place=typed(form.place),
        email=typed(form.email),
        password=form.password.data or "",
        accepts=forms.accepted(form),
        language=language.selected(),
    )


def _incomplete(at: Whereabouts, form: ComposerForm) -> ResponseReturnValue:
    """Say which of the two is missing, beside it."""
    if not form.email.data:
        form.email.errors = [str(words.EMAIL_MISSING)]
    if not form.password.data:
        form.password.errors = [str(words.PASSWORD_MISSING)]
    return scene.show(at, form, 422)


def _onward(at: Whereabouts, form: ComposerForm, notice: str) -> ResponseReturnValue:
    """Lead on to the frame; where a text came along, answer with it at once, since no address could carry it.

    The frame's own script keeps the text itself and sends none with these forms, so that with it the
    answer is always the redirect, whose arrival shows whether the browser kept the session.
    """
    at = at.but(notice=notice)
    if not form.text.data:
        return redirect(at.to(_anchor="news"), 303)
    forms.forget_token()
    form.shown.data = at.view
    return scene.show(at, form)
