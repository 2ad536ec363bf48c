"""The script that publishers load, made from its two readable sources."""

import base64
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import brotli
import rcssmin
import rjsmin

from widget.web.reading.shortening import shorten

PLACEHOLDER = '"__BYLINE_CSS__"'
DIGEST_LENGTH = 16
# Where a function begins, as the script is laid out.
_FUNCTION = re.compile(r"^(?=  \w| {4}(?!for|if|while)(?:async )?\w+\(.*\) \{$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The embed script as it is served: its bytes, the same compressed, and what identifies them.

    `js` is UTF-8 and must be served with that charset, whatever encoding the host page has. `digest` is
    the start of the SHA-256 in hexadecimal, for `/embed.<digest>.js`; `integrity` is the value of a script
    tag's attribute of that name, which browsers compare with the uncompressed bytes.
    """

    js: bytes
    gzip: bytes
    brotli: bytes
    digest: str
    integrity: str


def build(static: Path) -> Bundle:
    """Minify and join `embed/byline.js` and `embed/byline.css` below *static*, and compress the result.

    The same sources always give the same bytes, so that every node of a cluster names the script alike.
    Raises `FileNotFoundError` when a source is missing and `ValueError` when the script does not hold the
    place for the style sheet exactly once.
    """
    source = (static / "embed" / "byline.js").read_text("utf-8")
    script = shorten([rjsmin.jsmin(function) for function in _FUNCTION.split(source)])
    style = rcssmin.cssmin((static / "embed" / "byline.css").read_text("utf-8"))
    if script.count(PLACEHOLDER) != 1:
        raise ValueError(f"byline.js must hold {PLACEHOLDER} exactly once, the place of the style sheet.")
    return compress(script.replace(PLACEHOLDER, json.dumps(style, ensure_ascii=False)).encode())


def compress(js: bytes) -> Bundle:
    """Return a script's bytes with all that is served of them."""
    return Bundle(
        js=js,
        # A time in the header would make two builds of the same script differ.
        gzip=gzip.compress(js, 9, mtime=0),
        brotli=brotli.compress(js, mode=brotli.MODE_TEXT, quality=11),
        digest=hashlib.sha256(js).hexdigest()[:DIGEST_LENGTH],
        integrity="sha384-" + base64.b64encode(hashlib.sha384(js).digest()).decode("ascii"),
    )
