"""Readers who write, each with a browser's cookies and a connection of their own: plain HTTP, CSRF and all."""

import http.client
import re
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from bench.reading.newsroom import ORIGIN, PASSWORD, SITE

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_KEY = re.compile(r'name="key"[^>]*value="([^"]+)"')
_NETIQUETTE = re.compile(r'name="netiquette"[^>]*value="([^"]+)"')


@dataclass
class Reader:
    """A signed-in reader before the composer; `address` is the client's, as a trusted proxy would name it."""

    base: str
    number: int
    article: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    netiquette: str = ""
    connection: http.client.HTTPConnection | None = None

    @property
    def address(self) -> str:
        """An address of its own, which the limits on one address count."""
        return f"10.{self.number // 65536}.{self.number // 256 % 256}.{self.number % 256}"

    @property
    def about(self) -> dict[str, str]:
        """What the page says of its article."""
        url = f"{ORIGIN}/{self.article}"
        return {
            "article": self.article,
            "url": url,
            "title": f"About {self.article}",
            "lang": "en",
            "host": ORIGIN,
        }

    def sign_in(self) -> None:
        """Open the composer, sign in, and keep what the form must carry."""
        page = self._get()
        form = {
            **self.about,
            "csrf_token": self._found(_TOKEN, page),
            "email": f"reader{self.number}@post.example",
            "password": PASSWORD,
        }
        status, _ = self._request("POST", f"/embed/{SITE}/sign-in", form)
        if status != 303:
            raise SystemExit(f"reader {self.number} could not sign in: {status}")
        page = self._get()
        self.token = self._found(_TOKEN, page)
        found = _NETIQUETTE.search(page)
        self.netiquette = found[1] if found else ""

    def send(self, words: str, key: str = "") -> tuple[int, float]:
        """Send a comment; return the status and the milliseconds it took."""
        form = {
            **self.about,
            "csrf_token": self.token,
            "key": key or uuid.uuid4().hex,
            "netiquette": self.netiquette,
            "text": words,
        }
        began = time.perf_counter()
        status, _ = self._request("POST", f"/embed/{SITE}/send", form)
        return status, (time.perf_counter() - began) * 1000

    def _get(self) -> str:
        status, page = self._request("GET", f"/embed/{SITE}?{urlencode(self.about)}")
        if status != 200:
            raise SystemExit(f"the composer answers {status}")
        return page

    def _request(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=30)
        headers = {"X-Forwarded-For": self.address, "Accept-Encoding": "identity"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
                "Origin": self.base,
            }
        sent = urlencode(form) if form is not None else None
        try:
            self.connection.request(method, path, sent, headers)
            answer = self.connection.getresponse()
        except ConnectionError:
            # The server closed a connection that was idle, as it does after ten seconds; a browser opens another.
            self.connection.close()
            self.connection.request(method, path, sent, headers)
            answer = self.connection.getresponse()
        body = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, body

    @staticmethod
    def _found(pattern: re.Pattern[str], page: str) -> str:
        found = pattern.search(page)
        if found is None:
            raise SystemExit(f"the composer has no {pattern.pattern}")
        return found[1]
