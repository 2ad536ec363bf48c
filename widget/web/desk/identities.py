"""Whether people are who their signatures say: marked, asked about by mail, and the list of those in doubt."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import Refusal
from widget.models import Identity
from widget.moderation.permissions import Permission
from widget.services import identities as known_identities
from widget.services.identities import Marking
from widget.web import identity
from widget.web.desk import answers, blueprint, wording
from widget.web.desk import people as people_page
from widget.web.desk.forms import AskForm, IdentityForm, read
from widget.web.desk.scope import LARGEST_ID, ids_for

_PERSON = f"/people/<int(max={LARGEST_ID}):account_id>/identity"
_MOST = 100


@blueprint.get("/doubts")
def doubts() -> ResponseReturnValue:
    """List whose identity is in doubt: those who have answered first."""
    rows = known_identities.doubted(db.session(), ids_for(Permission.MARK_IDENTITY), _MOST + 1)
    return render_template("desk/doubts.html", rows=rows[:_MOST], more=len(rows) > _MOST, ago=wording.ago)


@blueprint.post(_PERSON, endpoint="identity")
def mark(account_id: int) -> ResponseReturnValue:
    """Say whether this person is trusted, on one site, to be who the signature says."""
    form = read(IdentityForm)
    try:
        chosen = Identity(form.identity.data or "")
    except ValueError:
        abort(400)
    about = Marking(account_id, form.site.data or 0)
    account = known_identities.mark(db.session(), identity.colleague(), about, chosen, clock.now())
    message = gettext(
        "The identity of %(name)s is now: %(state)s.", name=account.name, state=wording.IDENTITIES[chosen]
    )
    # On a card: the comment now waits in the list of what is in doubt.
    parked = "doubt" if chosen is Identity.DOUBT and form.comment.data else None
    return answers.done(message, form.back.data, comment_id=form.comment.data, parked=parked)


@blueprint.post(f"{_PERSON}/ask")
def ask_identity(account_id: int) -> ResponseReturnValue:
    """Ask this person by mail to confirm who they are."""
    form = read(AskForm)
    about = Marking(account_id, form.site.data or 0)
    try:
        account = known_identities.ask(
            db.session(), identity.colleague(), about, form.question.data or "", clock.now()
        )
    except Refusal as refusal:
        return people_page.refused(account_id, refusal)
    message = gettext(
        "%(name)s is asked by mail. The answer will stand on this page and in the list “People in doubt”.",
        name=account.name,
    )
    return answers.done(message, form.back.data)
