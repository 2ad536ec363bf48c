"""`flask audit`: the audit trail from the command line."""

import click
from flask.cli import AppGroup

from widget.db import db
from widget.services import audit

group = AppGroup("audit", help="The audit trail of what staff did.")


@group.command("verify")
def verify() -> None:
    """Check that no entry was changed, removed or slipped in."""
    broken = audit.verify(db.session())
    if broken is None:
        click.echo("The audit trail is whole.")
    elif broken == 0:
        raise click.ClickException("The newest entries are missing.")
    else:
        raise click.ClickException(f"The chain breaks at entry {broken}.")
