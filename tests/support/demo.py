"""The demo as a person starts it, on a port and in a folder of the test run's own."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.support import places
from tests.support.servers import ServerError, free_port

ROOT = Path(__file__).parents[2]
# Setting up hashes forty passwords and commits a few hundred times; the machine may be busy.
_PATIENCE = 120.0
_PAUSE = 0.1


def _environment(folder: Path) -> dict[str, str]:
    return {
        **{
            key: value
            for key, value in os.environ.items()
            if not key.startswith("BYLINE_") and key != "DATABASE_URL"
        },
        "BYLINE_DEMO": "1",
        "BYLINE_INSTANCE": str(folder),
        "BYLINE_BASE_URL": f"http://127.0.0.1:{free_port()}",
        "BYLINE_MAIL_GRACE": "0",
        # A small one; the real one would be built anew for every demo of the run.
        "BYLINE_GAZETTEER": str(places.sample()),
    }


def set_up(folder: Path) -> None:
    """Set a demo up in a folder whose copies can be started: it then follows the address it is served at."""
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "setup"],
        cwd=ROOT,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )


@dataclass
class Demo:
    """A running demo; `stop` ends it."""

    base_url: str
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path) -> Self:
        """Start `flask demo serve` and wait until it answers; raise ServerError with what it printed."""
        environment = _environment(folder)
        log = folder / "demo.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "serve"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        demo = cls(environment["BYLINE_BASE_URL"], environment, log, process)
        demo._wait()
        return demo

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.base_url}/readyz", timeout=2):  # noqa: S310 (ours, on loopback)
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(_PAUSE)
        self.stop()
        raise ServerError(f"the demo did not start: {self.log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """End the demo with its worker."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def data(self, path: str) -> Any:
        """Return one of the demo's pages of data."""
        with urllib.request.urlopen(f"{self.base_url}{path}", timeout=10) as answer:  # noqa: S310 (as above)
            return json.load(answer)

    def account(self, role: str) -> dict[str, str]:
        """Return somebody who can sign in with that role."""
        return next(row for row in self.data("/demo/accounts.json") if row["role"] == role)

    def mail_to(self, address: str, about: str = "") -> dict[str, str]:
        """Return the newest mail to an address whose subject holds `about`, once the worker sent it."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            for mail in self.data("/demo/mail.json"):
                if mail["to"] == address and about in mail["subject"]:
                    found: dict[str, str] = mail
                    return found
            time.sleep(_PAUSE)
        raise AssertionError(f"no mail to {address} about {about!r}")

    def flask(self, *arguments: str) -> str:
        """Run an administrative command beside the server and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout
