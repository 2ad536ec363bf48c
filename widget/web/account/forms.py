"""The forms of the account's pages; what is right and wrong the services know."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField


class PasswordForm(FlaskForm):
    """The password of the account to be confirmed, or of the one that holds the address already."""

    password = PasswordField(_l("Password"))


class ForgottenForm(FlaskForm):
    """The address that a link for a new password is sent to."""

    email = EmailField(_l("E-mail"))


class ResetForm(FlaskForm):
    """A new password."""

    password = PasswordField(_l("New password"))
