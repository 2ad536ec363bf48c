"""Decisions about comments and their writers: made, undone, and refused when a colleague was faster."""

from datetime import timedelta

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal
from widget.extensions import settings
from widget.models import Decision
from widget.moderation.permissions import Permission
from widget.services import appeals, bans, canned_notes, moderation, outbox
from widget.services.bans import BanOrder
from widget.services.moderation import Order
from widget.web import identity
from widget.web.desk import answers, blueprint, wording
from widget.web.desk import people as people_page
from widget.web.desk.forms import BanForm, DecideForm, DeskForm, ReasonForm, read
from widget.web.desk.scope import LARGEST_ID, ids_for

_OPENED = {"refuse": "refuse", "remove": "remove"}


@blueprint.post(f"/comments/<int(max={LARGEST_ID}):comment_id>/decide")
def decide(comment_id: int) -> ResponseReturnValue:
    """Publish, refuse or remove a comment in the version that was on the screen."""
    form = read(DecideForm)
    order = Order(
        comment_id,
        action=form.action.data or "",
        expected_version=form.expected_version.data or 0,
        rule=form.rule.data,
        note=note_of(form),
        private_note=form.private_note.data or "",
    )
    grace = timedelta(seconds=settings().mail_grace)
    try:
        decision = moderation.decide(db.session(), identity.colleague(), order, grace, clock.now())
    except Refusal as refusal:
        return answers.refused(refusal, comment_id=comment_id, opened=_OPENED.get(order.action))
    message = _said(decision)
    return answers.done(message, form.back.data, comment_id=comment_id, undoable=decision.id)


@blueprint.post(f"/decisions/<int(max={LARGEST_ID}):decision_id>/undo")
def undo(decision_id: int) -> ResponseReturnValue:
    """Take back one decision of this sign-in."""
    form = read(DeskForm)
    taken = db.session.get(Decision, decision_id)
    if taken is None:
        raise NotFound("decision.unknown")
    return _undone(decision_id, taken.comment_id, form.back.data)


@blueprint.post("/undo")
def undo_latest() -> ResponseReturnValue:
    """Take back the latest decision of this sign-in that still can be."""
    form = read(DeskForm)
    latest = moderation.latest_undoable(db.session(), identity.colleague())
    if latest is None:
        return answers.done(gettext("There is nothing to undo."), form.back.data)
    return _undone(latest.id, latest.comment_id, form.back.data)


@blueprint.post(f"/people/<int(max={LARGEST_ID}):account_id>/ban")
def ban(account_id: int) -> ResponseReturnValue:
    """Ban a person from a site, or from all."""
    form = read(BanForm)
    order = BanOrder(
        account_id=account_id,
        site_id=form.site.data or 0,
        term=form.term.data or "",
        rule=form.rule.data,
        note=form.note.data or "",
        private_note=form.private_note.data or "",
        everywhere=form.everywhere.data,
        refuse_waiting=form.waiting.data != "leave",
        remove_published=form.published.data == "remove",
    )
    people_page.require(account_id)
    comment_id = form.comment.data
    try:
        imposed = bans.impose(db.session(), identity.colleague(), order, clock.now())
    except Refusal as refusal:
        if comment_id is None:
            return people_page.refused(account_id, refusal)
        return answers.refused(refusal, comment_id=comment_id, opened="ban")
    message = gettext(
        "%(name)s is banned: %(term)s.", name=imposed.account.name, term=wording.TERMS[order.term]
    )
    return answers.done(message, form.back.data, comment_id=comment_id)


@blueprint.post(f"/bans/<int(max={LARGEST_ID}):ban_id>/lift")
def lift(ban_id: int) -> ResponseReturnValue:
    """End a ban early."""
    form = read(DeskForm)
    lifted = appeals.lift(db.session(), identity.colleague(), ban_id, clock.now())
    return answers.done(gettext("The ban of %(name)s is lifted.", name=lifted.account.name), form.back.data)


def note_of(form: ReasonForm) -> str:
    """Return the note to the writer: as it was typed, else the words of the one kept ready that was chosen."""
    if form.note.data or form.canned.data is None:
        return form.note.data or ""
    return canned_notes.body(db.session(), ids_for(Permission.DECIDE), form.canned.data)


def _undone(decision_id: int, comment_id: int, back: str | None) -> ResponseReturnValue:
    session, now = db.session(), clock.now()
    try:
        decision = moderation.undo(
            session, identity.colleague(), decision_id, now, grace=timedelta(seconds=settings().mail_grace)
        )
    except Refusal as refusal:
        return answers.refused(refusal, comment_id=comment_id)
    message = gettext("Undone: the comment by %(name)s waits again.", name=decision.comment.name)
    if decision.to_state == "published":
        message = gettext("Undone: the comment by %(name)s is published again.", name=decision.comment.name)
    if outbox.told(session, [decision_id], now):
        message = f"{message} {gettext('The writer has been told already.')}"
    return answers.done(message, back, comment_id=comment_id)


def _said(decision: Decision) -> str:
    """Return what is told about a decision: whose comment, and what became of it."""
    return gettext("%(outcome)s: %(name)s", outcome=wording.outcome(decision), name=decision.comment.name)
