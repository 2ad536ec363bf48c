"""`flask site`: the publications that embed comments."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any, cast

import click

from widget import clock
from widget.cli.edge import Group, committed
from widget.config import LANGUAGES
from widget.db import begin_writing, db
from widget.extensions import settings
from widget.models import Site
from widget.moderation.permissions import Operator
from widget.services import looks, setting_limits, site_settings, sites
from widget.services.looks import Look
from widget.services.site_settings import Changes, Draft
from widget.web import snippet

group = Group("site", help="Publications that embed comments.")

_LANGUAGE = click.Choice(LANGUAGES)


@group.command("create")
@click.argument("key")
@click.option("--name", required=True, help="The publication's name, as readers know it.")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    required=True,
    help="Where articles stand, such as https://news.example; repeat for more.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=_LANGUAGE,
    default=("en",),
    show_default=True,
    help="Repeat for more; the first is the default.",
)
@click.option("--corrections-email", help="Where reports of errors in articles go.")
def create(
    key: str, name: str, origins: tuple[str, ...], languages: tuple[str, ...], corrections_email: str | None
) -> None:
    """Create the site KEY and print the code to embed."""
    with committed():
        draft = Draft(key, name, list(languages), languages[0], list(origins), corrections_email)
        site = site_settings.create(db.session(), Operator(), draft, clock.now())
        code = snippet.of(site.key, Look.of(site.look), settings().base_url)
    click.echo(f"Created {key}. Paste this where comments belong in an article:\n")
    click.echo(code)


@group.command("embed")
@click.argument("key")
def embed(key: str) -> None:
    """Print the code that embeds the comments of the site KEY, in the look that it has."""
    with committed():
        site = sites.by_key(db.session(), key)
        code = snippet.of(site.key, Look.of(site.look), settings().base_url)
    click.echo(code)


@group.command("list")
def list_sites() -> None:
    """List all sites with their languages and origins."""
    for site in sites.every(db.session()):
        click.echo(f"{site.key}\t{site.name}\t{','.join(site.languages)}\t{' '.join(site.origins)}")


@group.command("show")
@click.argument("key")
def show(key: str) -> None:
    """Print every setting of the site KEY, by the names of `site set`; what may be repeated has a line for each."""
    with committed():
        for name, value in _shown(sites.by_key(db.session(), key)):
            click.echo(f"{name}\t{value}")


def _shown(site: Site) -> Iterator[tuple[str, object]]:
    """Yield each setting as `site set` would be given it."""
    values: dict[str, Any] = {name: getattr(site, name) for name in _PLAIN}
    values |= {name: chosen or _AS_IT_IS[name] for name, chosen in asdict(Look.of(site.look)).items()}
    values["second_reading"] = site.second_reading_percent
    yield from (("origin", origin) for origin in site.origins)
    # The first is the default, as it is for `site set`.
    others = [tag for tag in site.languages if tag != site.default_language]
    yield from (("language", tag) for tag in (site.default_language, *others))
    for name, value in values.items():
        said = _NOTHING.get(name, "") if value is None else value
        yield name.replace("_", "-"), {True: "yes", False: "no"}[said] if isinstance(said, bool) else said


# Settings that are shown as they are stored.
_PLAIN = (
    "name",
    "comment_length",
    "auto_close_days",
    "corrections_email",
    "includes_comments",
    "own_decisions",
    "transparency",
    "keep_refused_days",
    "keep_letters_days",
)
_DAYS_KEPT = click.IntRange(0, setting_limits.MOST_DAYS)


@group.command("set")
@click.argument("key")
@click.option("--name", help="The publication's name.")
@click.option("--origin", "origins", multiple=True, help="Replaces all origins; repeat for more.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=_LANGUAGE,
    help="Replaces all languages; repeat for more; the first is the default.",
)
@click.option("--comment-length", type=click.IntRange(100, 20000), help="Characters a comment may have.")
@click.option(
    "--auto-close-days",
    type=click.IntRange(0),
    help="Close threads this many days after publication; 0 never.",
)
@click.option("--corrections-email", help="Where reports of errors in articles go; empty for nowhere.")
@click.option(
    "--includes-comments/--no-includes-comments",
    default=None,
    help="Whether articles include the comments on the server; their threads' pages then name the article as canonical.",
)
@click.option(
    "--own-decisions/--no-own-decisions", default=None, help="Whether staff may decide their own comments."
)
@click.option(
    "--second-reading",
    type=click.IntRange(0, 100),
    help="Percentage of decisions that a second moderator reads blind.",
)
@click.option(
    "--transparency/--no-transparency",
    default=None,
    help="Whether the public sees figures of each month at /transparency/KEY.",
)
@click.option("--accent", help="Colour of links and buttons, such as #7a1f3d; empty for the widget's own.")
@click.option(
    "--face", type=click.Choice(["page", *filter(None, looks.FACES)]), help="What comments are set in."
)
@click.option(
    "--theme", type=click.Choice(["auto", *filter(None, looks.THEMES)]), help="auto is as the page."
)
@click.option("--order", type=click.Choice(["newest", *filter(None, looks.ORDERS)]), help="What comes first.")
@click.option(
    "--keep-refused-days",
    type=_DAYS_KEPT,
    help="Erase the text of refused, withdrawn and removed comments after this many days; 0 never.",
)
@click.option(
    "--keep-letters-days",
    type=_DAYS_KEPT,
    help="Delete reports and corrections this many days after they were handled; 0 never.",
)
def change(
    key: str,
    second_reading: int | None,
    transparency: bool | None,
    **named: Any,
) -> None:
    """Change settings of the site KEY; what is not named stays."""
    given = [value for value in (second_reading, transparency, *named.values()) if value not in (None, ())]
    if not given:
        raise click.UsageError("There was nothing to change. Name a setting: --help lists them.")
    with committed():
        session, now = db.session(), clock.now()
        site_id = sites.by_key(session, key).id
        begin_writing(session)
        site = sites.by_key(session, key)
        site_settings.change(session, Operator(), site_id, _changes(site, named), now)
        if second_reading is not None or transparency is not None:
            sites.set_figures(
                session,
                Operator(),
                site_id,
                percent=site.second_reading_percent if second_reading is None else second_reading,
                transparency=site.transparency if transparency is None else transparency,
                now=now,
            )
    click.echo(f"Changed {key}.")


# How the options say what is stored as nothing.
_NOTHING: Mapping[str, object] = {
    "auto_close_days": 0,
    "keep_refused_days": 0,
    "keep_letters_days": 0,
    "corrections_email": "",
}
_AS_IT_IS = {"face": "page", "theme": "auto", "order": "newest", "accent": ""}


def _changes(site: Site, named: Mapping[str, Any]) -> Changes:
    """Return what the options name; an option that is not given, or a name left empty, changes nothing."""
    given = {name: value for name, value in named.items() if value is not None and value != ()}
    look = {
        name: "" if given[name] == nothing else given[name]
        for name, nothing in _AS_IT_IS.items()
        if name in given
    }
    found: dict[str, Any] = {
        name: None if name in _NOTHING and value == _NOTHING[name] else value
        for name, value in given.items()
        if name not in _AS_IT_IS and not (name == "name" and not value)
    }
    for name in ("languages", "origins"):
        if name in found:
            found[name] = list(found[name])
    if "languages" in found:
        found["default_language"] = found["languages"][0]
    if look:
        found["look"] = replace(Look.of(site.look), **look)
    return cast(Changes, found)


@group.command("close")
@click.argument("key")
@click.option("--notice", help="What readers are told in place of the composer, in one sentence or two.")
def close(key: str, notice: str | None) -> None:
    """Close every thread of the site KEY at once; what waits can still be decided."""
    with committed():
        site_id = sites.by_key(db.session(), key).id
        sites.close(db.session(), Operator(), site_id, notice, clock.now())
    click.echo(f"Closed {key}. Open it again with: flask --app wsgi site reopen {key}")


@group.command("reopen")
@click.argument("key")
def reopen(key: str) -> None:
    """Open the site KEY again; threads that were closed by themselves stay closed."""
    with committed():
        site_id = sites.by_key(db.session(), key).id
        sites.reopen(db.session(), Operator(), site_id, clock.now())
    click.echo(f"Opened {key} again.")
