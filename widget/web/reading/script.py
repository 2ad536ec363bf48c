"""The script that publishers load: built once a process, served ready-compressed."""

from functools import cache

import click
from flask import Flask, Response, abort
from flask.cli import FlaskGroup

from widget import paths
from widget.extensions import SETTINGS, settings
from widget.web.reading import blueprint, released
from widget.web.reading.bundle import Bundle, build
from widget.web.reading.responses import IMMUTABLE, encoded, encoding_wanted

_TYPE = "text/javascript; charset=utf-8"
# Long enough to spare a reader's next article the request, short enough for a mended script to spread.
_SHORT = "public, max-age=300, s-maxage=300, stale-while-revalidate=86400, stale-if-error=86400"
_RELEASED = paths.STATIC / "embed" / "released"


@cache
def bundle() -> Bundle:
    """Return the script as this release serves it."""
    return build(paths.STATIC)


def keep_at_start(app: Flask) -> None:
    """Keep the script that this server will serve for the release after it; a command or the demo keeps none."""
    known = app.extensions.get(SETTINGS)
    asked = click.get_current_context(silent=True)
    # The server's own processes run below a command line too, which is granian's.
    is_command = asked is not None and isinstance(asked.find_root().command, FlaskGroup)
    if known is not None and not known.demo and not is_command:
        released.keep(bundle(), known.instance_path / released.FOLDER)


@blueprint.get("/embed.js")
def script() -> Response:
    """Return the present script under its permanent name, for a short time."""
    return _serve(bundle(), _SHORT)


@blueprint.get("/embed.<digest>.js")
def script_by_hash(digest: str) -> Response:
    """Return the script of that digest for good: the present one, or a released one that is kept."""
    if digest == bundle().digest:
        return _serve(bundle(), IMMUTABLE)
    kept = released.find(digest, (_RELEASED, settings().instance_path / released.FOLDER))
    if kept is None:
        abort(404)
    return _serve(kept, IMMUTABLE)


def _serve(built: Bundle, cache_control: str) -> Response:
    encoding = encoding_wanted()
    content = {"br": built.brotli, "gzip": built.gzip}.get(encoding, built.js)
    return encoded(content, encoding, _TYPE, cache_control)
