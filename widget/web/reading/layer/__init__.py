"""Reading at the speed of a file: ready bytes in front of Flask, each served only while its version stands.

What the public reads of a thread is the same for every reader and changes with a version that moves in the
decision's own transaction. So the layer keeps the bytes that Flask once answered with, and before each answer
makes sure that the version is still the one they were made of. `freshness` says whether anything was committed
at all, `standing` asks where a thread stands if so, `memory` and `shelf` keep bytes, `rendition` is one answer in its
encodings, and `server` puts them together. docs/decisions/0021-reading-layer.md says why, and how stale it may be.
"""

from flask import Flask

from widget.config import Settings
from widget.web.reading.layer.server import ReadingLayer

EXTENSION = "byline.reading"


def init_app(app: Flask, settings: Settings) -> None:
    """Put the layer in front of the application, unless the settings or the kind of database rule it out."""
    if not settings.reading_memory or settings.sqlalchemy_url in {"sqlite://", "sqlite:///:memory:"}:
        return
    layer = ReadingLayer(app.wsgi_app, settings)
    app.extensions[EXTENSION] = layer
    app.wsgi_app = layer  # type: ignore[method-assign]
