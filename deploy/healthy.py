"""Whether the server in this container is ready: ends with 0 if so, as container engines ask.

It asks by the name that the server answers to. On the standard library alone, since it runs every few seconds.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit


def is_ready(environ: dict[str, str]) -> bool:
    """Whether /readyz of this machine's server answers well within two seconds."""
    port = int(environ.get("BYLINE_LISTEN", "127.0.0.1:8000").rpartition(":")[2])
    host = urlsplit(environ.get("BYLINE_BASE_URL", "")).netloc or f"127.0.0.1:{port}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready(dict(os.environ)) else 1)
