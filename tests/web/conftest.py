"""The web's tests run on one application per engine and worker, emptied after each."""

from tests.support.reused import app, lasting_postgresql, lasting_sqlite

__all__ = ["app", "lasting_postgresql", "lasting_sqlite"]
