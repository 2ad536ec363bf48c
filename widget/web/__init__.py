"""The web: four audiences (readers of pages, writers in the frame, people at their account, staff)."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from widget.config import Settings
from widget.extensions import babel, csrf, limiter, login
from widget.web import (
    access,
    account,
    assets,
    desk,
    embed,
    errors,
    headers,
    identity,
    lanes,
    language,
    metering,
    monitored,
    reading,
    sessions,
    transaction,
    warming,
)
from widget.web.reading import layer


def init_app(app: Flask, settings: Settings) -> None:
    """Bind extensions, guards and blueprints, in the order in which a request meets them."""
    app.wsgi_app = monitored.UnderAnyName(app.wsgi_app, settings)  # type: ignore[method-assign]
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.session_interface = sessions.ByAudience(settings)
    metering.init_app(app)
    lanes.init_app(app, settings)
    access.init_app(app, settings)
    csrf.init_app(app)
    limiter.init_app(app)
    login.init_app(app)
    identity.init_app(app)
    babel.init_app(app, locale_selector=language.selected)
    language.init_app(app)
    assets.init_app(app, settings)
    headers.init_app(app, settings)
    transaction.init_app(app)
    warming.init_app(app)
    errors.init_app(app)
    for blueprint in (reading.blueprint, embed.blueprint, account.blueprint, desk.blueprint):
        app.register_blueprint(blueprint)
    if settings.demo:
        from widget.web import demo

        app.register_blueprint(demo.blueprint)
    layer.init_app(app, settings)
