"""Applications for tests, which share the work of compiling templates: many are made in a run, all of the same code."""

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from widget.app import create_app
from widget.config import Settings


class _Compiled(BytecodeCache):
    """Keeps what Jinja compiled for the life of the process; a bucket's checksum is that of its source."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        kept = self._kept.get((bucket.key, bucket.checksum))
        if kept is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def application(settings: Settings) -> Flask:
    """Return an application whose templates need not be compiled again."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = _COMPILED
    return app
