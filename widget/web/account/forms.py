"""The forms of the account's pages; what is right and wrong the services know."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, PasswordField, StringField, TextAreaField

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


class SignInForm(Form):
    """Address and password of a reader."""

    email = EmailField(_l("E-mail"))
    password = PasswordField(_l("Password"))


class SignatureForm(Form):
    """How comments are to be signed from now on; `old` is the present password, here as in the forms below."""

    name = StringField(_l("Full name"))
    place = StringField(_l("Place of residence"))
    old = PasswordField(_l("Present password"))


class AddressForm(Form):
    """The new address, which gets a link."""

    email = EmailField(_l("New e-mail address"))
    old = PasswordField(_l("Present password"))


class NewAddressForm(Form):
    """What confirms a new address where nobody is signed in."""

    old = PasswordField(_l("Password"))


class ChangeForm(Form):
    """A new password in place of the present one."""

    old = PasswordField(_l("Present password"))
    password = PasswordField(_l("New password"))


class ClosingForm(Form):
    """Closing the account, and whether the editors are asked to remove what is published."""

    asks_removal = BooleanField(_l("Ask the editors to remove my published comments"))
    words = TextAreaField(_l("Why? (optional)"))
    old = PasswordField(_l("Present password"))
