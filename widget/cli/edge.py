"""The command line's edge: the one commit, and refusals as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from widget import schema
from widget.db import db
from widget.errors import Refusal, Refusals
from widget.schema import Schema
from widget.web import sentences

_UNMIGRATED = {
    Schema.EMPTY: "The database is not migrated yet. Run: flask --app wsgi db upgrade",
    Schema.BEHIND: "The database is older than this release. Run: flask --app wsgi db upgrade",
}


@contextmanager
def committed() -> Iterator[None]:
    """Commit what the block wrote, or roll back and say why it was refused."""
    try:
        yield
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        raise click.ClickException(sentences.of(refusal)) from None
    except Refusals as refusals:
        db.session.rollback()
        said = " ".join(sentences.of(refusal) for refusal in refusals.refusals)
        raise click.ClickException(said) from None


def refuse_unmigrated() -> None:
    """Raise ClickException where the database answers and lacks migrations of this release."""
    found = schema.look(db.session())
    if found in _UNMIGRATED:
        raise click.ClickException(_UNMIGRATED[found])
