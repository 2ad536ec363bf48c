"""What a site tells the public about its moderation, where it chose to."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_skeleton
from flask import Response, abort, render_template, request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from widget import clock
from widget.db import db
from widget.models import AppealOutcome
from widget.services import transparency as told
from widget.web import language, lengths
from widget.web.reading import blueprint
from widget.web.reading.responses import public

# What became of a ban that somebody replied to, in the order in which the page names it.
OUTCOMES: Mapping[AppealOutcome, LazyString] = {
    AppealOutcome.KEPT: _l("the ban stands"),
    AppealOutcome.SHORTENED: _l("the ban was shortened"),
    AppealOutcome.LIFTED: _l("the ban was lifted"),
}


@blueprint.get("/transparency/<site_key>")
def transparency(site_key: str) -> Response:
    """List the months of which a site tells; 404 where it does not."""
    site = told.site(db.session(), site_key)
    language.speak_to_reader(site, request.args.get("lang"))
    body = render_template(
        "reading/transparency.html",
        site=site,
        months=told.months(db.session(), site.id, clock.now()),
        month_name=month_name,
    )
    return public(body, "text/html; charset=utf-8")


@blueprint.get("/transparency/<site_key>/<month>")
def transparency_month(site_key: str, month: str) -> Response:
    """Tell of one month, as YYYY-MM, that is over."""
    site = told.site(db.session(), site_key)
    language.speak_to_reader(site, request.args.get("lang"))
    shown = told.month(db.session(), site.id, _first_day(month), clock.now())
    body = render_template(
        "reading/transparency_month.html",
        site=site,
        month=shown,
        month_name=month_name,
        length=lengths.length,
        whole=lengths.whole,
        outcomes=OUTCOMES,
    )
    return public(body, "text/html; charset=utf-8")


def month_name(first: date) -> str:
    """Return a month with its year, as the page's language writes it."""
    return format_skeleton("yMMMM", first, locale=get_locale())


def _first_day(month: str) -> date:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        abort(404)
    # Other ways of writing a date are no address of ours.
    if f"{first:%Y-%m}" != month:
        abort(404)
    return first
