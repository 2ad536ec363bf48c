"""Backups of the whole database, while it is in use, and the way back.

SQLite is copied by its own online backup, PostgreSQL by `pg_dump`: each copy is the database as it stood at one
moment, with everything that had been acknowledged before the backup began.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy.engine import URL, make_url

from widget import paths

# Pages copied before writers are let in between, and how long the copy then waits for the next ones.
_PAGES, _PAUSE = 2000, 0.01
_SUFFIXES = {"sqlite": "sqlite3", "postgresql": "dump"}
# The line of a dump's list that makes the schema, where that is not the one each database begins with.
_OF_THE_SCHEMA = re.compile(r"^\d+; \d+ \d+ SCHEMA - public .*\n", re.MULTILINE)
_ERROR = re.compile(r"\b(error|fatal):", re.IGNORECASE)
_PIECE = 64 * 1024


class BackupError(Exception):
    """A backup could not be made or brought back; the message says why, and what to do."""


def make(url: str, folder: Path, now: datetime) -> Path:
    """Back up the database at a URL into a new file of the folder and return it; raise BackupError.

    The file appears under its name once it is whole and on disk, readable by its owner alone.
    """
    target = make_url(url)
    kind = target.get_backend_name()
    path = folder / f"byline-{now:%Y%m%dT%H%M%SZ}.{_SUFFIXES[kind]}"
    part = path.with_suffix(path.suffix + ".part")
    _begin(part)
    try:
        _copy_sqlite(_file(target), part) if kind == "sqlite" else _dump(target, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path


def _begin(part: Path) -> None:
    """Make the file that is written to, for its owner alone; raise BackupError where that cannot be."""
    try:
        # The folder may be somebody else's; the files in it are for their owner alone.
        part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BackupError(f"{part.parent} cannot be written to: {error.strerror or error}.") from error


def forget_all_but(folder: Path, keep: int) -> list[Path]:
    """Delete the oldest backups of a folder beyond the newest `keep`; return those that went."""
    known = sorted(path for suffix in _SUFFIXES.values() for path in folder.glob(f"byline-*Z.{suffix}"))
    gone = sorted(known, key=lambda path: path.name)[: max(0, len(known) - keep)]
    for path in gone:
        path.unlink()
    return gone


def bring_back(url: str, path: Path) -> None:
    """Replace the database at a URL by a backup; raise BackupError, having changed nothing.

    Nobody else may have the database open: what servers keep in memory would belong to another past.
    """
    target = make_url(url)
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    if target.get_backend_name() == "sqlite":
        _restore_sqlite(_file(target), path)
    else:
        _restore_dump(target, path)


def _file(target: URL) -> Path:
    if not target.database or target.database == ":memory:":
        raise BackupError("This database is in memory alone.")
    return Path(target.database)


# ── SQLite ──────────────────────────────────────────────────────────────────────────────────────────


def _copy_sqlite(source: Path, part: Path) -> None:
    if not source.exists():
        raise BackupError(f"There is no database at {source}.")
    try:
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(part)) as copy:
            # One read transaction around it: else a copy starts over whenever somebody writes.
            original.execute("BEGIN")
            original.execute("SELECT count(*) FROM sqlite_master").fetchone()
            original.backup(copy, pages=_PAGES, sleep=_PAUSE)
            original.execute("ROLLBACK")
            # A backup is one file, with no log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
            _prove(copy, source)
    except sqlite3.Error as error:
        raise BackupError(f"SQLite could not copy the database: {error}.") from error


def _prove(connection: sqlite3.Connection, path: Path) -> None:
    """Raise BackupError unless the file is sound and a database of Byline's."""
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise BackupError(f"{path.name} is damaged: {found}.")
    named = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "comments"} <= named:
        raise BackupError(f"{path.name} is no database of Byline, or was never migrated.")


def _restore_sqlite(target: Path, path: Path) -> None:
    paths.own_folder(target.parent)
    paths.own_file(target)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as backup:
            _prove(backup, path)
            with closing(sqlite3.connect(target, timeout=1, isolation_level=None)) as live:
                _alone(live)
                backup.backup(live)
    except sqlite3.Error as error:
        raise BackupError(f"SQLite could not bring {path.name} back: {error}.") from error
    _hand_over(target)


def _hand_over(target: Path) -> None:
    """Let nobody but its owner read the file, who is the folder's where root brought it back.

    SQLite, run by root, gives the log beside it to the same owner.
    """
    if os.geteuid() == 0:
        owner = target.parent.stat()
        os.chown(target, owner.st_uid, owner.st_gid)
    # Whoever writes to a file that is somebody else's leaves its mode to them.
    with suppress(PermissionError):
        target.chmod(0o600)


def _alone(live: sqlite3.Connection) -> None:
    """Keep everybody else out; raise BackupError where somebody has the database open."""
    try:
        live.execute("PRAGMA locking_mode = EXCLUSIVE")
        live.execute("BEGIN EXCLUSIVE")
        live.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        raise BackupError("The database is in use. Stop the server and the worker first.") from error


# ── PostgreSQL ──────────────────────────────────────────────────────────────────────────────────────


def _dump(target: URL, part: Path) -> None:
    _run(target, ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(part)])
    _prove_dump(target, part, f"{target.database}")


def _prove_dump(target: URL, path: Path, name: str) -> None:
    """Raise BackupError unless the file is a dump of a database of Byline's, called by that name."""
    if " TABLE public comments " not in _run(target, ["pg_restore", "--list", str(path)]):
        raise BackupError(f"{name} is no database of Byline, or was never migrated.")


def _restore_dump(target: URL, path: Path) -> None:
    _prove_dump(target, path, path.name)
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    if _run(target, ["psql", "--no-psqlrc", "--tuples-only", "--command", others]).strip() != "0":
        raise BackupError("The database is in use. Stop the server and the worker first.")
    with tempfile.NamedTemporaryFile("w", prefix="byline-", suffix=".list") as wanted:
        wanted.write(_OF_THE_SCHEMA.sub("", _run(target, ["pg_restore", "--list", str(path)])))
        wanted.flush()
        read = [
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            f"--use-list={wanted.name}",
            "--file=-",
            str(path),
        ]
        # What a newer release added would stand in the way of its own migrations. All of it is one transaction.
        write = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        emptied = ["--command=DROP SCHEMA public CASCADE", "--command=CREATE SCHEMA public"]
        _hand_on(target, read, [*write, *emptied, "--file=-"])


def _hand_on(target: URL, read: Sequence[str], write: Sequence[str]) -> None:
    """Let one program write what another reads, which may be larger than memory; raise BackupError if either fails.

    The writing one is ended before it could commit half of what there is.
    """
    with (
        _started(target, read, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as (reader, said_reading),
        _started(target, write, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as (writer, said_writing),
    ):
        assert reader.stdout
        assert writer.stdin
        try:
            shutil.copyfileobj(reader.stdout, writer.stdin, _PIECE)
            writer.stdin.flush()
        except BrokenPipeError:
            # It says itself what it did not like.
            _raise_unless_done(write[0], writer.wait() or 1, said_writing)
        _raise_unless_done(read[0], reader.wait(), said_reading)
        with suppress(BrokenPipeError):
            writer.stdin.close()
        _raise_unless_done(write[0], writer.wait(), said_writing)


@contextmanager
def _started(
    target: URL, command: Sequence[str], stdin: int, stdout: int
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """Start one of PostgreSQL's own programs, yield it with what it complains of, and end it if it still runs."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [_program(command[0]), *command[1:]],
            env={**os.environ, **_connection(target)},
            stdin=stdin,
            stdout=stdout,
            stderr=said,
        )
        try:
            yield process, said
        finally:
            process.kill()
            with suppress(BrokenPipeError):
                process.communicate()


def _raise_unless_done(name: str, status: int, said: IO[bytes]) -> None:
    if status:
        said.seek(0)
        raise _failed(name, status, said.read(_PIECE).decode(errors="replace"))


def _failed(name: str, status: int, said: str) -> BackupError:
    """Return the error that a program ended with: the lines after it may quote what it was reading."""
    lines = said.strip().splitlines() or [f"ended with {status}"]
    return BackupError(f"{name}: {next((line for line in lines if _ERROR.search(line)), lines[-1])}")


def _run(target: URL, command: Sequence[str]) -> str:
    """Run one of PostgreSQL's own programs against a database and return what it printed."""
    done = subprocess.run(
        [_program(command[0]), *command[1:]],
        env={**os.environ, **_connection(target)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise _failed(command[0], done.returncode, done.stderr)
    return done.stdout


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is not installed (Debian, Ubuntu: apt-get install postgresql-client).")
    return found


_VARIABLES = {
    "PGHOST": "host",
    "PGPORT": "port",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGDATABASE": "dbname",
    "PGSSLMODE": "sslmode",
    "PGSSLROOTCERT": "sslrootcert",
    "PGTARGETSESSIONATTRS": "target_session_attrs",
}


def _connection(target: URL) -> dict[str, str]:
    """Return a URL as libpq's variables, so that no list of processes shows a password.

    SQLAlchemy reads it, several hosts included: `?host=first:5432&host=second:5432`.
    """
    _, read = target.get_dialect()().create_connect_args(target)
    return {name: str(read[key]) for name, key in _VARIABLES.items() if read.get(key)}
