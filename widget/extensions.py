"""The Flask extensions, unbound, and the settings; `widget/app.py` binds them."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
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


def address() -> IPv4Address | IPv6Address | None:
    """Return where a request comes from; None where the server was told no address.

    A socket that listens to both sees an IPv4 address as `::ffff:203.0.113.7`, which is that address.
    """
    try:
        known = ip_address(get_remote_address())
    except ValueError:
        return None
    return (known.ipv4_mapped or known) if isinstance(known, IPv6Address) else known


def client() -> str:
    """Return whom a rate limit counts: the address, or the /64 network that one IPv6 subscriber has whole."""
    known = address()
    return _network(known, 64) or (str(known) if known else get_remote_address())


def site() -> str | None:
    """Return the /48 network that a client's address is in, as a provider gives it to one customer; None for IPv4."""
    return _network(address(), 48)


def _network(known: IPv4Address | IPv6Address | None, length: int) -> str | None:
    return str(ip_network((known, length), strict=False)) if isinstance(known, IPv6Address) else None


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
