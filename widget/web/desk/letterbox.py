"""Reports of comments and corrections of articles: what people told the newsroom."""

from collections.abc import Callable
from functools import partial

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal
from widget.moderation.permissions import Permission
from widget.services import letterbox
from widget.web import identity
from widget.web.desk import answers, blueprint, cards, leaves, wording
from widget.web.desk.forms import DeskForm, read
from widget.web.desk.scope import LARGEST_ID, ids_for

# What one page shows.
_PAGE = 100


@blueprint.get("/reports")
def reports() -> ResponseReturnValue:
    """List what nobody has looked into yet, oldest first."""
    return _reports_page()


@blueprint.post(f"/reports/<int(max={LARGEST_ID}):report_id>/keep")
def keep_reported(report_id: int) -> ResponseReturnValue:
    """Keep a reported comment published."""
    form = read(DeskForm)
    try:
        row = letterbox.keep(db.session(), identity.colleague(), report_id, clock.now())
    except Refusal as refusal:
        return _refused(refusal, _reports_page)
    return answers.done(
        gettext("Kept: the comment by %(name)s stays.", name=row.comment.name), form.back.data
    )


@blueprint.get("/corrections")
def corrections() -> ResponseReturnValue:
    """List the errors in articles that nobody has handled yet, oldest first."""
    return _corrections_page()


@blueprint.post(f"/corrections/<int(max={LARGEST_ID}):correction_id>/handle")
def handle_correction(correction_id: int) -> ResponseReturnValue:
    """Mark a correction handled."""
    form = read(DeskForm)
    try:
        row = letterbox.handle_correction(db.session(), identity.colleague(), correction_id, clock.now())
    except Refusal as refusal:
        return _refused(refusal, _corrections_page)
    return answers.done(gettext("Handled: %(title)s", title=row.title), form.back.data)


def _refused(refusal: Refusal, page: Callable[[str], str]) -> ResponseReturnValue:
    """Show the list as it stands now, and what was declined."""
    if isinstance(refusal, NotFound):
        raise refusal
    return make_response(page(wording.refusal(refusal, clock.now())), refusal.status)


def _reports_page(error: str | None = None) -> str:
    session, staff, allowed = db.session(), identity.colleague(), ids_for(Permission.HANDLE_LETTERBOX)
    leaf = leaves.leaf("desk.reports", partial(letterbox.open_reports, session, allowed), _PAGE)
    rows = leaf.rows
    books = {site_id: cards.book(session, staff, site_id) for site_id in {row.site_id for row in rows}}
    last_of = {row.comment_id: row.id for row in rows}
    beyond = letterbox.beyond(session, last_of)
    return render_template(
        "desk/reports.html",
        leaf=leaf,
        beyond={last_of[comment_id]: more for comment_id, more in beyond.items()},
        books=books,
        ago=wording.ago,
        error=error,
        removal_asked=letterbox.REMOVAL_ASKED,
    )


def _corrections_page(error: str | None = None) -> str:
    find = partial(letterbox.open_corrections, db.session(), ids_for(Permission.HANDLE_LETTERBOX))
    leaf = leaves.leaf("desk.corrections", find, _PAGE)
    return render_template("desk/corrections.html", leaf=leaf, ago=wording.ago, error=error)
