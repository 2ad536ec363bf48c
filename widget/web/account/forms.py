"""The forms of the account's pages; what is right and wrong the services know."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, PasswordField, StringField, TextAreaField

from widget.web.form import Form


class PasswordForm(Form):
    """The password of the account to be confirmed, or of the one that holds the address already."""

    password = PasswordField(_l("Password"))


class ForgottenForm(Form):
    """The address that a link for a new password is sent to."""

    email = EmailField(_l("E-mail"))


class AnswerForm(Form):
    """What a person answers who was asked to confirm who they are."""

    answer = TextAreaField(_l("Your answer"))


class ResetForm(Form):
    """A new password."""

    password = PasswordField(_l("New password"))


class JoinForm(Form):
    """Joining the staff: name, place and a password, or the password of the account that there is."""

    name = StringField(_l("Full name"))
    place = StringField(_l("Place of residence"))
    password = PasswordField(_l("Password"))
