"""Waline, as its container image starts it: one process, here with SQLite.

It asks a service of its makers on every request which ways to sign in there are. The benchmark answers in its place,
so that nothing leaves the machine; its spam service is switched off, and so is the minute between two comments
from one address.
"""

import json
import sqlite3
import threading
import urllib.request
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.reading.servers import ROOT, SERVER_CORE, Running, start_on
from tests.support.servers import free_port

_PROGRAM = ROOT / ".make" / "peers" / "waline" / "node_modules" / "@waline" / "vercel" / "vanilla.js"
READING = "/api/comment?path=/hundred/&pageSize=100"
# The columns that it reads and writes; it makes no tables itself.
_TABLES = """
CREATE TABLE wl_Comment (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER, comment TEXT, insertedAt DATETIME,
    ip TEXT, link TEXT, mail TEXT, nick TEXT, pid INTEGER, rid INTEGER, sticky BOOLEAN, status TEXT, "like" INTEGER,
    ua TEXT, url TEXT, createdAt DATETIME, updatedAt DATETIME);
CREATE TABLE wl_Counter (id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER, url TEXT, createdAt DATETIME,
    updatedAt DATETIME);
CREATE TABLE wl_Users (id INTEGER PRIMARY KEY AUTOINCREMENT, display_name TEXT, email TEXT, password TEXT, type TEXT,
    label TEXT, url TEXT, avatar TEXT, createdAt DATETIME, updatedAt DATETIME);
"""


class _NoWaysToSignIn(BaseHTTPRequestHandler):
    """Answers in place of the service that lists them."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b'{"services": []}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def start(folder: Path, core: str = SERVER_CORE) -> Running | None:
    """Start an empty Waline; None where `make peers` has not put it there."""
    if not _PROGRAM.exists():
        return None
    data = folder / "waline"
    data.mkdir()
    with closing(sqlite3.connect(data / "waline.sqlite")) as database:
        database.executescript(_TABLES)
    service = ThreadingHTTPServer(("127.0.0.1", 0), _NoWaysToSignIn)
    # It ends with the benchmark.
    threading.Thread(target=service.serve_forever, daemon=True).start()
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment = {
        "OAUTH_URL": f"http://127.0.0.1:{service.server_address[1]}/",
        "SQLITE_PATH": str(data),
        "JWT_TOKEN": "for-measuring-only",
        "SITE_URL": base,
        "SITE_NAME": "Measured",
        "AKISMET_KEY": "false",
        "IPQPS": "0",
    }
    running = start_on(
        core, "Waline", base, ["node", str(_PROGRAM), str(port)], environment, folder / "waline.log"
    )
    return running.wait(READING)


def post(base: str, words: str, parent: int | None = None) -> int:
    """Post a comment; return its id."""
    data = {
        "comment": words,
        "nick": "Noor Lindqvist",
        "mail": "noor@reader.example",
        "link": "",
        "ua": "Mozilla/5.0",
        "url": "/hundred/",
        **({"pid": parent, "rid": parent, "at": "Noor Lindqvist"} if parent else {}),
    }
    request = urllib.request.Request(  # noqa: S310 (ours, on loopback)
        f"{base}/api/comment", data=json.dumps(data).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        found = json.load(answer)
    if found["errno"]:
        raise SystemExit(f"Waline does not take a comment: {found['errmsg']}")
    return int(found["data"]["objectId"])
