"""The WSGI entry point: `flask --app wsgi …`, `granian --interface wsgi wsgi:app`."""

from widget.app import create_app

app = create_app()
