"""Servers that live for one test run, started as an ordinary user in a directory that goes with them."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


class ServerError(RuntimeError):
    """A server for the tests did not start; the message holds what it said."""


@dataclass(frozen=True)
class Account:
    """Who a server runs as, in the terms of `subprocess`; all None means: as ourselves."""

    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None


def account() -> Account:
    """Return the account to run servers as: an ordinary one when this process is root, else our own."""
    if os.geteuid() != 0:
        return Account()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, ())
    raise ServerError("neither the account postgres nor nobody exists to run servers as")


def run_as_account(command: Sequence[str | Path], cwd: Path) -> None:
    """Run a command to its end as `account()` in `cwd`; raise `ServerError` with its output if it fails."""
    owner = account()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=_environment(cwd),
        capture_output=True,
        text=True,
        check=False,
        user=owner.user,
        group=owner.group,
        extra_groups=owner.extra_groups,
    )
    if done.returncode != 0:
        raise ServerError(f"{command[0]}: {(done.stderr or done.stdout).strip()}")


def free_port() -> int:
    """Return a TCP port of the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One running server and its directory; `stop` ends both and may be called more than once."""

    def __init__(self, name: str, stop_signal: signal.Signals = signal.SIGTERM) -> None:
        """Make the directory, owned by whoever the server will run as."""
        self.name = name
        # Not pytest's own temporary directory: a Unix socket's path may have no more than 107 bytes.
        self.directory = Path(tempfile.mkdtemp(prefix=f"byline-{name}-", dir="/tmp"))
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None
        owner = account()
        if owner.user is not None and owner.group is not None:
            os.chown(self.directory, owner.user, owner.group)

    @property
    def log(self) -> Path:
        """The file with what the server printed."""
        return self.directory / "server.log"

    def start(self, command: Sequence[str | Path], ready: Callable[[], bool], seconds: float = 30) -> None:
        """Start the server and wait until `ready()`; raise `ServerError` with its log if it never is."""
        owner = account()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*dies_with_us(self._stop_signal), *(str(part) for part in command)],
                cwd=self.directory,
                env=_environment(self.directory),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C at the terminal is for the tests, which then stop the server themselves.
                start_new_session=True,
                user=owner.user,
                group=owner.group,
                extra_groups=owner.extra_groups,
            )
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerError(f"{self.name} did not start: {self._last_words()}")
            time.sleep(0.02)
        if self._process.poll() is not None:
            raise ServerError(f"something else answers where {self.name} should: {self._last_words()}")

    @property
    def pid(self) -> int:
        """The process; only while the server runs."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End the server at once, as a fault would; its directory stays, and `start` may be called again."""
        if self._process is not None:
            # It leads a session of its own, and what it started goes with it.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _last_words(self) -> str:
        """Return the end of what the server printed."""
        return self.log.read_text(errors="replace")[-2000:].strip()

    def stop(self) -> None:
        """Stop the server, if need be by force after ten seconds, and remove its directory."""
        process, self._process = self._process, None
        if process and process.poll() is None:
            process.send_signal(self._stop_signal)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def dies_with_us(stop_signal: signal.Signals) -> list[str]:
    """Return a command prefix that stops the server should the tests be killed, where the machine has it."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--"] if setpriv else []


def _environment(home: Path) -> dict[str, str]:
    """Return a small environment: no setting of the developer's own PostgreSQL or Redis gets in."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
