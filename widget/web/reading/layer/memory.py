"""What was used last stays in memory, up to a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Keeps values by key until they exceed `limit` bytes in all; then those not used for longest go first."""

    def __init__(self, limit: int) -> None:
        """Keep up to `limit` bytes."""
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._kept)

    def get(self, key: Hashable) -> Value | None:
        """Return a value, and count it as used."""
        found = self._kept.get(key)
        if found is None:
            return None
        try:  # noqa: SIM105 (a context manager costs as much as all the rest, on the way of every reader)
            self._kept.move_to_end(key)
        except KeyError:
            pass  # Another thread made room just now; what was found is as good.
        return found[0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Keep a value that takes so many bytes, in place of the one before."""
        with self._lock:
            before = self._kept.pop(key, None)
            self.size -= before[1] if before else 0
            if size > self.limit:
                return
            self._kept[key] = (value, size)
            self.size += size
            while self.size > self.limit:
                _key, (_value, freed) = self._kept.popitem(last=False)
                self.size -= freed

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self.size = 0
