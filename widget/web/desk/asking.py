"""What colleagues say to each other about a comment: a question, answered, taken back or settled, and notes."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import Refusal
from widget.services import opinions
from widget.web import identity
from widget.web.desk import answers, blueprint
from widget.web.desk.forms import AnswerForm, DeskForm, NoteForm, QuestionForm, read
from widget.web.desk.scope import LARGEST_ID


@blueprint.post(f"/comments/<int(max={LARGEST_ID}):comment_id>/ask")
def ask(comment_id: int) -> ResponseReturnValue:
    """Ask the other colleagues about a comment, which leaves the queue for their list."""
    form = read(QuestionForm)
    try:
        opinions.ask(db.session(), identity.colleague(), comment_id, form.question.data or "", clock.now())
    except Refusal as refusal:
        return answers.refused(refusal, comment_id=comment_id, opened="ask")
    message = gettext("Your colleagues are asked; the comment stands under Second opinion now.")
    return answers.done(message, form.back.data, comment_id=comment_id, parked="asked")


@blueprint.post(f"/comments/<int(max={LARGEST_ID}):comment_id>/answer")
def answer(comment_id: int) -> ResponseReturnValue:
    """Answer a colleague's question, which gives the comment back to whoever asked."""
    form = read(AnswerForm)
    try:
        opinions.answer(db.session(), identity.colleague(), comment_id, form.body.data or "", clock.now())
    except Refusal as refusal:
        return answers.refused(refusal, comment_id=comment_id, opened="answer")
    message = gettext("Answered: the comment is back with whoever asked.")
    return answers.done(message, form.back.data, comment_id=comment_id, parked="answered")


@blueprint.post(f"/comments/<int(max={LARGEST_ID}):comment_id>/take-back")
def take_back(comment_id: int) -> ResponseReturnValue:
    """Take a question back."""
    form = read(DeskForm)
    try:
        comment = opinions.take_back(db.session(), identity.colleague(), comment_id, clock.now())
    except Refusal as refusal:
        return answers.refused(refusal, comment_id=comment_id)
    message = gettext(
        "The question is taken back: the comment by %(name)s waits for everybody.", name=comment.name
    )
    return answers.done(message, form.back.data, comment_id=comment_id)


@blueprint.post(f"/comments/<int(max={LARGEST_ID}):comment_id>/notes")
def note(comment_id: int) -> ResponseReturnValue:
    """Leave a note about a comment for the colleagues."""
    form = read(NoteForm)
    try:
        opinions.note(db.session(), identity.colleague(), comment_id, form.body.data or "", clock.now())
    except Refusal as refusal:
        return answers.refused(refusal, comment_id=comment_id, opened="note")
    return answers.done(
        gettext("The note is kept for your colleagues."), form.back.data, comment_id=comment_id
    )
