"""`flask audit`: the audit trail from the command line."""

import click

from widget.cli.edge import Group, committed
from widget.db import db
from widget.services import audit, sites, trail
from widget.text.cells import lines

group = Group("audit", help="The audit trail of what staff did.")


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


@group.command("export")
@click.option("--site", "key", help="Only what was done on the site of this key.")
def export(key: str | None) -> None:
    """Write the trail as CSV to standard output, newest first, with the hashes that chain it."""
    with committed():
        site_id = sites.by_key(db.session(), key).id if key else None
        for line in lines([trail.COLUMNS]):
            click.echo(line, nl=False)
        for line in lines(trail.everything(db.session(), site_id)):
            click.echo(line, nl=False)
