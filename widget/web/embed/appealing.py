"""A banned person's one reply to the ban, written where the ban is shown."""

from flask import redirect
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.errors import Refusal
from widget.services import appeals
from widget.web import identity, rates
from widget.web.embed import forms, scene
from widget.web.embed.forms import AppealForm, ComposerForm, typed
from widget.web.embed.whereabouts import Whereabouts, here


@rates.per_address("10 per 10 minutes")
def appeal(site: str) -> ResponseReturnValue:
    """Send the reply to the editors, or give it back with what is wrong."""
    at, form, known = here(), AppealForm(), identity.person()
    assert known is not None
    try:
        appeals.send(db.session(), known.account_id, at.site.id, typed(form.appeal), clock.now())
    except Refusal as error:
        db.session.rollback()
        if error.field is None:
            return _beside_the_point(at, form, error)
        forms.complain(form, error)
        return scene.show(at, ComposerForm(), error.status, appeal=form)
    return redirect(at.but(notice="appealed").to(_anchor="news"), 303)


def _beside_the_point(at: Whereabouts, form: AppealForm, error: Refusal) -> ResponseReturnValue:
    """Answer where no reply is possible any more: the ban has ended, or there is one already; the words are kept."""
    composer = ComposerForm()
    composer.text.data = typed(form.appeal)
    forms.complain(composer, error)
    return scene.show(at, composer, error.status)
