"""Where the files that are not Python stand, in a checkout and in an installed wheel alike, and how ours are made."""

import os
from contextlib import suppress
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent

# A checkout keeps these folders beside the package; the wheel carries them inside it.
ROOT = _CHECKOUT if (_CHECKOUT / "templates" / "desk").is_dir() else _PACKAGE

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
MIGRATIONS = ROOT / "migrations"
TRANSLATIONS = _PACKAGE / "translations"
# How granian logs, as Python's `logging.config` reads it.
SERVING = _PACKAGE / "serving.json"


def own_folder(path: Path) -> None:
    """Make a folder that its owner alone may enter; one that is there stays as it is."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)


def own_file(path: Path) -> None:
    """Make an empty file that its owner alone may read; one that is there stays as it is.

    It is made before SQLite opens it, which gives its mode to the log and the index beside it. Where it cannot be made,
    whoever opens it says why.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
