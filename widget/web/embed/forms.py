"""The frame's forms: their shape only; what is right and wrong the services know."""

import secrets

from flask import g, request
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)

from widget.errors import Refusal, Refusals
from widget.web.embed import words
from widget.web.form import Form


class ComposerForm(Form):
    """The composer: the comment, and whatever it takes to be somebody.

    Its parts are shown as they are needed, and everything typed goes with every button, so that
    nothing is lost on the way through registering or signing in. `key` is made once for a composed
    text; `version` is that of the comment being edited, `netiquette` that of the rules on display;
    `shown` is the view the form was sent from; `hinted` and `asked` are the tokens of the hints and questions
    that were shown with it, `original` the text that a plain one stands in for.
    """

    text = TextAreaField(_l("Your comment"))
    name = StringField(_l("Full name"))
    place = StringField(_l("Place of residence"))
    email = EmailField(_l("E-mail"))
    password = PasswordField(_l("Password"))
    accepts = BooleanField()
    key = HiddenField()
    version = IntegerField()
    netiquette = IntegerField()
    shown = HiddenField()
    hinted = HiddenField()
    asked = HiddenField()
    original = HiddenField()

    def renew_key(self) -> None:
        """Give the text a key of its own, as one that has not been sent yet."""
        self.key.data = secrets.token_urlsafe(16)


class AppealForm(Form):
    """The one reply to a ban."""

    appeal = TextAreaField(_l("Your reply to the decision"))


class WithdrawForm(Form):
    """Taking back a waiting comment, as it was when its writer saw it."""

    version = IntegerField()


class ReportForm(Form):
    """A report: the rule, what the editors should know, and where to write back."""

    rule = SelectField(_l("Which rule does it break?"), coerce=int, validate_choice=False)
    body = TextAreaField(_l("What should the editors know?"))
    email = EmailField(_l("E-mail (optional)"))


class CorrectionForm(Form):
    """A correction: what is wrong in the article, and where to write back."""

    body = TextAreaField(_l("What is wrong?"))
    email = EmailField(_l("E-mail (optional)"))


def complain(form: Form, error: Refusal | Refusals) -> None:
    """Put each refusal's sentence beside the field it belongs to, else over the whole form."""
    for refusal in error.refusals if isinstance(error, Refusals) else [error]:
        sentence = words.of(refusal)
        if refusal.field in form:
            form[refusal.field].errors = [*form[refusal.field].errors, sentence]
        else:
            form.form_errors.append(sentence)


def typed(field: StringField) -> str:
    """Return what was typed into a field, without the character NUL, which no database stores."""
    return (field.data or "").replace("\0", "")


def accepted(form: ComposerForm) -> int | None:
    """Return the number of the version that was on display and was accepted, if it was."""
    return form.netiquette.data if form.accepts.data else None


def only_cancels_reply() -> bool:
    """Whether the form was sent by the button that makes a reply a comment of its own."""
    return "cancel-reply" in request.form


def forget_token() -> None:
    """Let the rest of this request make a new token: signing in or out has emptied the session."""
    g.pop("csrf_token", None)
