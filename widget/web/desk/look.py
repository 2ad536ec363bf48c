"""How the widget looks in a site's pages, shown before it is saved, and the code that carries it there."""

from dataclasses import asdict
from typing import Any

from flask import Response, abort, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import Refusal, Refusals
from widget.extensions import settings as server_settings
from widget.services import looks, site_settings
from widget.services.looks import Look
from widget.web import headers, identity, snippet
from widget.web.desk import answers, blueprint, samples
from widget.web.desk.forms import DeskForm, read
from widget.web.desk.settings import SITE, problems, site_of

_LONGEST = 40


@blueprint.get(f"{SITE}/look")
def look(site_id: int) -> ResponseReturnValue:
    """Show the look that a site has, and to the page's script what another would be."""
    site = site_of(site_id)
    if not answers.by_script():
        return _page(site_id, Look.of(site.look))
    tried = _given()
    try:
        shown = looks.checked(tried)
    except Refusal as refusal:
        return jsonify(problem=problems(refusal))
    return jsonify(
        preview=_address("desk.look_preview", site_id, shown),
        code=snippet.of(site.key, shown, server_settings().base_url),
        saved=shown == Look.of(site.look),
    )


@blueprint.post(f"{SITE}/look")
def change_look(site_id: int) -> ResponseReturnValue:
    """Keep a look; or only show it, which is sent like this since a form's token must not stand in an address."""
    form, given = read(DeskForm), _given()
    try:
        if request.form.get("do") == "show":
            looks.checked(given)
            return _page(site_id, given)
        changed = site_settings.change(
            db.session(), identity.colleague(), site_id, {"look": given}, clock.now()
        )
    except (Refusal, Refusals) as refused:
        if refused.status != 422:
            raise
        db.session.rollback()
        return make_response(_page(site_id, given, refused), refused.status)
    message = gettext("Saved. Put the new code into your pages: the look is in it.")
    return answers.done(message if changed.names else gettext("Everything stays as it was."), form.back.data)


@blueprint.get(f"{SITE}/preview")
def look_preview(site_id: int) -> str:
    """Show invented comments in a look, on a light page and on a dark one; the page of the look frames it."""
    site_of(site_id)
    chosen = _checked_or_400()
    headers.allow_framing_by([])
    return render_template(
        "desk/look_preview.html",
        panes=[(behind, chosen.theme or behind) for behind in looks.GROUNDS],
        conversations=samples.conversations(chosen.order),
        sheet=_address("desk.look_sheet", site_id, chosen),
    )


@blueprint.get(f"{SITE}/preview.css")
def look_sheet(site_id: int) -> Response:
    """Return a look as the style sheet of the preview, which may hold no style of its own."""
    site_of(site_id)
    rules = "".join(f"  {name}: {value};\n" for name, value in looks.style(_checked_or_400()))
    return Response(f".pane {{\n{rules}}}\n", mimetype="text/css")


def _given() -> Look:
    """Return the look that a form or an address names."""
    given = request.form if request.method == "POST" else request.args
    return Look(**{name: given.get(name, "").strip()[:_LONGEST] for name in asdict(Look())})


def _checked_or_400() -> Look:
    try:
        return looks.checked(_given())
    except Refusal:
        abort(400)


def _address(endpoint: str, site_id: int, chosen: Look) -> str:
    values: dict[str, Any] = {**chosen.as_json(), "site_id": site_id}
    return url_for(endpoint, **values)


def _page(site_id: int, chosen: Look, refused: Refusal | Refusals | None = None) -> str:
    """Show the form with a look, and beside it what that is; with one that is refused, what the site has."""
    site = site_of(site_id)
    stored = Look.of(site.look)
    shown = stored if refused else looks.checked(chosen)
    return render_template(
        "desk/look.html",
        site=site,
        look=chosen,
        is_saved=shown == stored,
        wrong=problems(refused) if refused else {},
        usual=looks.ACCENTS["light"],
        preview=_address("desk.look_preview", site_id, shown),
        code=snippet.of(site.key, shown, server_settings().base_url),
    )
