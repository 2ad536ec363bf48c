"""Stands between Byline and its PostgreSQL, and can fall silent: as a network that is cut, or a server that is frozen."""

import shutil
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import make_url

_SOCKET = ".s.PGSQL.5432"
# Whoever waits without end is to fail a test, not to hang it.
_LONGEST = 20


class Relay:
    """Hands on what is said over a Unix socket, until it is told to be silent, as a context manager.

    Silent, it takes connections and closes none; what was said meanwhile arrives once it hands on again.
    """

    def __init__(self, url: str) -> None:
        self._beyond = Path(str(make_url(url).query["host"])) / _SOCKET
        # Not pytest's own temporary directory: a Unix socket's path may have no more than 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="byline-relay-", dir="/tmp"))
        self.url = (
            make_url(url).update_query_dict({"host": str(self._folder)}).render_as_string(hide_password=False)
        )
        self._listening = socket.socket(socket.AF_UNIX)
        self._handing_on = threading.Event()
        self._handing_on.set()
        self._open: list[socket.socket] = [self._listening]

    def __enter__(self) -> "Relay":
        self._listening.bind(str(self._folder / _SOCKET))
        self._listening.listen(64)
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._handing_on.set()
        for one in self._open:
            # Closing alone wakes nobody who waits for it.
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        shutil.rmtree(self._folder)

    def fall_silent(self) -> None:
        """Hand on nothing more."""
        self._handing_on.clear()

    def hand_on(self) -> None:
        """Be as if nothing had been."""
        self._handing_on.set()

    def _take(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(str(self._beyond))
            self._open += [near, far]
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._hand_on, args=pair, daemon=True).start()

    def _hand_on(self, near: socket.socket, far: socket.socket) -> None:
        try:
            while said := near.recv(65536):
                self._handing_on.wait(_LONGEST)
                far.sendall(said)
            far.shutdown(socket.SHUT_WR)
        except OSError:
            return
