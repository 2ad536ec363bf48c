"""nginx with the shipped configuration, as an ordinary user, on loopback."""

import signal
import socket
from collections.abc import Sequence
from pathlib import Path

from deploy.proxy import READING, SHIPPED, Limits, Proxy
from tests.support.servers import Server

# What a distribution's own nginx.conf says around ours, on ports and in folders of our own.
_AROUND = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    sendfile on;
    tcp_nopush on;
    access_log off;
    {more}
    include {folder}/byline.conf;
}}
"""


def configure(
    folder: Path, port: int, upstreams: Sequence[str], limits: Limits = SHIPPED, more: str = ""
) -> Path:
    """Write the shipped configuration for these nodes into a folder and return what nginx is to read.

    `more` is what else an operator writes into the http block.
    """
    # Where the checkout is, the account that nginx runs as may not look.
    reading = folder / "reading.conf"
    reading.write_text(READING.read_text("utf-8"))
    proxy = Proxy(
        "127.0.0.1 localhost",
        upstreams,
        f"listen 127.0.0.1:{port};",
        cache=str(folder / "cache"),
        log=str(folder / "access.log"),
        errors=str(folder / "byline-error.log"),
        reading=str(reading),
        limits=limits,
    )
    (folder / "byline.conf").write_text(proxy.render())
    path = folder / "nginx.conf"
    path.write_text(_AROUND.format(folder=folder, more=more))
    return path


def start(
    program: Path, port: int, upstreams: Sequence[str], limits: Limits = SHIPPED, more: str = ""
) -> Server:
    """Start nginx on a port of loopback in front of these nodes; raise ServerError when it does not."""
    server = Server("nginx", stop_signal=signal.SIGQUIT)
    try:
        path = configure(server.directory, port, upstreams, limits, more)
        server.start([program, "-c", path, "-e", "stderr"], ready=lambda: _listens(port))
    except BaseException:
        server.stop()
        raise
    return server


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
