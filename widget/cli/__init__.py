"""The command line: every administrative task, under `flask --app wsgi`."""

from flask import Flask

from widget.cli.audit import group as audit
from widget.cli.backup import command as backup
from widget.cli.backup import restore
from widget.cli.demo import group as demo
from widget.cli.mail import group as mail
from widget.cli.netiquette import group as netiquette
from widget.cli.person import group as person
from widget.cli.places import group as places
from widget.cli.serve import command as serve
from widget.cli.site import group as site
from widget.cli.staff import group as staff
from widget.cli.thread import group as thread
from widget.cli.worker import command as worker


def init_app(app: Flask) -> None:
    """Register the commands and groups of commands."""
    for command in (
        *(site, staff, person, thread, netiquette, places, mail, audit),
        *(backup, restore, serve, worker, demo),
    ):
        app.cli.add_command(command)
