"""What load balancers and Prometheus ask: each node by a name or address of its own, not by the server's.

They cannot be told to ask for another host than the one they connect to, and some name none at all.
"""

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from widget.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATHS = frozenset({"/livez", "/readyz", "/metrics"})
_ASKED = "byline.asked_host"


class UnderAnyName:
    """Lets what is monitored be asked under any host; everything else stays as it came.

    Nothing in those answers names a host, so that none of them can be led astray by it.
    """

    def __init__(self, inner: "WSGIApplication", settings: Settings) -> None:
        """Stand in front of an application."""
        self._inner = inner
        self._host = settings.host

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        """Pass the request on, under the server's own name where it is monitored."""
        if environ.get("PATH_INFO") in PATHS:
            environ[_ASKED] = environ.get("HTTP_HOST", "")
            environ["HTTP_HOST"] = self._host
        return self._inner(environ, start_response)


def is_by_own_name(environ: "WSGIEnvironment", host: str) -> bool:
    """Whether a monitored address was asked for by the server's name, or by one that nobody else can give it.

    A page from elsewhere can let a name of its own point to this machine, and so read what only this machine may.
    """
    asked = environ.get(_ASKED, "").lower()
    if asked in {"", host}:
        return True
    try:
        name = urlsplit(f"//{asked}").hostname or ""
        return name == "localhost" or bool(ip_address(name))
    except ValueError:
        return False
