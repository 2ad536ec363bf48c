"""The few other public pages: the netiquette, the front, what robots and researchers look for."""

from datetime import timedelta

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from widget import clock
from widget.config import LANGUAGES
from widget.db import db
from widget.extensions import settings
from widget.netiquette.changes import between
from widget.services import netiquettes, sites
from widget.web import language
from widget.web.assets import iso
from widget.web.reading import blueprint
from widget.web.reading.responses import public


@blueprint.get("/netiquette/<site_key>")
def netiquette(site_key: str) -> Response:
    """Show the netiquette in force, or an earlier version by `?version=`; with `?changes=1` what changed in it."""
    site = sites.by_key(db.session(), site_key)
    language.speak_to_reader(site, request.args.get("lang"))
    wanted = request.args.get("version", type=int)
    versions = netiquettes.versions(db.session(), site.id)
    shown = (
        next((version for version in versions if version.number == wanted), None) if wanted else versions[0]
    )
    if shown is None:
        abort(404)
    replaced = netiquettes.before(db.session(), shown) if request.args.get("changes") == "1" else None
    changed = replaced and between(
        netiquettes.version_of(replaced), netiquettes.version_of(shown), language.selected()
    )
    body = render_template(
        "reading/netiquette.html",
        site=site,
        shown=shown,
        versions=versions,
        replaced=replaced,
        changed=changed,
    )
    return public(body, "text/html; charset=utf-8")


@blueprint.get("/")
def front() -> ResponseReturnValue:
    """Say in a few words what this server is; the demo has its own front page.

    It speaks English unless `?lang=` asks for another: a cache holds one page for all readers.
    """
    if settings().demo:
        return redirect(url_for("demo.front"))
    asked = request.args.get("lang")
    language.speak(asked if asked in LANGUAGES else LANGUAGES[0])
    return public(render_template("reading/front.html"), "text/html; charset=utf-8")


@blueprint.get("/robots.txt")
def robots_txt() -> Response:
    """Let search engines read what is public (rule 17) and leave the forms alone."""
    text = "User-agent: *\nDisallow: /desk/\nDisallow: /embed/\nDisallow: /account/\n"
    return public(text, "text/plain; charset=utf-8")


@blueprint.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Say where weaknesses are reported (RFC 9116); 404 until the operator has set an address."""
    contact = settings().security_contact
    if not contact:
        abort(404)
    expires = iso((clock.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0))
    where = f"{settings().origin}/.well-known/security.txt"
    return public(
        f"Contact: {contact}\nExpires: {expires}\nCanonical: {where}\n", "text/plain; charset=utf-8"
    )
