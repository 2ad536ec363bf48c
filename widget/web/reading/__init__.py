"""Everything the public reads: no session, no cookie, no byte that differs between two readers."""

from flask import Blueprint

blueprint = Blueprint("reading", __name__)

# What the databases keep as an id; a greater number names nothing.
LARGEST_ID = 2**31 - 1

from widget.web.reading import feeds, health, look, pages, script, threads, transparency  # noqa: E402, F401 (they add the routes)
