"""The servers that are measured, each alone on the first core; the load comes from the second."""

import gzip
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bench.reading.newsroom import HUNDRED, SITE
from tests.support import system
from tests.support.nginx import configure
from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]
SERVER_CORE, LOAD_CORE = "0", "1"


@dataclass
class Running:
    """A server that was started, and where it answers."""

    name: str
    base: str
    process: subprocess.Popen[bytes]
    folder: Path = field(default_factory=Path)

    def stop(self) -> None:
        """Stop the server and all that it started."""
        if self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def resident(self) -> int:
        """Return the memory of server and workers in kilobytes, shared pages divided among those that share them."""
        total = 0
        for pid in [self.process.pid, *_descendants(self.process.pid)]:
            rollup = Path(f"/proc/{pid}/smaps_rollup")
            lines = rollup.read_text().splitlines() if rollup.exists() else []
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total

    def worked(self) -> float:
        """Return how long the processor worked for server and workers so far, in seconds."""
        total = 0
        for pid in [self.process.pid, *_descendants(self.process.pid)]:
            stat = Path(f"/proc/{pid}/stat")
            fields = stat.read_text().rpartition(")")[2].split() if stat.exists() else []
            total += int(fields[11]) + int(fields[12]) if fields else 0
        return total / os.sysconf("SC_CLK_TCK")

    def wait(self, path: str, seconds: float = 40, host: str | None = None) -> Self:
        """Wait until a path answers, asked under the name that the server is to be reached by, if that is another.

        One that does not is stopped before the run ends with SystemExit.
        """
        deadline = time.monotonic() + seconds
        headers = {"Host": host} if host else {}
        asked = urllib.request.Request(self.base + path, headers=headers)  # noqa: S310 (ours, on loopback)
        while True:
            try:
                with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310 (as above)
                    if answer.status == 200:
                        return self
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.stop()
                    raise SystemExit(f"{self.name} does not answer at {self.base}{path}") from None
            time.sleep(0.05)


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_descendants(child)]
    return found


def start_on(
    core: str, name: str, base: str, command: list[str], environment: dict[str, str], log: Path
) -> Running:
    """Start a server on one core, or several as `0,1`; the caller waits until it answers, and stops it."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            ["taskset", "-c", core, *command],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    return Running(name, base, process, log.parent)


def byline(name: str, folder: Path, environment: dict[str, str], core: str = SERVER_CORE) -> Running:
    """Start one node with one worker, as `flask --app wsgi serve` does."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    own = {
        "BYLINE_BASE_URL": base,
        "BYLINE_LISTEN": f"127.0.0.1:{port}",
        "BYLINE_WORKERS": "1",
        "BYLINE_INSTANCE": str(folder / name),
        "BYLINE_SECRET_KEY": "for-measuring-only-" * 3,
        "BYLINE_SECOND_FACTOR": "optional",
        **environment,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve"]
    running = start_on(core, name, base, command, own, folder / f"{name}.log")
    return running.wait("/readyz", host=own["BYLINE_BASE_URL"].removeprefix("http://"))


def edge(folder: Path, database_url: str) -> tuple[Running, Running] | None:
    """Start a node and nginx with the shipped configuration in front of it; None where there is no nginx."""
    program = system.NGINX.locate()
    if program is None:
        return None
    port, own = free_port(), folder / "edge"
    base = f"http://127.0.0.1:{port}"
    own.mkdir()
    given = {"DATABASE_URL": database_url, "BYLINE_BASE_URL": base, "BYLINE_PROXY_HOPS": "1"}
    node = byline("behind", folder, given)
    configuration = configure(own, port, [node.base.removeprefix("http://")])
    command = [str(program), "-c", str(configuration), "-e", "stderr"]
    front = start_on(SERVER_CORE, "nginx with the shipped cache", base, command, {}, folder / "edge.log")
    try:
        return front.wait("/livez"), node
    except SystemExit:
        node.stop()
        raise


def nginx(folder: Path, body: bytes, kind: str) -> Running | None:
    """Start nginx with the bytes of an answer as a pre-compressed file; None where there is no nginx."""
    program = system.NGINX.locate()
    if program is None:
        return None
    port, files = free_port(), folder / "files"
    files.mkdir(exist_ok=True)
    (files / "thread.json.gz").write_bytes(body)
    (files / "thread.json").write_bytes(gzip.decompress(body))
    configuration = folder / "static.conf"
    configuration.write_text(
        f"""worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off;
events {{ worker_connections 1024; }}
http {{ access_log off; default_type {kind}; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=100;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {files}; gzip_static on; }} }}
"""
    )
    command = [str(program), "-c", str(configuration), "-p", str(folder)]
    base = f"http://127.0.0.1:{port}"
    running = start_on(SERVER_CORE, "nginx, a file", base, command, {}, folder / "static.log")
    return running.wait("/thread.json")


def folder() -> Path:
    """Return a new folder for a run's servers."""
    made = Path(tempfile.mkdtemp(prefix="byline-bench-"))
    # nginx reads its files as nobody where it is started by root.
    made.chmod(0o755)
    return made


def path_of(article: str) -> str:
    """Return the address of an article's thread as data."""
    return f"/public/{SITE}/thread.json?article={article}"


HOT = path_of(HUNDRED)
