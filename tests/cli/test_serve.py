"""The server as it runs: whatever it prints is one JSON line an event."""

import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.front import eventually
from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]


def children(pid: int) -> list[int]:
    """Return the processes that a process started itself, or through one that watches over them."""
    started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for child in started for each in (int(child), *children(int(child)))]


def serves(pid: int) -> bool:
    """Whether a process is a worker of the server, and none of those with which Python starts and counts processes."""
    line = Path(f"/proc/{pid}/cmdline").read_bytes()
    return b"resource_tracker" not in line and b"forkserver" not in line


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_a_worker_that_dies_is_a_line_of_json(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("BYLINE_")},
        "DATABASE_URL": sqlite_url,
        "BYLINE_SECRET_KEY": "long enough for a test of what is printed",
        "BYLINE_BASE_URL": f"http://127.0.0.1:{port}",
        "BYLINE_LISTEN": f"127.0.0.1:{port}",
        "BYLINE_WORKERS": "1",
        "BYLINE_INSTANCE": str(tmp_path / "instance"),
    }
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        eventually(lambda: answers(port), 60)
        [worker] = [child for child in children(server.pid) if serves(child)]
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: "Unexpected exit" in log.read_text(), 30)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(40)
    said = [json.loads(line) for line in log.read_text().splitlines()]
    [died] = [line for line in said if line["logger"] == "_granian"]
    assert (died["level"], died["message"]) == ("error", "Unexpected exit from worker-1")
    assert set(died) == {"at", "level", "logger", "message"}
