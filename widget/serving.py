"""The server's command line: the one place that knows with what granian is run, and why.

`flask --app wsgi serve` becomes this process, the demo starts it, and so do the units and containers in `deploy/`.
"""

import os
import sys

from widget import paths
from widget.config import Settings

# Backpressure in granian counts connections, idle ones too, and whoever comes beyond waits without an answer:
# it must be more than the proxies in front ever keep open. What a worker cannot do is answered 503 by
# `widget/web/lanes.py`, which is where the limit belongs.
_CONNECTIONS = 4096
# A request that is being answered when the server is told to stop has this long, in seconds.
_LAST_WORDS = 30
# Seconds until a worker that died is there again.
_RESPAWN = "0.5"


def command(settings: Settings, *, workers: int | None = None, port: int | None = None) -> list[str]:
    """Return granian's command line for these settings, of which the demo overrides the last two."""
    count = workers or settings.workers or os.cpu_count() or 1
    return [
        *(sys.executable, "-m", "granian"),
        *("--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", settings.address, "--port", str(port or settings.port)),
        *("--workers", str(count), "--blocking-threads", str(settings.threads)),
        # Threads that nothing asks for go away: a quiet server has a handful.
        *("--blocking-threads-idle-timeout", "60"),
        *("--backlog", str(_CONNECTIONS), "--backpressure", str(_CONNECTIONS)),
        # Whoever opens a connection and says nothing, or says it slowly, has ten seconds for the headers.
        *("--http1-header-read-timeout", "10000"),
        *("--respawn-failed-workers", "--respawn-interval", _RESPAWN),
        *("--workers-kill-timeout", str(_LAST_WORDS)),
        # It warns of more threads than cores, which lanes are the answer to; a worker that dies is an error.
        *("--log-level", "error"),
        # What it has to say is a line of JSON like everything else (docs/operating.md).
        *("--log-config", str(paths.SERVING)),
        "wsgi:app",
    ]
