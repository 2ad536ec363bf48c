"""The command line where the settings are missing or unsafe: what needs none of them works, the rest says why not.

`flask --app wsgi netiquette review` reads drafts and writes findings; it asks neither a secret nor a database of
whoever pipes something through it. Nothing is served this way: every request to such an application is an error.
"""

from collections.abc import Iterable
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from widget import cli, paths
from widget.cli.netiquette import review_lines
from widget.config import UnsafeSettings

# Commands that read no setting.
NEEDS_NOTHING = (review_lines,)


def application(error: UnsafeSettings) -> Flask:
    """Return an application with every command on its command line and nothing to serve."""
    app = Flask("widget", root_path=str(paths.ROOT))
    cli.init_app(app)
    for name, command in app.cli.commands.items():
        app.cli.commands[name] = _guarded(command, error)

    def refuse(_environ: dict[str, Any], _start: object) -> Iterable[bytes]:
        raise error

    app.wsgi_app = refuse  # type: ignore[method-assign, assignment]
    return app


def _guarded(command: click.Command, error: UnsafeSettings) -> click.Command:
    """Return a command, or a copy of a group of them, that says what is missing instead of running."""
    if command in NEEDS_NOTHING:
        return command
    if isinstance(command, click.Group):
        commands = {name: _guarded(inner, error) for name, inner in command.commands.items()}
        return AppGroup(command.name, commands, help=command.help, short_help=command.short_help)

    def fail(**_params: object) -> None:
        raise click.ClickException(str(error))

    return click.Command(command.name, callback=fail, params=command.params, help=command.help)
