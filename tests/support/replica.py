"""Two PostgreSQL servers of a test's own, the second a replica of the first that can take over from it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.support import postgres
from tests.support.servers import Server, run_as_account

_NAME = "news"


@dataclass(frozen=True)
class Pair:
    """A server and its replica; `url` leads to whichever of them takes writes, as docs/deploying.md writes it."""

    first: Server
    second: Server
    url: str

    @classmethod
    def start(cls, binaries: Path) -> Self:
        """Start both, with an empty database; raises ServerError with what one said that did not start."""
        first, here = postgres.start(binaries, postgres.DURABLE)
        second = Server("replica")
        try:
            postgres.create(here, _NAME)
            data = second.directory / "data"
            copy: list[str | Path] = [binaries / "pg_basebackup", "--pgdata", data, "--host", first.directory]
            copy += [
                "--username",
                postgres.USER,
                "--checkpoint",
                "fast",
                "--no-sync",
                "--write-recovery-conf",
            ]
            run_as_account(copy, cwd=second.directory)
            postgres.launch(second, binaries, postgres.DURABLE, data)
        except BaseException:
            second.stop()
            first.stop()
            raise
        hosts = {"host": (str(first.directory), str(second.directory)), "target_session_attrs": "read-write"}
        both = make_url(here).set(database=_NAME, query=hosts)
        return cls(first, second, both.render_as_string(hide_password=False))

    def be_synchronous(self, names: str) -> None:
        """Acknowledge only what a replica of those names has, too; '*' is any, '' none."""
        with self._connected(self.first) as connection:
            connection.execute(sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}").format(names))
            connection.execute("SELECT pg_reload_conf()")

    def promote(self) -> None:
        """Let the replica take over; returns once it takes writes."""
        with self._connected(self.second) as connection:
            connection.execute("SELECT pg_promote(wait => true)")

    def stop(self) -> None:
        """End both."""
        self.second.stop()
        self.first.stop()

    @staticmethod
    def _connected(server: Server) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(server.directory), user=postgres.USER, dbname="postgres", autocommit=True
        )
