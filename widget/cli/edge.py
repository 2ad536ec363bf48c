"""The command line's edge: the one commit, and whatever a person can mend as a sentence."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError, OperationalError

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


class Group(AppGroup):
    """A group whose commands ask the database."""

    # Our groups name every command; the way without a name is left out.
    def command(  # type: ignore[override]
        self, *args: Any, **kwargs: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        """Return a decorator that makes a command of a function, within an application's context."""
        decorate = super().command(*args, **kwargs)
        return lambda function: decorate(asking(function))


def asking(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command end with a sentence where the database is away, not migrated or does not answer."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except DBAPIError as error:
            said = explained(error)
            if said is None:
                raise
            raise click.ClickException(said) from None

    return run


def explained(error: DBAPIError) -> str | None:
    """Return what to do about an error of the database, or None for one that only a programmer can mend.

    What the session was writing is rolled back.
    """
    db.session.rollback()
    return _what_to_do(schema.look(db.session()), error)


def refuse_unmigrated() -> None:
    """Raise ClickException where the database answers and lacks migrations of this release."""
    found = schema.look(db.session())
    if found in _UNMIGRATED:
        raise click.ClickException(_UNMIGRATED[found])


def _what_to_do(found: Schema, error: DBAPIError) -> str | None:
    """Return the sentence about an error, given how the database stands."""
    if found in _UNMIGRATED:
        return _UNMIGRATED[found]
    if found is Schema.AWAY:
        return (
            f"The database cannot be reached ({_reason(error)}). Look at DATABASE_URL, and whether it runs."
        )
    if isinstance(error, OperationalError) and not _is_of_the_program(error):
        return f"The database did not do it ({_reason(error)}). Try again, or look at its own log."
    return None


def _is_of_the_program(error: OperationalError) -> bool:
    """Whether SQLite found fault with the statement, which it reports as other engines report what befalls them."""
    found = error.orig
    return isinstance(found, sqlite3.OperationalError) and found.sqlite_errorcode == sqlite3.SQLITE_ERROR


def _reason(error: DBAPIError) -> str:
    """Return what the driver says in its first line, which names a server and never a password."""
    return next(iter(str(error.orig).strip().splitlines()), type(error).__name__).rstrip(".")
