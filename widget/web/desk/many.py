"""Deciding the selected comments at once, taking all of it back, and saying what came of each."""

from collections.abc import Sequence
from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from widget import clock
from widget.db import db
from widget.errors import Refusal
from widget.extensions import settings
from widget.moderation.permissions import Permission
from widget.services import many as several
from widget.services import outbox, queue
from widget.services.many import Outcome
from widget.services.moderation import Order
from widget.web import identity
from widget.web.desk import answers, blueprint, cards, decisions, wording
from widget.web.desk.forms import ManyForm, UndoManyForm, read
from widget.web.desk.scope import ids_for

# The others are counted, not named: a sentence is to be read.
_MOST_NAMED = 5


@blueprint.post("/many")
def decide_many() -> ResponseReturnValue:
    """Publish or refuse every comment that is selected, each in the version that was on the screen."""
    form = read(ManyForm)
    note = decisions.note_of(form)
    order = Order(
        0,
        form.action.data or "",
        0,
        rule=form.rule.data,
        note=note,
        private_note=form.private_note.data or "",
    )
    staff, now, grace = identity.colleague(), clock.now(), timedelta(seconds=settings().mail_grace)
    try:
        outcome = several.decide(db.session(), staff, form.versions(), order, grace, now)
    except Refusal as refusal:
        return _answer(wording.refusal(refusal, now), [], form.back.data)
    number = len(outcome.done)
    told = ngettext("%(num)s comment decided.", "%(num)s comments decided.", number)
    undoable = [decision.id for decision in outcome.done]
    return _answer(_said(told, outcome), [*form.versions()], form.back.data, undoable)


@blueprint.post("/many/undo")
def undo_many() -> ResponseReturnValue:
    """Take back all that was decided at once, but for what a colleague changed since."""
    form = read(UndoManyForm)
    session, now, grace = db.session(), clock.now(), timedelta(seconds=settings().mail_grace)
    try:
        outcome = several.undo(session, identity.colleague(), form.decision.data or [], now, grace=grace)
    except Refusal as refusal:
        return _answer(wording.refusal(refusal, now), [], form.back.data)
    number = len(outcome.done)
    told = ngettext("Undone: %(num)s comment.", "Undone: %(num)s comments.", number)
    known = len(outbox.told(session, [made.reverses_id for made in outcome.done if made.reverses_id], now))
    if known:
        told += " " + ngettext(
            "%(num)s writer has been told already.", "%(num)s writers have been told already.", known
        )
    touched = [*(decision.comment_id for decision in outcome.done), *outcome.declined]
    return _answer(_said(told, outcome), sorted(touched), form.back.data)


def _answer(
    message: str, comment_ids: list[int], back: str | None, undoable: Sequence[int] = ()
) -> ResponseReturnValue:
    """Say what came of it; the script is given the cards as they stand now.

    More than one decision that can be undone comes with the way to take all of them back.
    """
    undoable = undoable if len(undoable) > 1 else ()
    if not answers.by_script():
        flash(message, f"many:{','.join(map(str, undoable))}" if undoable else "notice")
        return redirect(answers.inside(back) or url_for("desk.queue"), 303)
    session = db.session()
    found = queue.of_ids(session, comment_ids, ids_for(Permission.READ_QUEUE)) if comment_ids else []
    views = cards.views(session, identity.colleague(), found, clock.now())
    return render_template("desk/_answers.html", message=message, views=views, undoable=undoable)


def _said(told_first: str, outcome: Outcome) -> str:
    """Return what was done, and what was not and why."""
    now, told = clock.now(), [told_first]
    declined = list(outcome.declined.values())
    if declined:
        told.append(ngettext("%(num)s not:", "%(num)s not:", len(declined)))
    told += [
        gettext("%(name)s: %(why)s", name=name, why=wording.refusal(refusal, now))
        for name, refusal in declined[:_MOST_NAMED]
    ]
    return " ".join(told) + (" …" if len(declined) > _MOST_NAMED else "")
