"""Where the files that are not Python stand, in a checkout and in an installed wheel alike."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent

# A checkout keeps these folders beside the package; the wheel carries them inside it.
ROOT = _CHECKOUT if (_CHECKOUT / "templates" / "desk").is_dir() else _PACKAGE

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
MIGRATIONS = ROOT / "migrations"
TRANSLATIONS = _PACKAGE / "translations"
