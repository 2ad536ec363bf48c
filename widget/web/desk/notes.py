"""Notes on people, among the staff of a site."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import Refusal
from widget.services import notes as known_notes
from widget.web import identity
from widget.web.desk import answers, blueprint
from widget.web.desk import people as people_page
from widget.web.desk.forms import DeskForm, PersonNoteForm, read
from widget.web.desk.scope import LARGEST_ID


@blueprint.post(f"/people/<int(max={LARGEST_ID}):account_id>/notes")
def add_person_note(account_id: int) -> ResponseReturnValue:
    """Keep a note on this person."""
    form = read(PersonNoteForm)
    staff, words = identity.colleague(), form.body.data or ""
    try:
        known_notes.add(db.session(), staff, account_id, form.site.data or 0, words, clock.now())
    except Refusal as refusal:
        return people_page.refused(account_id, refusal)
    return answers.done(gettext("The note is kept."), form.back.data)


@blueprint.post(f"/people/notes/<int(max={LARGEST_ID}):note_id>/remove")
def remove_person_note(note_id: int) -> ResponseReturnValue:
    """Take back one's own note."""
    form = read(DeskForm)
    known_notes.remove(db.session(), identity.colleague(), note_id, clock.now())
    return answers.done(gettext("The note is taken back."), form.back.data)
