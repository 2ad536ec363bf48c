"""Public bytes on their way: compressed, tagged by content, cacheable, readable from any origin."""

from flask import Response, request

from widget.web.reading import compressing

# nginx, Varnish or a CDN multiplies this; a reader's own browser asks again each time.
CACHE_CONTROL = "public, max-age=0, s-maxage=5, stale-while-revalidate=5, stale-if-error=60"
IMMUTABLE = "public, max-age=31536000, immutable"


def public(body: str | bytes, content_type: str, *, cache_control: str = CACHE_CONTROL) -> Response:
    """Return a public answer with a strong ETag, a 304 where the reader has it, and CORS for everybody."""
    raw = body.encode() if isinstance(body, str) else body
    return encoded(*compressing.compressed(raw, encoding_wanted()), content_type, cache_control)


def encoded(content: bytes, encoding: str, content_type: str, cache_control: str) -> Response:
    """Return bytes that are compressed already."""
    response = Response(content, content_type=content_type)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Cache-Control"] = cache_control
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Timing-Allow-Origin"] = "*"
    response.set_etag(compressing.tag(content, encoding))
    response.make_conditional(request)
    return response


def encoding_wanted() -> str:
    """Return the encoding that the present request takes."""
    return compressing.wanted(request.headers.get("Accept-Encoding", ""))
