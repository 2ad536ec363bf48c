"""A new site, made at the desk by an administrator of all sites."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.config import LANGUAGES
from widget.db import db
from widget.errors import Forbidden, Refusal, Refusals
from widget.moderation.permissions import Permission
from widget.services import site_settings
from widget.services.site_settings import Draft
from widget.services.sites import LONGEST_KEY
from widget.web import identity
from widget.web.desk import answered, blueprint
from widget.web.desk.forms import DeskForm, read
from widget.web.desk.settings import problems


@blueprint.get("/settings/new")
def new_site() -> str:
    """Show the form for another site."""
    return _page({"languages": "en", "default_language": "en"}, {})


@blueprint.post("/settings/new")
def create_site() -> ResponseReturnValue:
    """Make the site, and lead to its embed code."""
    read(DeskForm)
    sent = answered.sent()
    sent["key"] = request.form.get("key", "").strip()
    draft = Draft(
        sent["key"],
        sent["name"],
        sent["languages"].split(),
        sent["default_language"],
        sent["origins"].split(),
        sent["corrections_email"] or None,
    )
    try:
        site = site_settings.create(db.session(), identity.colleague(), draft, clock.now())
    except Forbidden:
        raise
    except (Refusal, Refusals) as refused:
        db.session.rollback()
        return make_response(_page(sent, problems(refused)), refused.status)
    flash(gettext("Created %(site)s. This is the code for its pages.", site=site.name), "notice")
    return redirect(url_for("desk.look", site_id=site.id), 303)


def _page(typed: dict[str, str], wrong: dict[str, str]) -> str:
    if not identity.colleague().may(Permission.MANAGE_SITES, None):
        abort(403)
    return render_template(
        "desk/settings_new.html",
        typed=typed,
        wrong=wrong,
        languages=LANGUAGES,
        longest_key=LONGEST_KEY,
    )
