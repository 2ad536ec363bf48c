"""The second reading: comments decided by colleagues, read blind, one after the other."""

from dataclasses import dataclass

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal
from widget.models import Rule
from widget.moderation.permissions import Permission
from widget.services import second_readings
from widget.services.second_readings import Reading
from widget.web import identity, sentences
from widget.web.desk import answers, blueprint
from widget.web.desk.forms import SecondReadingForm, read
from widget.web.desk.scope import LARGEST_ID, ids_for


@dataclass(frozen=True)
class Citable:
    """The rules of a form, as the desk's forms expect them."""

    rules: list[Rule]


@blueprint.get("/second-reading")
def second_reading() -> str:
    """Show the next comment to read again; `after` leaves one to a colleague."""
    after = request.args.get("after", "")
    reading = second_readings.waiting(
        db.session(),
        identity.colleague(),
        ids_for(Permission.DECIDE),
        min(int(after), LARGEST_ID) if after.isdecimal() and len(after) <= 12 else 0,
    )
    return _page(reading, opened=request.args.get("open") == "refuse")


@blueprint.post(f"/second-reading/<int(max={LARGEST_ID}):decision_id>")
def read_again(decision_id: int) -> ResponseReturnValue:
    """Record what the colleague would have decided."""
    form = read(SecondReadingForm)
    colleague = identity.colleague()
    try:
        second_readings.read(
            db.session(), colleague, decision_id, form.outcome.data or "", form.rule.data, clock.now()
        )
    except Refusal as refusal:
        return _refused(decision_id, refusal)
    return answers.done(gettext("Recorded. Nothing changed for the comment."), "/desk/second-reading")


def _refused(decision_id: int, refusal: Refusal) -> ResponseReturnValue:
    """Show the same comment with what is missing; one that is not to be read any more gives way to the next."""
    if isinstance(refusal, NotFound):
        raise refusal
    session, colleague, site_ids = db.session(), identity.colleague(), ids_for(Permission.DECIDE)
    session.rollback()
    if refusal.status == 422:
        reading: Reading | None = second_readings.by_id(session, colleague, site_ids, decision_id)
    else:
        reading = second_readings.waiting(session, colleague, site_ids)
    page = _page(reading, opened=refusal.status == 422, error=sentences.of(refusal))
    return make_response(page, refusal.status)


def _page(reading: Reading | None, *, opened: bool, error: str | None = None) -> str:
    left = second_readings.count(db.session(), identity.colleague(), ids_for(Permission.DECIDE))
    return render_template(
        "desk/second_reading.html",
        reading=reading,
        book=Citable(reading.rules) if reading else None,
        opened=opened,
        error=error,
        left=left,
    )
