"""Security headers: pure functions from what a page is to what the browser is told."""

from collections.abc import Sequence

from flask import Flask, Response, g, request

from widget.config import Settings
from widget.web import audience
from widget.web.audience import Audience

_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
_DIRECTIVES = (
    ("default-src", "'none'"),
    ("script-src", "'self'"),
    ("style-src", "'self'"),
    ("img-src", "'self' data:"),
    ("font-src", "'self'"),
    ("connect-src", "'self'"),
    ("frame-src", "'self'"),
    ("form-action", "'self'"),
    ("base-uri", "'none'"),
)
# Publishers' pages load these from another site.
_CROSS_ORIGIN = frozenset({Audience.PUBLIC, Audience.EMBED})


def content_security_policy(where: Audience, ancestors: Sequence[str]) -> str:
    """Return the policy of a page: nothing inline, nothing foreign, framed by nobody but `ancestors`."""
    parts = [" ".join(part) for part in _DIRECTIVES]
    parts.append("frame-ancestors " + (" ".join(ancestors) if ancestors else "'none'"))
    if where is Audience.DESK:
        parts += ["require-trusted-types-for 'script'", "trusted-types byline-desk"]
    return "; ".join(parts)


def security_headers(where: Audience, ancestors: Sequence[str], *, secure: bool) -> dict[str, str]:
    """Return the headers every response of an audience carries."""
    named = {
        "Content-Security-Policy": content_security_policy(where, ancestors),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": _PERMISSIONS,
        "Cross-Origin-Resource-Policy": "cross-origin" if where in _CROSS_ORIGIN else "same-origin",
    }
    if where is not Audience.PUBLIC:
        named["Cache-Control"] = "no-store"
        named["X-Robots-Tag"] = "noindex"
    if where in {Audience.DESK, Audience.ACCOUNT}:
        named["Cross-Origin-Opener-Policy"] = "same-origin"
    if secure:
        named["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return named


def allow_framing_by(origins: Sequence[str]) -> None:
    """Let these origins, and this server's own pages, frame the present response."""
    g.frame_ancestors = ["'self'", *origins]


def init_app(app: Flask, settings: Settings) -> None:
    """Set the headers on every response; a view that set one itself keeps it."""

    @app.after_request
    def protect(response: Response) -> Response:
        where = audience.of_path(request.path)
        ancestors = g.get("frame_ancestors", [])
        for name, value in security_headers(where, ancestors, secure=settings.secure).items():
            response.headers.setdefault(name, value)
        return response
