"""Public bytes on their way: compressed, tagged by content, cacheable, readable from any origin."""

import gzip
import hashlib

import brotli
from flask import Response, request

# nginx, Varnish or a CDN multiplies this; a reader's own browser asks again each time.
CACHE_CONTROL = "public, max-age=0, s-maxage=5, stale-while-revalidate=5, stale-if-error=60"
IMMUTABLE = "public, max-age=31536000, immutable"
# Below this a compressed answer is not smaller on the wire.
_WORTH_COMPRESSING = 300


def public(body: str | bytes, content_type: str, *, cache_control: str = CACHE_CONTROL) -> Response:
    """Return a public answer with a strong ETag, a 304 where the reader has it, and CORS for everybody."""
    raw = body.encode() if isinstance(body, str) else body
    encoding = encoding_wanted() if len(raw) >= _WORTH_COMPRESSING else ""
    return encoded(_compressed(raw, encoding), encoding, content_type, cache_control)


def encoded(content: bytes, encoding: str, content_type: str, cache_control: str) -> Response:
    """Return bytes that are compressed already."""
    response = Response(content, content_type=content_type)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Cache-Control"] = cache_control
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Timing-Allow-Origin"] = "*"
    response.set_etag(hashlib.sha256(encoding.encode() + content).hexdigest()[:32])
    response.make_conditional(request)
    return response


def encoding_wanted() -> str:
    """Return `br`, `gzip` or nothing, whichever the reader takes, the smaller first."""
    for name in ("br", "gzip"):
        if request.accept_encodings[name] > 0:
            return name
    return ""


def _compressed(raw: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(raw, quality=5))
    if encoding == "gzip":
        # A fixed time keeps the bytes, and so the ETag, the same for the same content.
        return gzip.compress(raw, compresslevel=6, mtime=0)
    return raw
