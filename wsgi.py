"""The WSGI entry point: `flask --app wsgi …`, `granian --interface wsgi wsgi:app`."""

from widget.app import create_app, from_command_line

app = from_command_line() or create_app()
