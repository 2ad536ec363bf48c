"""`flask backup` and `flask restore`: the whole database into a file, and back."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from widget import backups, clock
from widget.backups import BackupError
from widget.cli.edge import asking
from widget.db import db
from widget.extensions import settings
from widget.services import audit, sign_ins, versions
from widget.web.reading.layer import shelf


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--keep", type=click.IntRange(min=1), help="Delete all but so many of the newest backups there."
)
@with_appcontext
@asking
def command(folder: Path, keep: int | None) -> None:
    """Back the database up into a new file of FOLDER, while the server runs."""
    try:
        path = backups.make(settings().sqlalchemy_url, folder, clock.now())
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{path} ({path.stat().st_size:,} bytes)")
    for gone in backups.forget_all_but(folder, keep) if keep else ():
        click.echo(f"{gone} deleted")


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="This replaces everything in the database. Go on?")
@with_appcontext
@asking
def restore(file: Path) -> None:
    """Replace the database by the backup in FILE, then bring it to this release; server and worker are stopped."""
    db.session.remove()
    db.engine.dispose()
    try:
        backups.bring_back(settings().sqlalchemy_url, file)
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    # Pages of the other database may stand under the same numbers and versions.
    shelf.remove(settings().instance_path)
    upgrade()
    # Nor what other nodes keep, nor who was signed out since.
    versions.leave_behind(db.session())
    sign_ins.revoke_everybodys(db.session(), clock.now())
    db.session.commit()
    if audit.verify(db.session()) is not None:
        raise click.ClickException(
            "It is back, but its audit trail is broken: see flask --app wsgi audit verify."
        )
    click.echo(
        "It is back, at this release's migration, and the audit trail is whole. Start server and worker."
    )
