"""The form that every form here is made of: flask-wtf's, with wtforms' own sentences read once for each language."""

from functools import cache

from babel.support import NullTranslations, Translations
from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms.i18n import messages_path


class Form(FlaskForm):
    """A form whose tokens and data are flask-wtf's.

    Flask-wtf reads the sentences of wtforms from the disk anew for each request that has a form.
    """

    class Meta(FlaskForm.Meta):
        """Where the sentences come from; the rest as it is."""

        def get_translations(self, form: FlaskForm) -> NullTranslations:
            """Return wtforms' sentences in the language of this request."""
            return _sentences(str(get_locale() or "en"))


@cache
def _sentences(locale: str) -> NullTranslations:
    return Translations.load(messages_path(), [locale], domain="wtforms")
