"""The netiquette at the desk: versions, the draft of the next one, its preview, its publication (rule 16)."""

from typing import NoReturn

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import Forbidden, NotFound, Refusal, Refusals
from widget.models import Site
from widget.moderation.permissions import Permission
from widget.services import amending, netiquettes, publishing, sites
from widget.web import identity, sentences
from widget.web.desk import blueprint, drafts
from widget.web.desk.drafts import SUMMARIES, Draft, Sheet
from widget.web.desk.forms import DeskForm, read
from widget.web.desk.scope import require, sites_for

_SITE = "/netiquette/<site_key>"


@blueprint.get("/netiquette", endpoint="netiquettes")
def listed() -> ResponseReturnValue:
    """List the sites whose netiquette the colleague amends; lead straight to the only one."""
    found = sites_for(Permission.AMEND_NETIQUETTE)
    if len(found) == 1:
        return redirect(url_for("desk.netiquette", site_key=found[0].key))
    session = db.session()
    rows = [
        (site, netiquettes.versions(session, site.id)[0], amending.draft_of(session, site.id))
        for site in found
    ]
    return render_template("desk/netiquettes.html", rows=rows)


@blueprint.get(_SITE)
def netiquette(site_key: str) -> ResponseReturnValue:
    """Show the versions of a site's netiquette, and the draft of the next."""
    session, site = db.session(), site_of(site_key)
    return render_template(
        "desk/netiquette.html",
        site=site,
        versions=netiquettes.versions(session, site.id),
        publishers=publishing.publishers(session, site.id),
        draft=drafts.load(session, site),
    )


@blueprint.post(f"{_SITE}/draft", endpoint="start_draft")
def start(site_key: str) -> ResponseReturnValue:
    """Begin a draft from what is in force, or go on with the one there is."""
    read(DeskForm)
    amending.start(db.session(), identity.colleague(), site_of(site_key).id, clock.now())
    return redirect(url_for("desk.draft", site_key=site_key), 303)


@blueprint.get(f"{_SITE}/draft")
def draft(site_key: str) -> ResponseReturnValue:
    """List the rules of the draft, with what changed in each."""
    found = drafts.load(db.session(), site_of(site_key))
    if found is None:
        return overview(site_key)
    return render_template("desk/draft.html", draft=found, site=found.site)


@blueprint.post(f"{_SITE}/draft/discard", endpoint="discard_draft")
def discard(site_key: str) -> ResponseReturnValue:
    """Throw the draft away, as long as it is as the colleague saw it."""
    read(DeskForm)
    site = site_of(site_key)
    try:
        amending.discard(db.session(), identity.colleague(), site.id, drafts.edits(), clock.now())
    except Refusal as refusal:
        return declined(site_key, refusal)
    flash(gettext("The draft is discarded. What is in force stays."), "notice")
    return overview(site_key)


@blueprint.get(f"{_SITE}/draft/preview", endpoint="preview")
def look_over(site_key: str) -> ResponseReturnValue:
    """Show all that would change, by language, and ask for the summaries."""
    found = drafts.load(db.session(), site_of(site_key))
    if found is None:
        return overview(site_key)
    return _preview(found, Sheet({"summaries": found.version.summaries}))


@blueprint.post(f"{_SITE}/draft/publish", endpoint="publish_draft")
def publish(site_key: str) -> ResponseReturnValue:
    """Put the draft in force as it was previewed; or only keep the summaries for later."""
    read(DeskForm)
    site = site_of(site_key)
    words, edits = drafts.typed(site, SUMMARIES), drafts.edits()
    session, staff, now = db.session(), identity.colleague(), clock.now()
    try:
        if request.form.get("do") != "publish":
            amending.save_parts(session, staff, site.id, edits, words, now)
            flash(gettext("The summaries are kept in the draft."), "notice")
            return redirect(url_for("desk.preview", site_key=site_key), 303)
        published = publishing.publish(session, staff, site.id, edits, words["summaries"], now)
    except (Refusal, Refusals) as error:
        return _not_published(site_key, words, error)
    flash(gettext("Version %(number)s is in force.", number=published.number), "notice")
    return overview(site_key)


def site_of(site_key: str) -> Site:
    """Return a site whose netiquette the colleague may amend; 404 for every other."""
    site = sites.by_key(db.session(), site_key)
    require(site.id, Permission.AMEND_NETIQUETTE)
    return site


def overview(site_key: str) -> ResponseReturnValue:
    """Lead to the list of a site's versions."""
    return redirect(url_for("desk.netiquette", site_key=site_key), 303)


def declined(site_key: str, refusal: Refusal) -> ResponseReturnValue:
    """Say why a button did nothing, on the page that shows how things stand."""
    unless_declined(refusal)
    site = site_of(site_key)
    found, error = drafts.load(db.session(), site), sentences.of(refusal)
    if found is None:
        page = render_template("desk/draft_gone.html", site=site, error=error, typed={})
    else:
        page = render_template("desk/draft.html", draft=found, site=site, error=error)
    return make_response(page, refusal.status)


def unless_declined(error: Refusal | Refusals) -> None:
    """Let pass what a person can be told in the page; raise what is no business of theirs."""
    if isinstance(error, NotFound | Forbidden):
        _raise(error)
    db.session.rollback()


def problems(error: Refusal | Refusals) -> dict[str, str]:
    """Return what is wrong, by field; under an empty name what belongs to no field."""
    found: dict[str, list[str]] = {}
    for refusal in error.refusals if isinstance(error, Refusals) else [error]:
        found.setdefault(refusal.field or "", []).append(sentences.of(refusal))
    return {name: " ".join(said) for name, said in found.items()}


def _raise(error: Refusal) -> NoReturn:
    raise error


def _not_published(
    site_key: str, words: dict[str, dict[str, str]], error: Refusal | Refusals
) -> ResponseReturnValue:
    unless_declined(error)
    site, said = site_of(site_key), problems(error)
    found = drafts.load(db.session(), site)
    if found is None:
        page = render_template("desk/draft_gone.html", site=site, error=said.get(""), typed=words)
        return make_response(page, error.status)
    theirs = drafts.part_texts(found.version, SUMMARIES)
    saved = drafts.differing(words, theirs) if error.status == 409 else {}
    return make_response(_preview(found, Sheet(words, saved, said)), error.status)


def _preview(found: Draft, sheet: Sheet) -> str:
    """Show the preview; what is missing besides the summaries is said before anybody presses the button."""
    missing = publishing.problems(found.site, found.in_force, found.version)
    return render_template(
        "desk/draft_preview.html",
        draft=found,
        site=found.site,
        sheet=sheet,
        longest=drafts.LONGEST,
        missing=[
            sentences.of(refusal) for refusal in missing if not (refusal.field or "").startswith("summaries")
        ],
    )
