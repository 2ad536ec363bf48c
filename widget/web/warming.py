"""The first request for the frame or the desk warms the checks up, so that the first writer does not wait for them."""

from flask import Flask, request

from widget import clock
from widget.netiquette import warmth
from widget.web import audience
from widget.web.audience import Audience

_WRITTEN_ON = frozenset({Audience.EMBED, Audience.DESK})


def init_app(app: Flask) -> None:
    """Begin at the first request of a page that people write or decide on."""

    @app.before_request
    def warm() -> None:
        if audience.of_path(request.path) in _WRITTEN_ON:
            warmth.begin(clock.now())
