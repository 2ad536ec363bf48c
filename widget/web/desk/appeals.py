"""Appeals: what banned people replied, and what an editor makes of it."""

from functools import partial

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal
from widget.moderation.permissions import Permission
from widget.services import appeals as known_appeals
from widget.services import people
from widget.services.appeals import Ruling
from widget.services.bans import TERMS
from widget.web import identity
from widget.web.desk import answers, blueprint, leaves, wording
from widget.web.desk.forms import RulingForm, read
from widget.web.desk.scope import LARGEST_ID, ids_for

# What one page shows.
_PAGE = 50


@blueprint.get("/appeals")
def appeals() -> ResponseReturnValue:
    """List what nobody has decided yet, oldest first."""
    return _page()


@blueprint.post(f"/appeals/<int(max={LARGEST_ID}):appeal_id>/handle")
def handle_appeal(appeal_id: int) -> ResponseReturnValue:
    """Keep, shorten or lift the ban, and answer the person."""
    form = read(RulingForm)
    ruling = Ruling(appeal_id, form.outcome.data or "", form.answer.data or "", form.term.data or "")
    try:
        handled = known_appeals.handle(db.session(), identity.colleague(), ruling, clock.now())
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        said = wording.refusal(refusal, clock.now())
        return make_response(_page(said, appeal_id), refusal.status)
    assert handled.outcome is not None
    message = str(wording.APPEALS[handled.outcome]) % {"name": handled.ban.account.name}
    return answers.done(message, form.back.data)


def _page(error: str | None = None, refused: int | None = None) -> str:
    """Show the list; what was typed stands in the form that was declined."""
    session, staff, now = db.session(), identity.colleague(), clock.now()
    site_ids = ids_for(Permission.HANDLE_APPEALS)
    find = partial(known_appeals.waiting, session, staff, site_ids)
    # One that was declined comes first, wherever it stood, with what was typed; if it waits still.
    is_there = refused is not None and any(row.id == refused for row in find(1, refused - 1))
    leaf = leaves.leaf("desk.appeals", find, _PAGE, refused - 1 if refused and is_there else None)
    rows = leaf.rows
    found = people.records(session, [row.ban.account_id for row in rows], site_ids)
    return render_template(
        "desk/appeals.html",
        leaf=leaf,
        records={account_id: wording.record(record) for account_id, record in found.items()},
        may_handle={row.id for row in rows if known_appeals.may_handle(staff, row)},
        shorter={
            row.id: [
                term
                for term, length in TERMS.items()
                if length is not None and (row.ban.until is None or now + length < row.ban.until)
            ]
            for row in rows
        },
        term_of=wording.term,
        ago=wording.ago,
        typed=request.form,
        refused=refused,
        error=error,
    )
