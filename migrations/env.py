"""How migrations reach the database: on the application's own engine, in one transaction each."""

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

import widget.models  # noqa: F401 (fills the metadata)
from widget.db import Base, db


def migrate(connection: Connection) -> None:
    """Run what was asked for on a connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        # SQLite alters a table by making it anew.
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Migrate the application's database; writers wait meanwhile."""
    with reached().execution_options(byline_writes=True) as connection:
        foreign_keys(connection, "OFF")
        try:
            migrate(connection)
        finally:
            foreign_keys(connection, "ON")


def reached() -> Connection:
    """Return a connection; raise CommandError, which the command line says without a traceback."""
    try:
        return db.engine.connect()
    except OperationalError as error:
        raise CommandError(f"The database cannot be reached ({str(error.orig).strip()}).") from error


def foreign_keys(connection: Connection, state: str) -> None:
    """Switch SQLite's foreign keys, outside any transaction: making a table anew must not cascade."""
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.cursor().execute(f"PRAGMA foreign_keys = {state}")


run()
