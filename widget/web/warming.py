"""The first request for the frame or the desk warms the checks up, so that the first writer does not wait for them.

So does whoever asks whether a node is ready: a new one behind a load balancer warms up before anybody writes to it.
"""

from flask import Flask, request

from widget import clock
from widget.memory import keep_what_is_loaded
from widget.netiquette import warmth
from widget.web import audience
from widget.web.audience import Audience

_WRITTEN_ON = frozenset({Audience.EMBED, Audience.DESK})
_ASKED_BY_BALANCERS = "/readyz"


def init_app(app: Flask) -> None:
    """Begin at the first request of a page that people write or decide on."""

    @app.before_request
    def warm() -> None:
        if audience.of_path(request.path) in _WRITTEN_ON or request.path == _ASKED_BY_BALANCERS:
            warmth.begin(clock.now(), keep_what_is_loaded)
