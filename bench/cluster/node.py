"""One of Byline's own processes, a node or the worker, as its unit starts it."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.support.servers import ServerError, dies_with_us

ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0
_PAUSE = 0.05


class Process:
    """A subcommand of `flask --app wsgi` that runs until it is stopped; it can be started again."""

    def __init__(self, name: str, words: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        self._environment = {**environment, "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*dies_with_us(signal.SIGTERM), *self._command],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the cluster as a whole, which then stops each part in its turn.
                start_new_session=True,
            )

    @property
    def runs(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process, which leads a group of its own."""
        assert self._process is not None
        return self._process.pid

    def signal(self, which: signal.Signals) -> None:
        """Send a signal to the process and all it started, as `kill -9` of a whole node."""
        if self._process is not None and self.runs:
            os.killpg(self._process.pid, which)

    def kill(self) -> None:
        """End it and all it started at once."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def terminate(self) -> None:
        """Ask it to finish what it does and end, as systemd does: the main process is told."""
        if self._process is not None and self.runs:
            self._process.terminate()

    def stop(self, seconds: float = 40) -> int | None:
        """Let it finish, then end it by force if it does not; return how it ended."""
        if self._process is None:
            return None
        self.terminate()
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.returncode

    def last_words(self) -> str:
        """Return the end of what it printed."""
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""


class Node(Process):
    """A node: a server on a port of its own."""

    def __init__(self, name: str, port: int, environment: Mapping[str, str], folder: Path) -> None:
        super().__init__(name, ["serve"], {**environment, "BYLINE_LISTEN": f"127.0.0.1:{port}"}, folder)
        self.port = port
        self.host = environment["BYLINE_BASE_URL"].partition("://")[2]

    def is_ready(self) -> bool:
        """Whether it answers, its database included."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/readyz", headers={"Host": self.host})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def wait(self) -> None:
        """Wait until it is ready; raise ServerError with what it printed when it is not to be."""
        deadline = time.monotonic() + _PATIENCE
        while not self.is_ready():
            if not self.runs or time.monotonic() > deadline:
                raise ServerError(f"{self.name} did not start: {self.last_words()}")
            time.sleep(_PAUSE)
