"""nginx with the shipped configuration before two servers that answer as they are told."""

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.servers import Server
from tests.support.upstream import Answer, Upstream


@dataclass(frozen=True)
class Got:
    """An answer: status, headers by small letters, body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Front:
    """nginx before two servers."""

    port: int
    one: Upstream
    two: Upstream
    server: Server

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Got:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            return Got(
                answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
            )
        finally:
            connection.close()

    @property
    def asked(self) -> int:
        return len(self.one.asked) + len(self.two.asked)

    def answer(self, answer: Answer) -> None:
        self.one.answer = self.two.answer = answer

    @property
    def last(self) -> dict[str, str]:
        return max((*self.one.asked, *self.two.asked), key=lambda asked: asked.at).headers


def eventually(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for a condition; fail when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)
