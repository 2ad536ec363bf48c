"""The WSGI entry point: `flask --app wsgi …`, `granian --interface wsgi wsgi:app`."""

import os
import sys

from widget import formats

# The library that counts opens its files while it is loaded: afterwards it is too late for a sentence.
if complaint := formats.counts(os.environ):
    sys.exit(complaint)

from widget.app import create_app, from_command_line
from widget.web.reading import script

app = from_command_line() or create_app()
script.keep_at_start(app)
