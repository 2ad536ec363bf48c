"""Arranging threads: when one closes, none at all, its article named rightly, two made one."""

from datetime import UTC, datetime

from flask import make_response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from widget import clock
from widget.db import db
from widget.errors import Forbidden, NotFound, Refusal, Refusals
from widget.services import arrangements
from widget.services import threads as known_threads
from widget.services.arrangements import Naming
from widget.web import identity
from widget.web.assets import moment
from widget.web.desk import answers, blueprint, threads, wording
from widget.web.desk.forms import DeskForm, MergeForm, NamingForm, ScheduleForm, read
from widget.web.desk.scope import LARGEST_ID

_THREAD = f"/threads/<int(max={LARGEST_ID}):thread_id>"


@blueprint.post(f"{_THREAD}/schedule")
def schedule_thread(thread_id: int) -> ResponseReturnValue:
    """Let a thread close by itself at a moment in UTC, or not at all."""
    form = read(ScheduleForm)
    try:
        at = _moment((form.at.data or "").strip())
        known = arrangements.schedule(db.session(), identity.colleague(), thread_id, at, clock.now())
    except Refusal as refusal:
        return _refused(thread_id, [refusal])
    if at is None:
        return answers.done(gettext("No day is set any more: %(title)s", title=known.title), form.back.data)
    message = gettext("Closes on %(date)s: %(title)s", date=moment(at), title=known.title)
    return answers.done(message, form.back.data)


@blueprint.post(f"{_THREAD}/rename")
def rename_thread(thread_id: int) -> ResponseReturnValue:
    """Correct an article's title and address."""
    form = read(NamingForm)
    named = Naming(form.title.data or "", form.url.data or "")
    try:
        known = arrangements.rename(db.session(), identity.colleague(), thread_id, named, clock.now())
    except Refusal as refusal:
        return _refused(thread_id, [refusal])
    except Refusals as several:
        return _refused(thread_id, several.refusals)
    return answers.done(gettext("Corrected: %(title)s", title=known.title), form.back.data)


@blueprint.post(f"{_THREAD}/<any(off, on):state>")
def switch_thread(thread_id: int, state: str) -> ResponseReturnValue:
    """Switch a thread off altogether, or on again."""
    form, off = read(DeskForm), state == "off"
    known = arrangements.switch(db.session(), identity.colleague(), thread_id, off, clock.now())
    message = (
        gettext("Switched off: %(title)s", title=known.title)
        if off
        else gettext("Switched on again: %(title)s", title=known.title)
    )
    return answers.done(message, form.back.data)


@blueprint.post(f"{_THREAD}/merge")
def merge_thread(thread_id: int) -> ResponseReturnValue:
    """Move all comments of a thread into another of the same site, for good."""
    form, session = read(MergeForm), db.session()
    try:
        if not form.sure.data:
            raise Refusal("thread.sure", "sure")
        site_id = known_threads.by_id(session, thread_id).site_id
        target_id = arrangements.sought(session, site_id, form.target.data or "") or 0
        target = arrangements.merge(session, identity.colleague(), thread_id, target_id, clock.now())
    except Refusal as refusal:
        return _refused(thread_id, [refusal])
    message = gettext("The comments stand here now: %(title)s", title=target.title)
    return answers.done(message, url_for("desk.thread", thread_id=target.id))


def _moment(text: str) -> datetime | None:
    """Return the moment that was typed, or None for none; raise Refusal `thread.moment`."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal("thread.moment", "at") from None


def _refused(thread_id: int, refusals: list[Refusal]) -> ResponseReturnValue:
    """Show the thread again, each sentence beside its field, and what was typed."""
    first, now = refusals[0], clock.now()
    if isinstance(first, NotFound | Forbidden) or answers.by_script():
        raise first
    said = {refusal.field: wording.refusal(refusal, now) for refusal in refusals}
    problems = {field: sentence for field, sentence in said.items() if field}
    return make_response(threads.page(thread_id, said.get(None), problems), first.status)
