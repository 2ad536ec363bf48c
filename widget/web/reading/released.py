"""Scripts of earlier releases, which publishers may have pinned by their hash: kept as files, served for good.

Each server keeps the script that it serves in `released/` of its instance folder, so that the release after it
still has it. What a release brings along stands in `static/embed/released/`.
"""

import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from widget.web.reading.bundle import Bundle, compress

_log = logging.getLogger(__name__)

FOLDER = "released"


def keep(bundle: Bundle, folder: Path) -> None:
    """Write a script into a folder under its digest unless it is there; only warn where that cannot be."""
    path = folder / f"{bundle.digest}.js"
    part = folder / f"{bundle.digest}.{uuid4().hex}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if _read(path, bundle.digest) is None:
            part.write_bytes(bundle.js)
            part.replace(path)
    except OSError as error:
        # Readers have the script all the same; what is missed is that the next release still serves it.
        _log.warning("the script could not be kept for the next release: %s", error)


def find(digest: str, folders: Sequence[Path]) -> Bundle | None:
    """Return the script of a digest from the first folder that holds it, ready-compressed."""
    if not (digest.isascii() and digest.isalnum()):
        return None
    return next((found for folder in folders if (found := _ready(folder / f"{digest}.js", digest))), None)


def _ready(path: Path, digest: str) -> Bundle | None:
    try:
        found = path.stat()
    except OSError:
        return None
    # By its age and size, since a file that is just being copied here is not whole yet.
    return _compressed(path, digest, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=32)
def _compressed(path: Path, digest: str, changed: int, size: int) -> Bundle | None:
    return _read(path, digest)


def _read(path: Path, digest: str) -> Bundle | None:
    """Return a file's script, or None where it is missing or its bytes are not those of its name."""
    try:
        bundle = compress(path.read_bytes())
    except FileNotFoundError:
        return None
    return bundle if bundle.digest == digest else None
