"""The Flask extensions, unbound, and the settings; `widget/app.py` binds them."""

from ipaddress import ip_address, ip_network
from typing import cast

from flask import current_app
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect

from widget.config import Settings
from widget.gazetteer.reading import Gazetteer

SETTINGS = "byline"
GAZETTEER = "byline.gazetteer"


def client() -> str:
    """Return whom a rate limit counts: the address, or the /64 network that one IPv6 subscriber has whole.

    A socket that listens to both sees an IPv4 address as `::ffff:203.0.113.7`: all of them are of one such network.
    """
    address = get_remote_address()
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    mapped = known.ipv4_mapped
    return str(mapped or ip_network((known, 64), strict=False))


babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(key_func=client)
login = LoginManager()
migrate = Migrate()


def settings() -> Settings:
    """Return the settings of the application at work."""
    return cast(Settings, current_app.extensions[SETTINGS])


def gazetteer() -> Gazetteer:
    """Return the places that are suggested while registering."""
    return cast(Gazetteer, current_app.extensions[GAZETTEER])
