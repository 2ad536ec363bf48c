"""Places whose name begins as somebody types: nothing of it is kept, and no session is looked at."""

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from widget.extensions import gazetteer, limiter
from widget.web import language
from widget.web.embed.whereabouts import here

# Typing quickly asks four times a second at most; an office behind one address types together.
_OFTEN = "600 per minute"
# The same letters mean the same places until the gazetteer is built anew.
_KEPT = "private, max-age=3600"


@limiter.limit(_OFTEN)
def places(site: str) -> ResponseReturnValue:
    """Answer with the places that begin as typed, written as a comment would be signed."""
    here()
    answer = jsonify(places=gazetteer().suggest(request.args.get("q", ""), language.selected()))
    answer.headers["Cache-Control"] = _KEPT
    return answer
