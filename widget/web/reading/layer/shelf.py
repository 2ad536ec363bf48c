"""Renditions on disk, for all processes of a machine and across restarts; losing them costs time, nothing else.

An SQLite file of its own: public bytes that can be made again need no durable write and no place in a backup,
and a page that is read must not wait for the database that people write to.
"""

import hashlib
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any

from widget import paths
from widget.config import Settings
from widget.web.reading.layer.rendition import Form, ready

_log = logging.getLogger(__name__)

_FILE = "renditions.sqlite3"
_SCHEMA = (
    # The table of earlier files did not say how old a row is.
    "DROP TABLE IF EXISTS renditions",
    "CREATE TABLE IF NOT EXISTS forms (key TEXT NOT NULL PRIMARY KEY, stamp TEXT NOT NULL, encoding TEXT NOT NULL,"
    " headers TEXT NOT NULL, body BLOB NOT NULL, put_at INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS forms_put_at ON forms (put_at)",
)
# What nobody asked for again keeps what was removed or erased since; so nothing stays longer than this, in seconds,
# and so often it is seen to.
_OLDEST, _LOOK_EVERY = 24 * 3600, 600
# After this many were put it is seen whether there is room still; where not, this share of the limit stays.
_LOOK_AFTER, _KEPT = 64, 0.9


class Shelf:
    """Keeps each rendition's forms under key and encoding, with the version they are of.

    None stays for longer than a day. Any fault of the file is as if nothing stood on the shelf; a file that cannot be
    read is made anew.
    """

    def __init__(self, settings: Settings) -> None:
        """Name the file, which may grow to `settings.renditions` megabytes; 0 keeps nothing."""
        self._path, self._settings = settings.instance_path / _FILE, settings
        self._limit = settings.renditions * 1_000_000
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._puts = 0
        self._look_at = 0.0

    def get(self, key: Hashable, stamp: Hashable, encoding: str) -> Form | None:
        """Return a form of exactly that version, or None."""
        query = "SELECT encoding, headers, body FROM forms WHERE key = ? AND stamp = ?"
        rows = self._execute(query, (self._name(key, encoding), repr(stamp)))
        if not rows:
            return None
        used, headers, body = rows[0]
        return ready(body, used, [(name, value) for name, value in json.loads(headers)])

    def put(self, key: Hashable, stamp: Hashable, encoding: str, form: Form) -> None:
        """Keep a form in place of the one of an earlier version."""
        row = (
            self._name(key, encoding),
            repr(stamp),
            form.encoding,
            json.dumps(form.headers),
            form.body,
            int(time.time()),
        )
        self._execute("INSERT OR REPLACE INTO forms VALUES (?, ?, ?, ?, ?, ?)", row)
        self._puts += 1
        if self._puts % _LOOK_AFTER == 0:
            self._make_room()

    def clear(self) -> None:
        """Forget everything."""
        self._execute("DELETE FROM forms", ())

    def _name(self, key: Hashable, encoding: str) -> str:
        return f"{release(self._settings.base_url)} {key!r} {encoding}"

    def _make_room(self) -> None:
        pages = self._execute(
            "SELECT (page_count - freelist_count) * page_size"
            " FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
            (),
        )
        if pages and pages[0][0] > self._limit:
            # What is put again gets a new row at the end, so the first rows are the oldest.
            share = 1 - _KEPT * self._limit / pages[0][0]
            self._execute(
                "DELETE FROM forms WHERE rowid IN (SELECT rowid FROM forms ORDER BY rowid"
                " LIMIT (SELECT CAST(count(*) * ? AS INTEGER) + 1 FROM forms))",
                (share,),
            )

    def _execute(self, sql: str, values: tuple[object, ...]) -> list[Any] | None:
        if not self._limit:
            return None
        with self._lock:
            try:
                self._drop_old()
                return self._opened().execute(sql, values).fetchall()
            except (sqlite3.OperationalError, OSError):
                # Busy, full, in no folder or not to be written to: the answer is made without it.
                _log.warning("the renditions on disk could not be used", exc_info=True)
            except sqlite3.DatabaseError:
                _log.warning("the renditions on disk are damaged and begin anew", exc_info=True)
                self._discard()
        return None

    def _drop_old(self) -> None:
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_EVERY
            self._opened().execute("DELETE FROM forms WHERE put_at < ?", (int(time.time()) - _OLDEST,))

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            paths.own_folder(self._path.parent)
            paths.own_file(self._path)
            self._connection = sqlite3.connect(
                self._path, timeout=0.2, isolation_level=None, check_same_thread=False
            )
            # Nothing is lost but time; and what a removed comment said shall not linger in free pages.
            for pragma in ("journal_mode = WAL", "synchronous = OFF", "secure_delete = ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            for statement in _SCHEMA:
                self._connection.execute(statement)
        return self._connection

    def _discard(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        remove(self._path.parent)


def remove(instance: Path) -> None:
    """Take everything off the shelf of an instance folder that no server uses."""
    for suffix in ("", "-wal", "-shm"):
        (instance / f"{_FILE}{suffix}").unlink(missing_ok=True)


@cache
def release(base_url: str) -> str:
    """Return a digest of everything that shapes a rendition: code, templates, words, and the server's address.

    So no release ever answers with another's bytes, not even two that share a machine during an upgrade.
    """
    digest = hashlib.sha256(base_url.encode())
    package = Path(__file__).resolve().parents[3]
    sources = [*package.rglob("*.py"), *package.rglob("*.mo")]
    sources += [path for path in (*paths.TEMPLATES.rglob("*"), *paths.STATIC.rglob("*")) if path.is_file()]
    for path in sorted(set(sources)):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
