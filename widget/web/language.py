"""In which language a page speaks, and in which direction it runs."""

from collections.abc import Iterable

from babel import Locale, UnknownLocaleError
from flask import Flask, g, has_request_context, request
from flask_babel import get_locale, refresh

from widget.config import LANGUAGES
from widget.models import Site, Thread

_RTL = frozenset({"ar"})


def selected() -> str:
    """Return the language of this request: what a view chose, else what the browser prefers.

    Outside any request (mail, the command line) it is English unless somebody chose another.
    """
    chosen = g.get("language")
    if chosen or not has_request_context():
        return chosen or LANGUAGES[0]
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def speak(tag: str) -> str:
    """Let the rest of this request speak a language; return it."""
    g.language = tag
    refresh()
    return tag


def speak_to_reader(site: Site, asked: str | None = None, thread: Thread | None = None) -> str:
    """Choose among the site's languages: the one asked for, the thread's, the site's own."""
    for tag in (asked, thread.language if thread else None):
        if tag in site.languages:
            return speak(str(tag))
    return speak(site.default_language)


def direction(tag: str) -> str:
    """Return `rtl` or `ltr`."""
    return "rtl" if tag.split("-")[0] in _RTL else "ltr"


def named(tag: str) -> str:
    """Return a language's name in the language of the page."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(get_locale()) or tag
    except (ValueError, UnknownLocaleError):
        return tag


def pick(texts: dict[str, str], tag: str, fallbacks: Iterable[str] = LANGUAGES) -> str:
    """Return a text in a language, or in the first of the others that has it."""
    for candidate in (tag, *fallbacks):
        if texts.get(candidate):
            return texts[candidate]
    return ""


def init_app(app: Flask) -> None:
    """Give every template the language and its direction."""

    @app.context_processor
    def provide() -> dict[str, object]:
        tag = selected()
        return {"language": tag, "direction": direction(tag)}

    app.add_template_filter(pick, "pick")
    app.add_template_filter(direction, "language_direction")
