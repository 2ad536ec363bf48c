"""Building the file: every town once, the largest first, under everything it may be called.

The full-text table's row numbers are the order by inhabitants, so that the first rows it meets are the ones to show
and nothing is ever sorted. A name is one word of it, spaces left out: a prefix of the name is a prefix of the word.
"""

import os
import re
import sqlite3
import tempfile
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from widget.gazetteer import keys, names
from widget.gazetteer.names import LANGUAGES
from widget.gazetteer.source import Town

# From so many inhabitants on, any other name of a town, typed in full, means that town.
_LARGE = 100_000

# Raised whenever the file's shape changes; the server leaves files of another shape alone.
SHAPE = 1

# Much of the index is put together in memory before any is written, which leaves little to merge.
# With `ascii` every letter beyond ASCII belongs to a word, whatever version of Unicode SQLite knows.
_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE areas (code TEXT PRIMARY KEY, en TEXT, fr TEXT, es TEXT, ar TEXT, zh TEXT) WITHOUT ROWID;
CREATE TABLE towns (id INTEGER PRIMARY KEY, name TEXT NOT NULL, en TEXT, fr TEXT, es TEXT, ar TEXT, zh TEXT,
    country TEXT NOT NULL, region TEXT);
CREATE VIRTUAL TABLE found USING fts5 (name, en, fr, es, ar, zh, other, inner,
    content='', detail=column, columnsize=0, tokenize='ascii', prefix='1 2 3 4');
INSERT INTO found (found, rank) VALUES ('hashsize', 67108864);
"""
# A draft that was interrupted is thrown away whole, so nothing need survive a crash; memory saves merging.
_PRAGMAS = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;"
_TOWN = "INSERT INTO towns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FOUND = (
    "INSERT INTO found (rowid, name, en, fr, es, ar, zh, other, inner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_AREA = "INSERT INTO areas VALUES (?, ?, ?, ?, ?, ?)"

# Codes of airports, and transliterations made by machine ("jnyf", "ri nei wa"): nobody calls a town so.
_NO_NAME = re.compile(r"[A-Z]{2,4}|[^A-Z\x80-\U0010ffff]*")

_APOSTROPHES = frozenset("'’‘")


@dataclass(frozen=True)
class Built:
    """What was built: how many towns, in how many seconds, into how many bytes."""

    towns: int
    seconds: float
    size: int


def build(path: Path, towns: Iterable[Town], source: str) -> Built:
    """Write the gazetteer beside its place, then put it there in one move, so that no reader meets half of it."""
    began = time.monotonic()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    draft = Path(name)
    try:
        with closing(sqlite3.connect(draft)) as connection:
            count = _write(connection, sorted(towns, key=_order), source)
        # The server may run under another account; there is nothing in it to hide.
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return Built(count, time.monotonic() - began, path.stat().st_size)


def _order(town: Town) -> tuple[int, str, str, str]:
    return (-town.population, town.name, town.country, town.region)


def _write(connection: sqlite3.Connection, towns: Collection[Town], source: str) -> int:
    connection.executescript(_PRAGMAS + _TABLES)
    areas, known = names.areas(), names.known(towns)
    connection.executemany(
        _AREA, ((code, *(by.get(language) for language in LANGUAGES)) for code, by in areas.items())
    )
    for rank, town in enumerate(towns, start=1):
        shown = names.display(town, known.get(town, {}))
        region = f"{town.country}.{town.region}"
        connection.execute(_TOWN, _row(rank, town, shown, region if region in areas else None))
        connection.execute(_FOUND, (rank, *_words(town, shown)))
    large = sum(town.population >= _LARGE for town in towns)
    facts = {"shape": str(SHAPE), "large": str(large), "towns": str(len(towns)), "source": source}
    connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
    connection.commit()
    return len(towns)


def _row(rank: int, town: Town, shown: Mapping[str, str], region: str | None) -> tuple[object, ...]:
    return (rank, town.name, *(shown.get(language) for language in LANGUAGES), town.country, region)


def _words(town: Town, shown: Mapping[str, str]) -> list[str]:
    """Return the columns of the full-text table for a town."""
    # "'s-Hertogenbosch" is found by its letters, but not before Sherbrooke by "sher".
    own = keys.of_names([] if town.name[0] in _APOSTROPHES else [town.name])
    by_language = [
        keys.of_names([shown[language]]) - own if language in shown else set() for language in LANGUAGES
    ]
    seen = own.union(*by_language)
    others = keys.of_names([town.name, *(name for name in town.others if not _NO_NAME.fullmatch(name))])
    within = keys.inside([town.name, *shown.values()])
    columns = [own, *by_language, others - seen, within - seen - others]
    return [" ".join(sorted(column)) for column in columns]
