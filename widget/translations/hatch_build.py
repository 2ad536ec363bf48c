"""Compiles the translation catalogues when a wheel is built, so that no compiled file is ever committed."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling's custom build hook: writes `messages.mo` beside every `messages.po` of the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile all catalogues; raise `FileNotFoundError` where there is none, since a wheel needs them."""
        catalogues = sorted(Path(self.root).glob("widget/translations/*/LC_MESSAGES/messages.po"))
        if not catalogues:
            raise FileNotFoundError("widget/translations holds no catalogue to compile")
        for source in catalogues:
            compile_catalogue(source)


def compile_catalogue(source: Path) -> Path:
    """Write the compiled form of one `.po` file beside it, and return where.

    The file is put in place in one step: a server that starts meanwhile reads the old one or the new one.
    """
    locale = source.parent.parent.name
    with source.open("rb") as stream:
        catalogue = read_po(stream, locale=locale, domain=source.stem, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    target = source.with_suffix(".mo")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    unfinished.write_bytes(compiled.getvalue())
    unfinished.replace(target)
    return target
