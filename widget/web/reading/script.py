"""The script that publishers load: built once a process, served ready-compressed."""

from functools import cache

from flask import Response, abort

from widget import paths
from widget.web.reading import blueprint
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


@blueprint.get("/embed.js")
def script() -> Response:
    """Return the present script under its permanent name, for a short time."""
    return _serve(bundle(), _SHORT)


@blueprint.get("/embed.<digest>.js")
def script_by_hash(digest: str) -> Response:
    """Return the script of that digest for good: the present one, or a released one that is kept."""
    if digest == bundle().digest:
        return _serve(bundle(), IMMUTABLE)
    kept = _RELEASED / f"{digest}.js"
    if not digest.isalnum() or not kept.is_file():
        abort(404)
    return encoded(kept.read_bytes(), "", _TYPE, IMMUTABLE)


def _serve(built: Bundle, cache_control: str) -> Response:
    encoding = encoding_wanted()
    content = {"br": built.brotli, "gzip": built.gzip}.get(encoding, built.js)
    return encoded(content, encoding, _TYPE, cache_control)
