"""The cluster: PostgreSQL, Redis, two nodes and the worker, and the shipped nginx configuration in front."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from bench.cluster.node import ROOT, Node, Process
from deploy.proxy import UNLIMITED
from tests.support import nginx, postgres, redis, system
from tests.support.servers import Server, ServerError
from tests.support.system import Need

NODES = 2


class Cluster:
    """Everything that runs, as a context manager; leaving it leaves no process and no file behind."""

    postgres: Server
    redis: Server
    nginx: Server

    def __init__(
        self, port: int, say: Callable[[str], None] = lambda _: None, *, workers: int = 1, **settings: str
    ) -> None:
        """nginx listens on `port`, the nodes on those after it; `settings` are further variables."""
        self.port = port
        self.base_url = f"http://127.0.0.1:{port}"
        self._say = say
        self._workers = workers
        self._settings = settings
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._undo.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _start(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="byline-cluster-"))
        self._undo.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._say("→ PostgreSQL and Redis …")
        self._binaries = _located(system.POSTGRES)
        self.postgres, self.database_url = postgres.start(self._binaries, postgres.DURABLE)
        self._undo.callback(self.postgres.stop)
        self.redis, redis_url = redis.start(_located(system.REDIS))
        self._undo.callback(self.redis.stop)
        self.environment = self._environment(f"{redis_url}/0")
        self._say("→ the demo publication …")
        self.flask("demo", "setup")
        self._say(f"→ {NODES} nodes and the worker …")
        self.worker = Process("worker", ["worker"], self.environment, self.folder)
        self.nodes = [
            Node(f"node{number}", self.port + number, self.environment, self.folder)
            for number in range(1, NODES + 1)
        ]
        for process in (self.worker, *self.nodes):
            process.start()
            self._undo.callback(process.stop)
        for node in self.nodes:
            node.wait()
        self._say("→ nginx …")
        upstreams = [f"127.0.0.1:{node.port}" for node in self.nodes]
        # Everybody in it has the same address.
        self.nginx = nginx.start(_located(system.NGINX), self.port, upstreams, UNLIMITED)
        self._undo.callback(self.nginx.stop)

    def _environment(self, redis_url: str) -> dict[str, str]:
        ours = {key: value for key, value in os.environ.items() if not key.startswith("BYLINE_")}
        # The driver is the server's choice.
        plain = self.database_url.replace("postgresql+psycopg", "postgresql")
        return {
            **ours,
            "BYLINE_DEMO": "1",
            "BYLINE_BASE_URL": self.base_url,
            "BYLINE_INSTANCE": str(self.folder),
            "BYLINE_MAIL_GRACE": "0",
            "BYLINE_PROXY_HOPS": "1",
            "BYLINE_WORKERS": str(self._workers),
            "DATABASE_URL": plain,
            "REDIS_URL": redis_url,
            **self._settings,
        }

    def flask(self, *words: str) -> str:
        """Run a command to its end and return what it printed; raise ServerError with its error."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerError(f"flask {' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout

    def start_postgres_again(self) -> None:
        """Start the database on its data after it was killed."""
        postgres.launch(self.postgres, self._binaries, postgres.DURABLE)

    def freeze(self, server: Server, *, frozen: bool) -> None:
        """Stop a server from answering without ending it, or let it go on."""
        os.killpg(server.pid, signal.SIGSTOP if frozen else signal.SIGCONT)


def _located(need: Need) -> Path:
    found = need.locate()
    if found is None:
        raise ServerError(system.how_to_get(need))
    return found
