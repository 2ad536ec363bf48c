"""Isso, as its documentation starts it: gunicorn with two processes, SQLite."""

import json
import urllib.request
from pathlib import Path

from bench.reading.servers import ROOT, SERVER_CORE, Running, start_on
from tests.support.servers import free_port

_HOME = ROOT / ".make" / "peers" / "isso"
READING = "/?uri=/hundred/"


def start(folder: Path, core: str = SERVER_CORE) -> Running | None:
    """Start an empty Isso; None where `make peers` has not put it there."""
    if not (_HOME / "bin" / "isso").exists():
        return None
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = folder / "isso.cfg"
    settings.write_text(
        f"""[general]
dbpath = {folder}/isso.db
host = {base}/
[server]
listen = {base}/
[guard]
enabled = false
[moderation]
enabled = false
"""
    )
    command = [str(_HOME / "bin" / "gunicorn"), "-b", f"127.0.0.1:{port}", "-w", "2", "isso.run"]
    running = start_on(core, "Isso", base, command, {"ISSO_SETTINGS": str(settings)}, folder / "isso.log")
    return running.wait("/info")


def post(base: str, words: str, parent: int | None = None) -> int:
    """Post a comment; return its id."""
    data = {"text": words, "author": "Noor Lindqvist", "parent": parent, "title": "About the bridge"}
    request = urllib.request.Request(  # noqa: S310 (ours, on loopback)
        f"{base}/new{READING.removeprefix('/')}",
        data=json.dumps(data).encode(),
        headers={"Content-Type": "application/json", "Origin": base},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return int(json.load(answer)["id"])
