"""The settings of a site: what it is called, where its articles stand, in which languages, and how long it keeps what."""

from collections.abc import Mapping
from typing import cast

from flask import flash, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from widget import clock
from widget.config import LANGUAGES
from widget.db import db
from widget.errors import Refusal, Refusals
from widget.models import Site
from widget.moderation.permissions import Permission
from widget.services import setting_limits, site_settings
from widget.services.site_settings import Changed, Changes
from widget.web import identity
from widget.web.desk import answered, answers, blueprint, wording
from widget.web.desk.forms import DeskForm, read
from widget.web.desk.scope import LARGEST_ID, require, sites_for

SITE = f"/settings/<int(max={LARGEST_ID}):site_id>"


@blueprint.get("/settings")
def settings() -> ResponseReturnValue:
    """Show the settings of the colleague's only site, or let the colleague choose among several."""
    known = sites_for(Permission.CHANGE_SETTINGS)
    if len(known) == 1:
        return _page(known[0])
    return render_template("desk/settings.html", sites=known)


@blueprint.get(SITE)
def settings_of(site_id: int) -> ResponseReturnValue:
    """Show what a site has set."""
    return _page(site_of(site_id))


@blueprint.post(SITE)
def change_settings(site_id: int) -> ResponseReturnValue:
    """Change what was changed on the page, all of it or nothing."""
    form = read(DeskForm)
    changes = cast(Changes, answered.changes())
    try:
        changed = site_settings.change(db.session(), identity.colleague(), site_id, changes, clock.now())
    except Refusals as refusals:
        db.session.rollback()
        return make_response(_page(site_of(site_id), problems(refusals)), refusals.status)
    message = gettext("Saved.") if changed.names else gettext("Everything stays as it was.")
    answer = answers.done(message, form.back.data)
    for sentence in _left_behind(changed):
        flash(sentence, "notice")
    return answer


def site_of(site_id: int) -> Site:
    """Return a site whose settings the colleague may change; answer 404 for any other."""
    require(site_id, Permission.CHANGE_SETTINGS)
    return db.session.get_one(Site, site_id)


def problems(refusals: Refusals | Refusal) -> dict[str, str]:
    """Return a sentence for each field that something is wrong with; what belongs to none is under nothing."""
    several = refusals.refusals if isinstance(refusals, Refusals) else [refusals]
    return {refusal.field or "": wording.refusal(refusal, clock.now()) for refusal in several}


def _page(site: Site, wrong: Mapping[str, str] | None = None) -> str:
    """Show the form: as the site is, or as it was sent where something is wrong with it."""
    stored = answered.of(site)
    return render_template(
        "desk/settings_site.html",
        site=site,
        was={**stored, **answered.shown()} if wrong else stored,
        typed=_as_sent(stored) if wrong else stored,
        wrong=wrong or {},
        usage=site_settings.usage(db.session(), site),
        languages=LANGUAGES,
        limits=setting_limits,
        is_administrator=identity.colleague().may(Permission.MANAGE_SITES, site.id),
    )


def _as_sent(stored: Mapping[str, str]) -> dict[str, str]:
    sent, known = answered.sent(), answered.shown()
    return {name: sent[name] if name in known else text for name, text in stored.items()}


def _left_behind(changed: Changed) -> list[str]:
    """Say what becomes of threads in a language, or under an origin, that the site has no more."""
    said = [
        ngettext(
            "%(num)s thread is in %(language)s. It stays public; its page and its forms speak the default language now.",
            "%(num)s threads are in %(language)s. They stay public; their pages and forms speak the default language now.",
            count,
            language=wording.language_name(tag),
        )
        for tag, count in changed.left_languages.items()
    ]
    return said + [
        ngettext(
            "%(num)s thread stands under %(origin)s. It stays public and open on its own page; "
            "in the article nobody can write any more.",
            "%(num)s threads stand under %(origin)s. They stay public and open on their own pages; "
            "in the articles nobody can write any more.",
            count,
            origin=origin,
        )
        for origin, count in changed.left_origins.items()
    ]
