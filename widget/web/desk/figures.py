"""The page of figures, each of its tables as a file, and what a site sets about them."""

from datetime import UTC, date, timedelta

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.moderation.permissions import Permission
from widget.services import figures as counted
from widget.services import second_readings, sites
from widget.services.figures import Figures
from widget.services.span import Span
from widget.web import identity, lengths
from widget.web.desk import answers, blueprint, consistency, sections, wording
from widget.web.desk.forms import FiguresForm, read
from widget.web.desk.scope import LARGEST_ID, ids_for, sites_for
from widget.web.desk.sheets import Section, download

LONGEST = 400
_USUAL = 30


@blueprint.get("/figures")
def figures() -> str:
    """Show the figures of the colleague's sites, or of one of them, over some days."""
    chosen, span = _chosen(), span_asked(clock.now().astimezone(UTC).date())
    found = _gathered(chosen, span)
    return render_template(
        "desk/figures.html",
        figures=found,
        sections=_sections(found, chosen, span),
        span=span,
        wrong=_span_problems(clock.now().astimezone(UTC).date()),
        longest=LONGEST,
        names=_names(),
        chosen=next(iter(chosen)) if len(chosen) == 1 else None,
        settable=sites_for(Permission.SET_FIGURES),
        length=lengths.length,
        whole=lengths.whole,
        waiting=wording.waiting,
        readings=second_readings.count(db.session(), identity.colleague(), ids_for(Permission.DECIDE)),
    )


@blueprint.get("/figures/<table>.csv")
def figures_csv(table: str) -> Response:
    """Hand out one of the tables of the page as it stands there."""
    chosen, span = _chosen(), span_asked(clock.now().astimezone(UTC).date())
    found = {
        section.sheet.name: section.sheet for section in _sections(_gathered(chosen, span), chosen, span)
    }
    if table not in found:
        abort(404)
    return download(found[table].as_csv(), f"{table}-{span.first}-{span.last}")


@blueprint.post(f"/figures/<int(max={LARGEST_ID}):site_id>/settings")
def set_figures(site_id: int) -> ResponseReturnValue:
    """Set the share read twice, and whether the public sees the site's figures."""
    form = read(FiguresForm)
    site = sites.set_figures(
        db.session(),
        identity.colleague(),
        site_id,
        percent=form.percent.data or 0,
        transparency=form.transparency.data,
        now=clock.now(),
    )
    return answers.done(gettext("Set for %(site)s.", site=site.name), form.back.data)


def _span_problems(today: date) -> dict[str, str]:
    """Return a sentence for each field of a span that cannot be shown as it was asked for."""
    last = min(_day("to") or today, today)
    first = _day("from")
    if first is None:
        return {}
    if first > last:
        return {
            "from": gettext("The first day comes after the last one: what is shown is the last day alone.")
        }
    if (last - first).days >= LONGEST:
        return {
            "from": gettext("At most %(most)s days are shown: the last of those you asked for.", most=LONGEST)
        }
    return {}


def span_asked(today: date) -> Span:
    """Return the days that the address names, at most `LONGEST`; the last thirty where it names none."""
    last = min(_day("to") or today, today)
    first = _day("from") or last - timedelta(days=_USUAL - 1)
    first = min(first, last)
    return Span(max(first, last - timedelta(days=LONGEST - 1)), last)


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    # Earlier than anything there is, and far from where arithmetic with dates ends.
    return max(found, date(2000, 1, 1))


def _names() -> dict[int, str]:
    return {site.id: site.name for site in sites_for(Permission.READ_FIGURES)}


def _chosen() -> dict[int, str]:
    """Return the sites asked for by `site`, or all that the colleague may see; 404 for any other."""
    names, asked = _names(), request.args.get("site", "")
    if not asked:
        return names
    if not asked.isdecimal() or len(asked) > 12 or int(asked) not in names:
        abort(404)
    return {int(asked): names[int(asked)]}


def _gathered(chosen: dict[int, str], span: Span) -> Figures:
    of_colleagues = identity.colleague().sites_where(Permission.READ_COLLEAGUES_FIGURES, chosen)
    return counted.gather(db.session(), list(chosen), of_colleagues, span, clock.now())


def _sections(found: Figures, chosen: dict[int, str], span: Span) -> list[Section]:
    """Return the sections in order; that by moderator only for whom it is meant."""
    shown = [
        sections.through_the_day(found),
        sections.over_time(found, span),
        sections.refusals(found),
        sections.by_site(found, chosen),
    ]
    if identity.colleague().sites_where(Permission.READ_COLLEAGUES_FIGURES, chosen):
        shown.append(sections.by_moderator(found))
    return [*shown, consistency.overturned(found), consistency.agreement(found)]
