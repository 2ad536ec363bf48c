"""`flask serve`: the web server, as the settings say."""

import os

import click
from flask.cli import with_appcontext

from widget import serving
from widget.cli import edge
from widget.db import db
from widget.extensions import settings


@click.command("serve")
@with_appcontext
def command() -> None:
    """Serve at BYLINE_LISTEN until stopped; requests under way are finished first.

    A database that is away may come back while it serves; one that is older than this release is refused.
    """
    edge.refuse_unmigrated()
    line = serving.command(settings())
    db.session.remove()
    db.engine.dispose()
    # It takes this process's place: whoever watches over it sees the server itself.
    os.execv(line[0], line)  # noqa: S606 (no shell is wanted)
