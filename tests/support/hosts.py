"""Pages of other sites that embed the widget: another origin, with headers of their own."""

import threading
from collections.abc import Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGES = Path(__file__).parents[1] / "browser" / "widget_hosts"


class _Handler(BaseHTTPRequestHandler):
    """Serves the host pages with placeholders filled and headers added."""

    def __init__(self, host: "HostSite", *args: object) -> None:
        self._host = host
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer a page of `widget_hosts/`, with the policy asked for by `?policy=`."""
        path, _, query = self.path.partition("?")
        page = PAGES / f"{path.strip('/')}.html"
        if not page.is_file():
            # Nothing else is asked for but the icon, which is not worth an error in the console.
            self.send_response(204)
            self.end_headers()
            return
        # A strict policy forbids the pages' own empty icon.
        body = page.read_text("utf-8").replace('<link rel="icon" href="data:,">', "")
        for name, value in self._host.placeholders.items():
            body = body.replace("{{" + name + "}}", value)
        content = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        policy = self._host.policies.get(query.removeprefix("policy="))
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class HostSite:
    """A news site on a port of its own; `stop` ends it."""

    def __init__(self, placeholders: Mapping[str, str], policies: Mapping[str, str]) -> None:
        self.placeholders, self.policies = placeholders, policies
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
