"""`flask site`: the publications that embed comments."""

import click
from flask.cli import AppGroup

from widget import clock
from widget.cli.edge import committed
from widget.config import LANGUAGES
from widget.db import begin_writing, db
from widget.extensions import settings
from widget.moderation.permissions import Operator
from widget.services import sites

group = AppGroup("site", help="Publications that embed comments.")

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
        sites.create(
            db.session(),
            key=key,
            name=name,
            default_language=languages[0],
            languages=list(languages),
            origins=list(origins),
            corrections_email=corrections_email,
            now=clock.now(),
        )
    click.echo(f"Created {key}. Paste this where comments belong in an article:\n")
    click.echo(f'<byline-comments site="{key}"></byline-comments>')
    click.echo(f'<script async src="{settings().base_url}/embed.js"></script>')


@group.command("list")
def list_sites() -> None:
    """List all sites with their languages and origins."""
    for site in sites.every(db.session()):
        click.echo(f"{site.key}\t{site.name}\t{','.join(site.languages)}\t{' '.join(site.origins)}")


@group.command("set")
@click.argument("key")
@click.option("--name", help="The publication's name.")
@click.option("--origin", "origins", multiple=True, help="Replaces all origins; repeat for more.")
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
def change(
    key: str,
    name: str | None,
    origins: tuple[str, ...],
    comment_length: int | None,
    auto_close_days: int | None,
    corrections_email: str | None,
    own_decisions: bool | None,
    includes_comments: bool | None,
) -> None:
    """Change settings of the site KEY; what is not named stays."""
    with committed():
        begin_writing(db.session())
        site = sites.by_key(db.session(), key)
        if name:
            site.name = name
        if origins:
            site.origins = [sites.origin(value) for value in origins]
        if comment_length is not None:
            site.comment_length = comment_length
        if auto_close_days is not None:
            site.auto_close_days = auto_close_days or None
        if corrections_email is not None:
            site.corrections_email = corrections_email or None
        if includes_comments is not None:
            site.includes_comments = includes_comments
        if own_decisions is not None:
            site.own_decisions = own_decisions
        site.version += 1
    click.echo(f"Changed {key}.")


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
