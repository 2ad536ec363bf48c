"""Static files by address that changes with their content, and Jinja's few own words."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from babel import Locale
from flask import Flask, current_app
from flask_babel import format_date, format_time
from markupsafe import Markup

from widget import paths
from widget.config import Settings
from widget.text import sanitise, structure
from widget.text.structure import Paragraph


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((paths.STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a static file, with its content's digest, so that it may be cached for good."""
    # Built by hand: an error page must not fail where a forged host leaves no address to build from.
    return f"{current_app.static_url_path}/{name}?v={_digest(name)}"


def letter(text: str) -> Markup:
    """Return a stored text as HTML paragraphs."""
    return sanitise.html(structure.paragraphs(text))


def letters(parts: Iterable[Paragraph]) -> Markup:
    """Return a text that is in paragraphs already as HTML."""
    return sanitise.html(list(parts))


def moment(at: datetime) -> str:
    """Return date and time as people write them in the page's language, in UTC for every reader alike."""
    return f"{format_date(at, 'medium')}, {format_time(at, 'HH:mm')} UTC"


def day(at: datetime) -> str:
    """Return a date as people write it in the page's language."""
    return format_date(at, "long")


def language_name(tag: str) -> str:
    """Return a language's own name, such as `français`."""
    return Locale.parse(tag).get_display_name(tag) or tag


def iso(moment: datetime) -> str:
    """Return a moment for a `datetime` attribute."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def init_app(app: Flask, settings: Settings) -> None:
    """Give templates `asset()`, `base_url` and the filters for texts, moments and languages."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(asset=asset, base_url=settings.base_url, demo=settings.demo)
    for filter_ in (letter, letters, moment, day, iso, language_name):
        app.add_template_filter(filter_)
    app.add_template_filter(structure.direction, "text_direction")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = None
