"""Fills in what nginx is to know of one installation: `python -m deploy.proxy --host comments.news.example …`.

`make cluster` and the tests render the very same template, so that what is tried out is what is shipped.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "nginx"
TEMPLATE = FOLDER / "byline.conf.template"
TLS_TEMPLATE = FOLDER / "tls.conf.template"
READING = FOLDER / "reading.conf"

_BLANK = re.compile(r"\$\{(PROXY_[A-Z]+)\}")
# No node is left out: whoever refuses the connection costs nothing, and the next one is asked. nginx lets a single
# request try a node again, and while that one waits for a server that just started, there would be nobody left.
_UPSTREAM = "server {} max_fails=0;"
_TLS = """listen 443 ssl http2;
    listen [::]:443 ssl http2;
    ssl_certificate     {certificates}/fullchain.pem;
    ssl_certificate_key {certificates}/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:byline_tls:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;"""


@dataclass(frozen=True)
class Limits:
    """How much one client may ask of forms and desk: requests a second, as many at once beyond that, connections.

    Sixty colleagues behind one address ask for a quarter of the rate (docs/deploying.md).
    """

    rate: int = 100
    burst: int = 500
    connections: int = 200


SHIPPED = Limits()
# For a load that comes from one address altogether, as in a benchmark.
UNLIMITED = Limits(1_000_000, 1_000_000, 65_535)


@dataclass(frozen=True)
class Proxy:
    """One installation's nginx: the name it answers to, how it listens, and the nodes behind it."""

    host: str
    upstreams: Sequence[str]
    listen: str
    cache: str = "/var/cache/nginx/byline"
    log: str = "/var/log/nginx/byline.log"
    errors: str = "/var/log/nginx/byline-error.log"
    reading: str = "/etc/nginx/byline/reading.conf"
    limits: Limits = SHIPPED

    @property
    def values(self) -> dict[str, str]:
        """What stands for each blank of the templates."""
        return {
            "PROXY_HOST": self.host,
            "PROXY_UPSTREAMS": "\n    ".join(_UPSTREAM.format(node) for node in self.upstreams),
            "PROXY_LISTEN": self.listen,
            "PROXY_CACHE": self.cache,
            "PROXY_LOG": self.log,
            "PROXY_ERRORS": self.errors,
            "PROXY_READING": self.reading,
            "PROXY_RATE": str(self.limits.rate),
            "PROXY_BURST": str(self.limits.burst),
            "PROXY_CONNECTIONS": str(self.limits.connections),
        }

    def render(self, template: Path = TEMPLATE) -> str:
        """Return a template with its blanks filled in; raise KeyError for one that nobody knows."""
        return _BLANK.sub(lambda match: self.values[match[1]], template.read_text("utf-8"))


def with_tls(host: str, upstreams: Sequence[str], certificates: str, limits: Limits = SHIPPED) -> Proxy:
    """Return the proxy of a server of its own that speaks https."""
    return Proxy(host, upstreams, _TLS.format(certificates=certificates), limits=limits)


def main() -> None:
    """Write byline.conf, or with `--tls` what belongs beside it, to standard output."""
    parser = argparse.ArgumentParser(prog="python -m deploy.proxy", description=__doc__)
    parser.add_argument("--host", required=True, help="the host of BYLINE_BASE_URL")
    parser.add_argument(
        "--node", action="append", help="address and port of a node; as often as there are nodes"
    )
    parser.add_argument("--certificates", help="the folder of fullchain.pem and privkey.pem")
    parser.add_argument("--tls", action="store_true", help="write the part for https and other hosts instead")
    parser.add_argument("--rate", type=int, default=Limits.rate, help="requests a second of one client")
    parser.add_argument("--burst", type=int, default=Limits.burst, help="as many at once beyond the rate")
    parser.add_argument(
        "--connections", type=int, default=Limits.connections, help="requests of one client under way"
    )
    asked = parser.parse_args()
    folder = asked.certificates or f"/etc/ssl/{asked.host}"
    limits = Limits(asked.rate, asked.burst, asked.connections)
    proxy = with_tls(asked.host, asked.node or ["127.0.0.1:8000"], folder, limits)
    sys.stdout.write(proxy.render(TLS_TEMPLATE if asked.tls else TEMPLATE))


if __name__ == "__main__":
    main()
