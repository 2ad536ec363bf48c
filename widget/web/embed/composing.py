"""The frame itself, and what a signed-in reader does in it: send, edit, withdraw."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.errors import Refusal, Refusals, Stale
from widget.models import Comment, CommentState
from widget.services import comments
from widget.services.comments import Receipt, Submission
from widget.text import normalise
from widget.web import identity, rates
from widget.web.embed import forms, hints, scene, words
from widget.web.embed.forms import ComposerForm, WithdrawForm, typed
from widget.web.embed.hints import Hints, Questions
from widget.web.embed.whereabouts import Whereabouts, here


def frame(site: str) -> ResponseReturnValue:
    """Show the composer and the reader's own comments; nothing is created by looking."""
    return scene.show(here(), ComposerForm())


@rates.per_address("20 per 10 minutes")
def send(site: str) -> ResponseReturnValue:
    """Receive a comment, or give it back with what is wrong, or once with the hints on it."""
    at, form = here(), ComposerForm()
    if forms.only_cancels_reply():
        return scene.show(at.but(reply=None), form)
    if hints.rewords():
        return scene.show(at, form, hints=hints.reword(at, form))
    try:
        receipt = comments.submit(db.session(), _submission(at, form), clock.now())
    except (Refusal, Refusals) as error:
        return _refuse_with_hints(at, form, error)
    if receipt.hints:
        return _hold_back(at, form, receipt)
    if receipt.repeated:
        received = db.session.get_one(Comment, receipt.comment_id)
        if received.body != normalise.clean(typed(form.text)):
            return _overtaken(at, form, received)
    return redirect(at.but(reply=None, revise=None, sent=receipt.comment_id).to(_anchor="news"), 303)


@rates.per_address("30 per 10 minutes")
def edit(site: str, comment: int) -> ResponseReturnValue:
    """Replace the text of a comment that still waits, its new hints shown once before."""
    at, form = here().but(edit=comment), ComposerForm()
    if hints.rewords():
        return scene.show(at, form, hints=hints.reword(at, form))
    try:
        receipt = comments.edit(
            db.session(),
            _reader(),
            comment,
            typed(form.text),
            form.version.data or 0,
            clock.now(),
            tells=not hints.were_seen(at, form),
        )
    except Stale as error:
        form.version.data = None
        return _refuse_with_hints(at, form, error)
    except (Refusal, Refusals) as error:
        return _refuse_with_hints(at, form, error)
    if receipt.hints:
        return _hold_back(at, form, receipt)
    return redirect(at.but(edit=None, notice="edited").to(_anchor="news"), 303)


@rates.per_address("30 per 10 minutes")
def withdraw(site: str, comment: int) -> ResponseReturnValue:
    """Ask before a comment that still waits is taken back; take it back when the button is pressed."""
    at, form = here(), WithdrawForm()
    try:
        if request.method != "POST":
            own = comments.own(db.session(), _reader(), comment)
            if own.state is not CommentState.PENDING:
                return redirect(at.to(), 303)
            return render_template("embed/withdraw.html", at=at, comment=own)
        comments.withdraw(db.session(), _reader(), comment, form.version.data or 0, clock.now())
    except Refusal as error:
        return refuse(at, ComposerForm(formdata=None), error)
    return redirect(at.but(edit=None, notice="withdrawn").to(_anchor="news"), 303)


def refuse(
    at: Whereabouts,
    form: ComposerForm,
    error: Refusal | Refusals,
    told: Hints | None = None,
    questions: Questions | None = None,
) -> ResponseReturnValue:
    """Give the form back with its sentences, after letting go of what the attempt had locked."""
    db.session.rollback()
    forms.complain(form, error)
    return scene.show(at, form, error.status, hints=told, questions=questions)


def _refuse_with_hints(at: Whereabouts, form: ComposerForm, error: Refusal | Refusals) -> ResponseReturnValue:
    """Give the form back with its sentences and with all hints, those seen before too."""
    db.session.rollback()
    return refuse(at, form, error, hints.of_text(at, typed(form.text)))


def _hold_back(at: Whereabouts, form: ComposerForm, receipt: Receipt) -> ResponseReturnValue:
    """Show the hints instead of keeping what was just written.

    It was written so that whatever stands in the way is said together with the hints, or before them. The
    answer is no error: nothing is wrong, and the same form sent again is received.
    """
    db.session.rollback()
    return scene.show(at, form, hints=hints.told(normalise.clean(typed(form.text)), receipt.hints))


def _submission(at: Whereabouts, form: ComposerForm) -> Submission:
    """Return what was typed as a submission; only the version that was on display is accepted."""
    return Submission(
        site_id=at.site.id,
        account_id=_reader(),
        article=at.claimed,
        text=typed(form.text),
        key=typed(form.key),
        parent_id=at.reply,
        revises_id=at.revise,
        accepts=forms.accepted(form),
        tells=not hints.were_seen(at, form),
    )


def _overtaken(at: Whereabouts, form: ComposerForm, received: Comment) -> ResponseReturnValue:
    """Answer a retry whose text was changed after an answer was lost: nothing is sent over its writer's head."""
    if received.state is CommentState.PENDING:
        at = at.but(edit=received.id, reply=None, revise=None)
        form.version.data, sentence = received.version, words.SUPERSEDES
    else:
        form.renew_key()
        sentence = words.STANDS_ALONE
    db.session.rollback()
    form.form_errors.append(str(sentence))
    return scene.show(at, form, 409)


def _reader() -> int:
    """Return the account of the signed-in reader; the guard has let nobody else come here."""
    known = identity.person()
    assert known is not None
    return known.account_id
