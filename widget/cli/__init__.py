"""The command line: every administrative task, under `flask --app wsgi`."""

from flask import Flask

from widget.cli import audit, demo, netiquette, site, staff, thread, worker


def init_app(app: Flask) -> None:
    """Register the groups of commands."""
    for group in (
        site.group,
        staff.group,
        thread.group,
        netiquette.group,
        audit.group,
        worker.command,
        demo.group,
    ):
        app.cli.add_command(group)
