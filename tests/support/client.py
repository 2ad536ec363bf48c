"""A test client that asks for pages at the address the server is configured for."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from widget.config import Settings
from widget.extensions import SETTINGS


class Client(FlaskClient):
    """Flask's client, except that the host is that of `BYLINE_BASE_URL`: the server refuses any other."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request; as in Flask, with `base_url` at the configured origin unless it is given."""
        settings: Settings = self.application.extensions[SETTINGS]
        kwargs.setdefault("base_url", settings.origin)
        # Read to the end, as a server does: a streamed answer keeps its context, and its connection, until then.
        kwargs.setdefault("buffered", True)
        return super().open(*args, **kwargs)
