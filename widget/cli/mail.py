"""`flask mail`: mail that has not arrived, and trying it again once the mail server is back."""

import click

from widget import clock
from widget.cli.edge import Group, committed
from widget.db import db
from widget.services import undelivered

group = Group("mail", help="Mail that has not arrived.")


@group.command("list")
def list_mail() -> None:
    """List mail that was given up or waits: id, kind, attempts, which of the two since when, and the latest error.

    No address and nothing of a mail's text is shown.
    """
    with committed():
        for mail in undelivered.listed(db.session()):
            state = "given up" if mail.given_up else "waiting"
            since = f"{state} since {mail.since:%Y-%m-%dT%H:%M:%SZ}"
            click.echo(f"{mail.id}\t{mail.kind}\t{mail.attempts}\t{since}\t{mail.error or '–'}")


@group.command("retry")
def retry() -> None:
    """Put back what was given up, and let what waits for its next attempt be tried now; the worker does the rest."""
    with committed():
        given_up, waiting = undelivered.retry(db.session(), clock.now())
    click.echo(f"{given_up} given up and put back, {waiting} waiting and due now.")
