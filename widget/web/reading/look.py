"""A site's look for this server's own pages and the composer's frame, where no style of a publisher's reaches."""

from flask import Response, request

from widget.db import db
from widget.services import looks, sites
from widget.services.looks import Look
from widget.web.reading import blueprint
from widget.web.reading.responses import CACHE_CONTROL, public

# Pages name the version of the site they were made for (`v`), and what that looked like does not change. Not for a year,
# since a backup may bring an earlier version back.
_FOR_A_DAY = "public, max-age=86400"


@blueprint.get("/public/<site_key>/look.css")
def look(site_key: str) -> Response:
    """Return the look as a style sheet, an empty one where a site has chosen none."""
    site = sites.by_key(db.session(), site_key)
    is_named = request.args.get("v") == str(site.version)
    return public(
        _sheet(Look.of(site.look)),
        "text/css; charset=utf-8",
        cache_control=_FOR_A_DAY if is_named else CACHE_CONTROL,
    )


def _sheet(chosen: Look) -> str:
    # As strong as the sheets' own rules for a theme that the frame was given, and loaded after them.
    rules = "".join(f"  {name}: {value};\n" for name, value in looks.own_style(chosen))
    block = f":root, :root[data-theme] {{\n{rules}}}\n" if rules else ""
    return f"@supports (color: light-dark(#000, #fff)) {{\n{block}}}\n" if block else ""
