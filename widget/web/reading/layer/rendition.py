"""One rendering in its encodings, each ready to be sent: bytes, and the headers of a 200 and of a 304."""

import gzip
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import brotli

from widget.web.reading import compressing

Headers = list[tuple[str, str]]

# What says something of the body alone, which a 304 has none of.
_OF_BODY = frozenset({"content-type", "content-length", "content-encoding"})
# Written for each form; the server dates each answer itself.
_MADE_ANEW = frozenset({"content-length", "content-encoding", "etag", "date"})
# What an object of Python and its headers take beside the body, roughly.
_OVERHEAD = 3000


@dataclass(frozen=True, slots=True)
class Form:
    """A body in one encoding with its headers."""

    body: bytes
    encoding: str
    etag: str
    headers: Headers
    headers_unmodified: Headers


@dataclass(slots=True)
class Rendition:
    """What one key had at one version; `forms` grows by the encodings that readers ask for."""

    stamp: Hashable
    forms: dict[str, Form] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return sum(len(form.body) + _OVERHEAD for form in self.forms.values())

    def form(self, encoding: str) -> Form | None:
        """Return the body in an encoding, made from one that is there where it has to be."""
        known = self.forms.get(encoding)
        if known is not None or not self.forms:
            return known
        other = next(iter(self.forms.values()))
        return self.add(_unpacked(other), encoding, other.headers)

    def add(self, raw: bytes, encoding: str, headers: Sequence[tuple[str, str]]) -> Form:
        """Compress a body, or leave it alone where that saves nothing; keep and return it."""
        body, used = compressing.compressed(raw, encoding)
        made = ready(body, used, headers)
        self.forms[encoding] = made
        return made


def ready(body: bytes, encoding: str, headers: Sequence[tuple[str, str]]) -> Form:
    """Return a form of a body that is compressed already; of `headers` those that another form had are left out."""
    etag = f'"{compressing.tag(body, encoding)}"'
    kept = [(name, value) for name, value in headers if name.lower() not in _MADE_ANEW]
    encoded = [("Content-Encoding", encoding)] if encoding else []
    whole = [*kept, *encoded, ("Content-Length", str(len(body))), ("ETag", etag)]
    unmodified = [(name, value) for name, value in whole if name.lower() not in _OF_BODY]
    return Form(body, encoding, etag, whole, unmodified)


def _unpacked(form: Form) -> bytes:
    if form.encoding == "br":
        return bytes(brotli.decompress(form.body))
    return gzip.decompress(form.body) if form.encoding == "gzip" else form.body
