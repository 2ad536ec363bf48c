"""Asking the gazetteer: the file is opened for reading alone, once a thread, and nothing breaks without it."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from widget.gazetteer import keys

_log = logging.getLogger(__name__)

SHAPE = "1"
LANGUAGES = ("en", "fr", "es", "ar", "zh")
MOST = 8
# So many rows are read to find labels that differ: a country may have a village of the same name many times.
_ROWS = 4 * MOST

# From so many letters on an exact other name of a large town ("Wien") comes before names that merely begin so
# ("Wiener Neustadt"). A hamlet may be called anything.
_TELLING = 4
_EVERY = 2**31
_ANY = "{name en fr es ar zh other}"
_BRACKETS = {"zh": "{town}（{area}）"}

# Known by its own inode and time: a file built anew while the server runs is another one.
_Stamp = tuple[int, int, int]


class Gazetteer:
    """The places of one file, which may come, go and be replaced while it is asked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.local()
        self._lock = threading.Lock()
        self._told: set[_Stamp | None] = set()

    def suggest(self, typed: str, language: str, most: int = MOST) -> list[str]:
        """Return up to `most` places whose name begins as typed, as they are written in a language.

        Exact names come first, then names in that language and the places' own, then all others, then names
        with a later word that begins so; among these the larger places. Empty where there is no gazetteer.
        """
        if len(typed) > keys.LONGEST:
            return []
        prefix = keys.key(typed)
        spoken = language if language in LANGUAGES else LANGUAGES[0]
        if not keys.is_enough(prefix):
            return []
        try:
            opened = self._opened()
            return opened.labels(prefix, spoken, most) if opened else []
        except sqlite3.Error as error:
            self._tell(
                self._stamp(), "the gazetteer cannot be read (%s): build it anew", type(error).__name__
            )
            self._close()
            return []

    def _opened(self) -> "_File | None":
        """Return this thread's open file, opened again if another has taken its place."""
        stamp = self._stamp()
        known: _File | None = getattr(self._threads, "file", None)
        if known is not None and known.stamp == stamp:
            return known
        self._close()
        if stamp is None:
            self._tell(
                None, "there is no gazetteer, so no places are suggested: flask --app wsgi places build"
            )
            return None
        opened = self._threads.file = _File(self._path, stamp)
        return opened

    def _close(self) -> None:
        known: _File | None = getattr(self._threads, "file", None)
        self._threads.file = None
        if known is not None:
            known.close()

    def _stamp(self) -> _Stamp | None:
        with suppress(OSError):
            seen = self._path.stat()
            return (seen.st_ino, seen.st_mtime_ns, seen.st_size)
        return None

    def _tell(self, stamp: _Stamp | None, sentence: str, *details: str) -> None:
        """Log what is wrong with a file once, not at every letter that somebody types."""
        with self._lock:
            fresh = stamp not in self._told
            self._told.add(stamp)
        if fresh:
            _log.warning(sentence, *details)


class _File:
    """One open file, for one thread."""

    def __init__(self, path: Path, stamp: _Stamp) -> None:
        self.stamp = stamp
        # Nobody writes into it: a new one takes its place. So SQLite need neither lock nor look for a journal.
        address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(address, uri=True)
        try:
            self._large = self._check()
            self._areas = {
                code: dict(zip(LANGUAGES, names, strict=True))
                for code, *names in self._connection.execute("SELECT code, en, fr, es, ar, zh FROM areas")
            }
        except sqlite3.Error:
            self._connection.close()
            raise

    def _check(self) -> int:
        """Return how many of the towns, the first ones, are large; raise sqlite3.Error for a file of another shape."""
        facts = dict(self._connection.execute("SELECT name, value FROM facts"))
        if facts.get("shape") != SHAPE or "large" not in facts:
            raise sqlite3.DatabaseError("a gazetteer of another shape")
        return int(facts["large"])

    def close(self) -> None:
        self._connection.close()

    def labels(self, prefix: str, language: str, most: int) -> list[str]:
        """Return labels that differ, the best first."""
        found: dict[str, None] = {}
        for match, last in _matches(prefix, language, self._large):
            for town, country, region in self._towns(match, language, last):
                found[self._label(town, country, region, language)] = None
                if len(found) == most:
                    return list(found)
        return list(found)

    def _towns(self, match: str, language: str, last: int) -> Iterator[tuple[str, str, str | None]]:
        # A column cannot be a parameter; this one has been found among the languages.
        return self._connection.execute(
            f"SELECT coalesce(towns.{language}, towns.name), country, region FROM found JOIN towns ON id = found.rowid"  # noqa: S608
            " WHERE found MATCH ? AND found.rowid <= ? ORDER BY found.rowid LIMIT ?",
            (match, last, _ROWS),
        )

    def _label(self, town: str, country: str, region: str | None, language: str) -> str:
        """Return a town with what tells it from others: "Sherbrooke (Quebec)", "Hamar (Norway)", "Monaco"."""
        for code in (region, country):
            area = self._areas.get(code or "", {}).get(language)
            if area and keys.key(area) != keys.key(town):
                return _BRACKETS.get(language, "{town} ({area})").format(town=town, area=area)
        return town


def _matches(prefix: str, language: str, large: int) -> Iterator[tuple[str, int]]:
    """Yield the full-text queries, the best first, and up to which town each looks.

    A key holds letters and digits alone and stands in quotes, so that none of it is taken for a query's own words.
    """
    shown = f"{{name {language}}}"
    yield f'{shown} : "{prefix}"', _EVERY
    if len(prefix) >= _TELLING:
        yield f'{_ANY} : "{prefix}"', large
    yield f'{shown} : "{prefix}"*', _EVERY
    yield f'{_ANY} : "{prefix}"*', _EVERY
    if len(prefix) >= _TELLING - 1:
        yield f'inner : "{prefix}"*', _EVERY
