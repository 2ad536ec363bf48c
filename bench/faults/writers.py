"""Writers: signed-in readers of the demo who send comments at a steady rate, and send again what was not answered.

Each comment has a key of its own, so that however often it is sent, it is to be there once.
"""

import http.client
import itertools
import secrets
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from werkzeug.test import TestResponse

from tests.support.forms import Page

_ATTEMPTS = 30
_PAUSE = 0.3
_TIMEOUT = 35
# One client address may send twenty comments in ten minutes; all of 127.0.0.0/8 is this machine.
_PER_ADDRESS = 15


@dataclass(frozen=True)
class _Body:
    """An answer in the shape that `Page` reads."""

    status_code: int
    text: str

    def get_data(self, as_text: bool = True) -> str:
        return self.text


class Writer:
    """One reader with a session, who can write under one article."""

    _addresses = itertools.count(1)

    def __init__(self, port: int, site: str, article: dict[str, str]) -> None:
        self._port, self._site = port, site
        self._query = urlencode({**article, "host": f"http://127.0.0.1:{port}"})
        self._cookies: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._sent = 0
        self._move_on()

    def _move_on(self) -> None:
        number = next(self._addresses)
        self._address = f"127.{10 + number // 60000}.{number // 250 % 240}.{number % 250 + 1}"

    def sign_in(self, email: str, password: str) -> bool:
        """Sign in and take up the form; tell whether this is somebody who may write."""
        self._take_up()
        self._post("sign-in", {"email": email, "password": password, "shown": "sign-in"})
        page = self._take_up()
        return page.facts.get("data-signed-in") == "true" and "key" in self._values

    def send(self, text: str, key: str) -> tuple[int, str]:
        """Send a comment once; return status and where the answer leads."""
        self._sent += 1
        if self._sent % _PER_ADDRESS == 0:
            self._move_on()
        return self._post("send", {"text": text, "key": key})

    def _take_up(self) -> Page:
        status, _, text = self._ask("GET", f"/embed/{self._site}?{self._query}")
        page = Page(cast(TestResponse, _Body(status, text)), "/")
        self._values = next((form.values for form in page.forms if form.id == "compose"), {})
        return page

    def _post(self, where: str, values: dict[str, str]) -> tuple[int, str]:
        body = urlencode({**self._values, **values})
        status, location, _ = self._ask("POST", f"/embed/{self._site}/{where}?{self._query}", body)
        return status, location

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=_TIMEOUT, source_address=(self._address, 0)
        )
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": cookies, "Accept": "text/html"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            for line in answer.headers.get_all("Set-Cookie", []):
                name, _, rest = line.partition("=")
                self._cookies[name] = rest.partition(";")[0]
            return answer.status, answer.getheader("Location") or "", text
        finally:
            connection.close()


class Writers:
    """Sends comments at a rate until left; `acknowledged` holds the text of each that was answered 303."""

    def __init__(self, writers: Sequence[Writer], rate: float, mark: str) -> None:
        self.acknowledged: list[str] = []
        self.answers: Counter[str] = Counter()
        self.waits: list[float] = []
        self._rate, self._mark = rate, mark
        self._numbers = itertools.count(1)
        self._enough = threading.Event()
        self._lock = threading.Lock()
        self._began = 0.0
        self._threads = [threading.Thread(target=self._write, args=(writer,)) for writer in writers]

    def __enter__(self) -> "Writers":
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()
        self._seconds = time.monotonic() - self._began

    @property
    def figures(self) -> dict[str, object]:
        """What to report."""
        waits = sorted(self.waits) or [0.0]
        return {
            "comments_acknowledged": len(self.acknowledged),
            "comments_a_second": round(len(self.acknowledged) / self._seconds, 1),
            "first_answers_ms_p50": round(1000 * waits[len(waits) // 2], 1),
            "first_answers_ms_p99": round(1000 * waits[len(waits) * 99 // 100], 1),
            "answers": dict(self.answers),
        }

    def _write(self, writer: Writer) -> None:
        pause = len(self._threads) / self._rate
        due = time.monotonic()
        while not self._enough.is_set():
            number = next(self._numbers)
            self._send(writer, f"{self._mark}: the {number}. remark about the ferries, plainly written.")
            due = max(due + pause, time.monotonic() - 1)
            time.sleep(max(0.0, due - time.monotonic()))

    def _send(self, writer: Writer, text: str) -> None:
        """Send one comment as often as it takes, as the frame's own script and a patient reader would."""
        key = secrets.token_urlsafe(16)
        for _ in range(_ATTEMPTS):
            began = time.monotonic()
            try:
                status, location = writer.send(text, key)
            except (OSError, http.client.HTTPException) as error:
                status, location = 0, type(error).__name__
            with self._lock:
                self.answers[str(status or location)] += 1
                self.waits.append(time.monotonic() - began)
                if status == 303 and "sent=" in location:
                    self.acknowledged.append(text)
                    return
            time.sleep(_PAUSE)
