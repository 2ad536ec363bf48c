"""Where a request comes from: asked under this server's own name, and its forms sent by this server's own pages."""

from flask import Flask, abort, request

from widget.config import Settings
from widget.web.transaction import SAFE


def init_app(app: Flask, settings: Settings) -> None:
    """Refuse a foreign host, then an unsafe request from elsewhere, then a body that nobody can read."""

    @app.before_request
    def check_host() -> None:
        # TRUSTED_HOSTS looks at the name alone; the port, too, would come back in public addresses.
        if request.host.lower() != settings.host and not (settings.demo and _is_localhost()):
            abort(400)

    @app.before_request
    def check_origin() -> None:
        if request.method not in SAFE and not comes_from_here(settings):
            abort(403)

    @app.before_request
    def check_body() -> None:
        # What answers an error in the frame shows the form again, which needs a body that can be read:
        # one that is too large, or no form at all, is refused before anything looks into it.
        if request.method not in SAFE:
            if request.is_json:
                abort(415)
            request.form.keys()  # reading it is what raises


def _is_localhost() -> bool:
    """Whether the demo is asked under its other name, from which it leads to the right one."""
    return request.host.split(":")[0] == "localhost"


def comes_from_here(settings: Settings) -> bool:
    """Whether the browser says that this very origin sent the request.

    A sibling subdomain sends cookies too, so `same-site` is not enough; older browsers are known by
    an exact `Origin`. Neither header at all is no browser's form.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin", "").lower() == settings.origin
