"""The form that every form here is made of: flask-wtf's, with wtforms' own sentences read once for each language."""

from functools import cache

from babel.support import NullTranslations, Translations
from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms.i18n import messages_path

# The fields that people type into.
_TYPED = frozenset({"StringField", "EmailField", "PasswordField", "TextAreaField"})


class Form(FlaskForm):
    """A form whose tokens and data are flask-wtf's.

    Flask-wtf reads the sentences of wtforms from the disk anew for each request that has a form.
    """

    @property
    def keeps(self) -> str:
        """What of the words typed goes back with the form: `all`, `but-password`, or nothing that could be promised.

        A password is never sent back; of one that was not at fault the frame's script keeps what it has.
        """
        typed = [field for field in self if field.type in _TYPED and field.data]
        passwords = [field for field in typed if field.type == "PasswordField"]
        if not typed or (passwords and not any(field.errors for field in passwords)):
            return ""
        if not passwords:
            return "all"
        return "but-password" if len(typed) > len(passwords) else ""

    class Meta(FlaskForm.Meta):
        """Where the sentences come from; the rest as it is."""

        def get_translations(self, form: FlaskForm) -> NullTranslations:
            """Return wtforms' sentences in the language of this request."""
            return _sentences(str(get_locale() or "en"))


@cache
def _sentences(locale: str) -> NullTranslations:
    return Translations.load(messages_path(), [locale], domain="wtforms")
