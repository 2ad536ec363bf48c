"""Marking a finding as wrong, and taking the mark back: never required, and it moves nothing."""

from collections.abc import Callable
from datetime import datetime

from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from widget import clock
from widget.db import db
from widget.errors import Refusal
from widget.moderation.permissions import Staff
from widget.services import overturnings
from widget.services.overturnings import Marking
from widget.web import identity
from widget.web.desk import answers, blueprint
from widget.web.desk.forms import MarkForm, read
from widget.web.desk.scope import LARGEST_ID


@blueprint.post(f"/comments/<int(max={LARGEST_ID}):comment_id>/overturn")
def overturn(comment_id: int) -> ResponseReturnValue:
    """Mark findings of a comment as wrong."""
    return _mark(comment_id, overturnings.overturn, gettext("Marked as wrong."))


@blueprint.post(f"/comments/<int(max={LARGEST_ID}):comment_id>/uphold")
def uphold(comment_id: int) -> ResponseReturnValue:
    """Take the mark off again."""
    return _mark(comment_id, overturnings.uphold, gettext("The mark is taken back: the finding stands."))


def _mark(
    comment_id: int, act: Callable[[Session, Staff, Marking, datetime], None], message: str
) -> ResponseReturnValue:
    form = read(MarkForm)
    marking = Marking(comment_id, form.expected_version.data or 0, form.finding.data or [])
    try:
        act(db.session(), identity.colleague(), marking, clock.now())
    except Refusal as refusal:
        return answers.refused(refusal, comment_id=comment_id)
    return answers.done(message, form.back.data, comment_id=comment_id)
