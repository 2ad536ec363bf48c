"""Everything the public reads: no session, no cookie, no byte that differs between two readers."""

from flask import Blueprint

blueprint = Blueprint("reading", __name__)

from widget.web.reading import feeds, health, pages, script, threads  # noqa: E402, F401 (they add the routes)
