"""The command line's edge: the one commit, and refusals as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from widget.db import db
from widget.errors import Refusal, Refusals
from widget.web import sentences


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
