"""Reports of comments and corrections of articles: what people told the newsroom."""

from collections.abc import Callable

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal
from widget.moderation.permissions import Permission
from widget.services import letterbox
from widget.web import identity
from widget.web.desk import answers, blueprint, cards, wording
from widget.web.desk.forms import DeskForm, read
from widget.web.desk.scope import LARGEST_ID, ids_for
from widget.web.embed.whereabouts import number

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
    session, staff, after = db.session(), identity.colleague(), _after()
    allowed = ids_for(Permission.HANDLE_LETTERBOX)
    found = letterbox.open_reports(session, allowed, _PAGE + 1, after)
    if not found and after:
        # The last of a later page was handled; what stands before it is not.
        after, found = 0, letterbox.open_reports(session, allowed, _PAGE + 1)
    rows = found[:_PAGE]
    books = {site_id: cards.book(session, staff, site_id) for site_id in {row.site_id for row in rows}}
    last_of = {row.comment_id: row.id for row in rows}
    beyond = letterbox.beyond(session, last_of)
    return render_template(
        "desk/reports.html",
        reports=rows,
        here=_address("desk.reports", after),
        following=_address("desk.reports", rows[-1].id) if len(found) > _PAGE else None,
        beyond={last_of[comment_id]: more for comment_id, more in beyond.items()},
        books=books,
        ago=wording.ago,
        error=error,
        removal_asked=letterbox.REMOVAL_ASKED,
    )


def _corrections_page(error: str | None = None) -> str:
    session, after, allowed = db.session(), _after(), ids_for(Permission.HANDLE_LETTERBOX)
    found = letterbox.open_corrections(session, allowed, _PAGE + 1, after)
    if not found and after:
        after, found = 0, letterbox.open_corrections(session, allowed, _PAGE + 1)
    rows = found[:_PAGE]
    return render_template(
        "desk/corrections.html",
        corrections=rows,
        here=_address("desk.corrections", after),
        following=_address("desk.corrections", rows[-1].id) if len(found) > _PAGE else None,
        ago=wording.ago,
        error=error,
    )


def _after() -> int:
    """Return the id that the page asked for follows; 0, which none has, for the first page and for what is no id."""
    return number(request.args.get("after", "")) or 0


def _address(endpoint: str, after: int) -> str:
    return url_for(endpoint, after=after or None)
