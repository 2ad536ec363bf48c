"""The page of the notes that a site keeps ready, where editors write them."""

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal
from widget.moderation.permissions import Permission
from widget.services import canned_notes
from widget.services.canned_notes import Wording
from widget.web import identity
from widget.web.desk import answers, blueprint, cards, wording
from widget.web.desk.forms import CannedForm, DeskForm, read
from widget.web.desk.scope import LARGEST_ID, sites_for


@blueprint.get("/notes")
def notes() -> ResponseReturnValue:
    """List the notes of the colleague's sites, by site, rule and language."""
    return _page()


@blueprint.post(f"/notes/add/<int(max={LARGEST_ID}):site_id>")
def add_note(site_id: int) -> ResponseReturnValue:
    """Keep another note ready."""
    form = read(CannedForm)
    try:
        row = canned_notes.add(db.session(), identity.colleague(), site_id, _wording(form), clock.now())
    except Refusal as refusal:
        return _refused(refusal, f"site-{site_id}")
    return answers.done(gettext("Kept ready: %(name)s", name=row.label), form.back.data)


@blueprint.post(f"/notes/<int(max={LARGEST_ID}):note_id>")
def change_note(note_id: int) -> ResponseReturnValue:
    """Word a note anew."""
    form = read(CannedForm)
    try:
        row = canned_notes.change(db.session(), identity.colleague(), note_id, _wording(form), clock.now())
    except Refusal as refusal:
        return _refused(refusal, f"note-{note_id}")
    return answers.done(gettext("Changed: %(name)s", name=row.label), form.back.data)


@blueprint.post(f"/notes/<int(max={LARGEST_ID}):note_id>/remove")
def remove_note(note_id: int) -> ResponseReturnValue:
    """Keep a note no longer."""
    form = read(DeskForm)
    row = canned_notes.remove(db.session(), identity.colleague(), note_id, clock.now())
    return answers.done(gettext("Removed: %(name)s", name=row.label), form.back.data)


def _wording(form: CannedForm) -> Wording:
    return Wording(
        form.rule.data, form.language.data or "", (form.label.data or "").strip(), form.body.data or ""
    )


def _refused(refusal: Refusal, where: str) -> ResponseReturnValue:
    """Show the page again with what was declined, and what was typed."""
    if isinstance(refusal, NotFound) or answers.by_script():
        raise refusal
    return make_response(_page(wording.refusal(refusal, clock.now()), where), refusal.status)


def _page(error: str | None = None, where: str | None = None) -> str:
    session, staff = db.session(), identity.colleague()
    sites = sites_for(Permission.KEEP_NOTES)
    if not sites:
        abort(403)
    kept = canned_notes.of_sites(session, [site.id for site in sites])
    return render_template(
        "desk/notes.html",
        shelves=[
            (
                site,
                cards.book(session, staff, site.id),
                kept[site.id],
                [(tag, wording.language_name(tag)) for tag in site.languages],
            )
            for site in sites
        ],
        longest_label=canned_notes.LONGEST_LABEL,
        longest=canned_notes.LONGEST,
        typed=request.form,
        error=error,
        where=where,
    )
