"""Every request that Flask answers is timed, by audience: what reading.layer answers before it counts by itself."""

import time

from flask import Flask, Response, g, request

from widget import metrics
from widget.web import audience

# Anybody can send a method of their own making, and each would be kept as a series.
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Time from the first guard to the last header."""

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if "begun" in g:
            where, status = audience.of_path(request.path).value, f"{response.status_code // 100}xx"
            method = request.method if request.method in _METHODS else "other"
            metrics.REQUESTS.labels(where, method, status).observe(time.perf_counter() - g.begun)
        return response
