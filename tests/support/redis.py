"""A Redis server of the test run's own, on a loopback port, that keeps nothing on disk."""

from pathlib import Path

import redis

from tests.support.servers import Server, ServerError, free_port

ENVIRONMENT = "BYLINE_TEST_REDIS"
ATTEMPTS = 5


def start(program: Path) -> tuple[Server, str]:
    """Start a server with `program`; return it and its URL, or raise `ServerError`.

    Another process may take the port between the look and the use, so it is tried a few times.
    """
    for attempt in range(1, ATTEMPTS + 1):
        server = Server("redis")
        try:
            return server, _start_on(server, program, free_port())
        except ServerError:
            server.stop()
            if attempt == ATTEMPTS:
                raise
        except BaseException:
            server.stop()
            raise
    raise AssertionError("the last attempt returns or raises")


def empty(url: str) -> None:
    """Delete every key of the database that `url` names."""
    with redis.Redis.from_url(url) as client:
        client.flushdb()


def _start_on(server: Server, program: Path, port: int) -> str:
    """Start the server on one port and return its URL, whose last part is the number of a database."""
    url = f"redis://127.0.0.1:{port}"
    settings = ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--databases", "64"]
    server.start(
        [program, "--port", str(port), "--dir", server.directory, *settings],
        ready=lambda: _answers(f"{url}/0"),
    )
    return url


def _answers(url: str) -> bool:
    """Tell whether the server takes commands yet."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False
