"""How a colleague works: the view of the queue that they keep, and the keys."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget.db import db
from widget.moderation.permissions import Permission
from widget.services import preferences
from widget.web import identity
from widget.web.desk import answers, blueprint, filters
from widget.web.desk.forms import DeskForm, KeysForm, read
from widget.web.desk.scope import ids_for


@blueprint.post("/preferences/view")
def keep_view() -> ResponseReturnValue:
    """Keep sites, languages and order as the colleague's own view of the queue."""
    form = read(DeskForm)
    view = filters.asked(request.form)
    readable = ids_for(Permission.READ_QUEUE)
    sites = [site_id for site_id in view.sites if site_id in readable]
    preferences.keep_view(db.session(), identity.colleague(), sites, list(view.languages), view.order)
    return answers.done(gettext("Kept: the queue opens with this view from now on."), form.back.data)


@blueprint.post("/preferences/keys")
def set_keys() -> ResponseReturnValue:
    """Switch the keys of the desk on or off."""
    form = read(KeysForm)
    on = form.keys.data == "on"
    preferences.set_keys(db.session(), identity.colleague(), on)
    message = gettext("The keys are switched on.") if on else gettext("The keys are switched off.")
    return answers.done(message, form.back.data)
