"""What a process remembers of each site of a database, so that it need not be read for every request."""

from threading import Lock
from typing import ClassVar, Generic, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Engine
from sqlalchemy.orm import Session

_Value = TypeVar("_Value")


class Remembered(Generic[_Value]):
    """Values by database and site, for `most` sites of each database; the one kept first goes first.

    It knows nothing of how long a value holds: whoever asks keeps beside it what tells that.
    """

    _all: ClassVar["WeakSet[Remembered[object]]"] = WeakSet()

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: WeakKeyDictionary[Engine, dict[int, _Value]] = WeakKeyDictionary()
        self._lock = Lock()
        Remembered._all.add(self)  # type: ignore[arg-type]

    def get(self, session: Session, site_id: int) -> _Value | None:
        """Return what is remembered of a site of the session's database, or None."""
        with self._lock:
            return self._values.get(session.get_bind().engine, {}).get(site_id)

    def keep(self, session: Session, site_id: int, value: _Value) -> None:
        """Remember a site's value in place of the one before."""
        with self._lock:
            sites = self._values.setdefault(session.get_bind().engine, {})
            sites.pop(site_id, None)
            if len(sites) >= self._most:
                sites.pop(next(iter(sites)))
            sites[site_id] = value

    @classmethod
    def forget_all(cls) -> None:
        """Forget everything of every database, as when another one takes the place of the one in use."""
        for each in cls._all:
            with each._lock:
                each._values.clear()
