"""What staff fill in; a field that no page of ours could have sent is a bad request, not a sentence."""

from typing import TypeVar

from flask import abort
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional, ValidationError

from widget.text import normalise
from widget.web.desk.scope import LARGEST_ID
from widget.web.form import Form

LONGEST_NOTE = 2000
LONGEST_ENTRIES = 100_000
LONGEST_TRIED = 20_000

Kind = TypeVar("Kind", bound="DeskForm")


def _cleaned(text: str | None) -> str:
    # What is longer than any field holds is not looked at: its length refuses it.
    return text if text and normalise.is_oversized(text, LONGEST_TRIED) else normalise.clean(text or "")


def _each_an_id(_form: Form, field: Field) -> None:
    # A file under this name is no number, and leaves nothing.
    if not field.data or not all(0 < number <= LARGEST_ID for number in field.data):
        raise ValidationError


def _each_a_pick(_form: Form, field: Field) -> None:
    for pick in field.data or []:
        number, _, version = str(pick).partition(":")
        if not all(part.isdecimal() and 0 < int(part) <= LARGEST_ID for part in (number[:12], version[:12])):
            raise ValidationError


class DeskForm(Form):
    """A form with nothing to fill in but where to go back to."""

    back = HiddenField()


class SignInForm(Form):
    """Who comes in."""

    email = StringField(_l("E-mail"), validators=[InputRequired(), Length(max=254)])
    password = PasswordField(_l("Password"), validators=[InputRequired(), Length(max=1000)])
    next = HiddenField()


class CodeForm(Form):
    """The second step: a code of the authenticator, or a recovery code."""

    code = StringField(_l("Code"), default="")
    next = HiddenField()


class EnrolForm(Form):
    """A second factor to set up; password and `proof`, a code of the one there is, only to replace that."""

    code = StringField(_l("Code"), default="")
    password = PasswordField(_l("Password"), default="")
    proof = StringField(_l("Code of the present second factor, or a recovery code"), default="")
    next = HiddenField()


class PasswordForm(Form):
    """Another password for oneself."""

    old = PasswordField(_l("Present password"), default="")
    password = PasswordField(_l("New password"), default="")


class InviteForm(Form):
    """Who is invited, and to what; an empty site means all of them."""

    email = StringField(_l("E-mail"), default="")
    name = StringField(_l("Name (optional)"), default="")
    role = StringField(_l("Role"), default="moderator")
    site = StringField(_l("Site"), default="")


class RoleForm(DeskForm):
    """A role on a site, where both may be empty: no role, and all sites."""

    role = StringField(_l("Role"), default="")
    site = StringField(_l("Site"), default="")


class ReasonForm(DeskForm):
    """What a decision against somebody rests on."""

    rule = IntegerField(_l("Rule"), validators=[Optional(), NumberRange(1, LARGEST_ID)])
    note = TextAreaField(_l("Note to the writer"), filters=[_cleaned], validators=[Length(max=LONGEST_NOTE)])
    private_note = TextAreaField(
        _l("Note among staff"), filters=[_cleaned], validators=[Length(max=LONGEST_NOTE)]
    )
    # A note kept ready, where no script has put its words into the note already.
    canned = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_ID)])


class LeaseForm(Form):
    """Which other cards stand on the page, by id and separated by commas."""

    cards = HiddenField(validators=[Length(max=4000)])


class QuestionForm(DeskForm):
    """What a colleague would like to know from the others."""

    question = TextAreaField(_l("Question"), filters=[_cleaned], validators=[Length(max=LONGEST_NOTE)])


class AnswerForm(DeskForm):
    """What a colleague answers to whoever asked."""

    body = TextAreaField(_l("Answer"), filters=[_cleaned], validators=[Length(max=LONGEST_NOTE)])


class NoteForm(DeskForm):
    """A note about a comment among staff."""

    body = TextAreaField(_l("Note among staff"), filters=[_cleaned], validators=[Length(max=LONGEST_NOTE)])


class KeysForm(DeskForm):
    """Whether the colleague uses the keys."""

    keys = HiddenField(validators=[InputRequired(), AnyOf(["on", "off"])])


class CannedForm(DeskForm):
    """A note to keep ready; the service says what is wrong with it."""

    rule = IntegerField(_l("Rule"), validators=[Optional(), NumberRange(1, LARGEST_ID)])
    language = StringField(_l("Language"), validators=[Length(max=8)])
    label = StringField(_l("Name"), filters=[_cleaned], validators=[Length(max=LONGEST_NOTE)])
    body = TextAreaField(_l("Note to the writer"), filters=[_cleaned], validators=[Length(max=LONGEST_TRIED)])


class ManyForm(ReasonForm):
    """A decision on each of the selected comments; a pick is a comment's id and the version on the screen."""

    action = StringField(validators=[InputRequired(), AnyOf(["publish", "refuse"])])
    pick = SelectMultipleField(validate_choice=False, validators=[_each_a_pick])

    def versions(self) -> dict[int, int]:
        """Return the versions by comment."""
        return {
            int(number): int(version)
            for number, _, version in (pick.partition(":") for pick in self.pick.data or [])
        }


class UndoManyForm(DeskForm):
    """Which decisions are taken back together."""

    decision = SelectMultipleField(
        coerce=int, validate_choice=False, validators=[InputRequired(), _each_an_id]
    )


class DecideForm(ReasonForm):
    """A decision on the version of the comment that was before the colleague's eyes."""

    action = HiddenField(validators=[InputRequired()])
    expected_version = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST_ID)])


class MarkForm(DeskForm):
    """Which findings of a comment are meant, in the version of it that was before the colleague's eyes."""

    finding = SelectMultipleField(
        coerce=int, validate_choice=False, validators=[InputRequired(), _each_an_id]
    )
    expected_version = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST_ID)])


class BanForm(ReasonForm):
    """A ban; `comment` is the card it was ordered from, if any, `waiting` and `published` what happens to what is there."""

    site = IntegerField(_l("Site"), validators=[InputRequired(), NumberRange(1, LARGEST_ID)])
    term = StringField(_l("For how long"))
    waiting = StringField(_l("What waits"), default="refuse")
    published = StringField(_l("What is published"), default="leave")
    everywhere = BooleanField(_l("On all sites"))
    comment = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_ID)])


class RulingForm(DeskForm):
    """What is decided about an appeal, and what the person is told."""

    outcome = StringField(_l("Decision"))
    term = StringField(_l("For how long"))
    answer = TextAreaField(
        _l("Answer to the person"), filters=[_cleaned], validators=[Length(max=LONGEST_NOTE)]
    )


class CloseForm(DeskForm):
    """Closing a thread or a site, with the words that readers see."""

    notice = TextAreaField(_l("Notice to readers"), filters=[_cleaned], validators=[Length(max=LONGEST_NOTE)])
    comment = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_ID)])


class ScheduleForm(DeskForm):
    """When a thread closes by itself, in UTC; empty for never."""

    at = StringField(_l("Closes on"), validators=[Length(max=40)])


class NamingForm(DeskForm):
    """What an article is called, and where it stands."""

    title = StringField(_l("Title"), validators=[Length(max=5000)])
    url = StringField(_l("Address"), validators=[Length(max=5000)])


class MergeForm(DeskForm):
    """Which thread another is merged into, and that one knows what that means."""

    target = StringField(_l("The other article"), filters=[_cleaned], validators=[Length(max=5000)])
    sure = BooleanField()


class EntriesForm(DeskForm):
    """Entries to add to a word list, one a line, or those of it that were ticked."""

    list = HiddenField(validators=[InputRequired()])
    language = HiddenField()
    entries = TextAreaField(_l("New entries, one a line"), validators=[Length(max=LONGEST_ENTRIES)])
    entry = SelectMultipleField(validate_choice=False)


class TryForm(Form):
    """A text to try the checks on; nothing of it is kept."""

    text = TextAreaField(_l("Text"), filters=[_cleaned], validators=[Length(max=LONGEST_TRIED)])
    language = SelectField(_l("Language of the article"))
    name = StringField(_l("Signed with the name"), filters=[_cleaned], validators=[Length(max=200)])


class PersonForm(DeskForm):
    """Something about a person that concerns one site."""

    site = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST_ID)])


class IdentityForm(PersonForm):
    """Whether a site's staff trust that a person is who the signature says."""

    identity = HiddenField(validators=[InputRequired()])
    comment = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_ID)])


class SecondReadingForm(DeskForm):
    """What a second reader would have decided."""

    outcome = HiddenField(validators=[InputRequired()])
    rule = IntegerField(_l("Rule"), validators=[Optional(), NumberRange(1, LARGEST_ID)])


class FiguresForm(DeskForm):
    """What a site sets about its figures."""

    percent = IntegerField(_l("Read twice, in %"), validators=[Optional(), NumberRange(0, 100)])
    transparency = BooleanField(_l("Publish a page of figures for each month"))


class AskForm(PersonForm):
    """What a person is asked by mail, to confirm who they are."""

    question = TextAreaField(_l("Question"), filters=[_cleaned], validators=[Length(max=LONGEST_NOTE)])


class PersonNoteForm(PersonForm):
    """A note on a person among a site's staff."""

    body = TextAreaField(_l("Note"), filters=[_cleaned], validators=[Length(max=LONGEST_NOTE)])


def read(kind: type[Kind]) -> Kind:
    """Return the form as posted; answer 400 where a field holds what no page of ours sends."""
    form = kind()
    if not form.validate():
        abort(400)
    return form
