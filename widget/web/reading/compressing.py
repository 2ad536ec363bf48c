"""Bytes made smaller for their way, the same each time, and the tag that names them."""

import hashlib
from functools import lru_cache

import brotli
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from zlib_ng import gzip_ng

# Below this a compressed answer is not smaller on the wire.
_WORTH_COMPRESSING = 300
# zlib-ng's fifth level comes within a hundredth of zlib's sixth on a page of letters, in well under half of the time.
_GZIP, _BROTLI = 5, 5


def compressed(raw: bytes, encoding: str) -> tuple[bytes, str]:
    """Return a body in an encoding and which one that is: none for what is too short to gain."""
    if len(raw) < _WORTH_COMPRESSING or not encoding:
        return raw, ""
    if encoding == "br":
        return bytes(brotli.compress(raw, quality=_BROTLI)), encoding
    # A fixed time keeps the bytes, and so the ETag, the same for the same content.
    return bytes(gzip_ng.compress(raw, compresslevel=_GZIP, mtime=0)), encoding  # type: ignore[no-untyped-call]


def tag(body: bytes, encoding: str) -> str:
    """Return the strong entity tag of a body in an encoding, without its quotation marks."""
    return hashlib.sha256(encoding.encode() + body).hexdigest()[:32]


@lru_cache(maxsize=256)
def wanted(accepts: str) -> str:
    """Return `br`, `gzip` or nothing, whichever an `Accept-Encoding` takes, the smaller first."""
    accepted = parse_accept_header(accepts, Accept)
    return next((name for name in ("br", "gzip") if accepted[name] > 0), "")
