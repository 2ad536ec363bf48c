"""Threads: listed, closed and reopened, one by one or a whole site at once."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from sqlalchemy import ColumnElement

from widget import clock
from widget.db import db
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import CommentState, Site, Thread
from widget.moderation.permissions import Permission
from widget.services import queue, sites, thread_lists
from widget.services import threads as known_threads
from widget.text import normalise
from widget.web import identity, sentences
from widget.web.assets import moment
from widget.web.desk import answers, blueprint, wording
from widget.web.desk.forms import CloseForm, DeskForm, NamingForm, read
from widget.web.desk.scope import LARGEST_ID, cursor, require, sites_for, written

_PAGE = 50
_MOST_COMMENTS = 50


@blueprint.get("/threads")
def threads() -> ResponseReturnValue:
    """List the threads of the colleague's sites by their latest activity, and the sites themselves."""
    session, now = db.session(), clock.now()
    search = normalise.clean(request.args.get("q", "")[:200])
    known = sites_for(Permission.CLOSE_THREADS)
    standing = _STANDINGS.get(request.args.get("state", ""))
    found = thread_lists.listed(
        session,
        [site.id for site in known],
        search=search,
        standing=standing(known, now) if standing else None,
        before=cursor(request.args.get("before")),
        most=_PAGE + 1,
    )
    shown = found[:_PAGE]
    tallies = thread_lists.tallies(session, [thread.id for thread in shown])
    return render_template(
        "desk/threads.html",
        search=search,
        chosen=request.args.get("state") if standing else None,
        rows=[(thread, _state(thread), tallies.get(thread.id, {})) for thread in shown],
        following=written(shown[-1].latest_at, shown[-1].id) if len(found) > _PAGE else None,
        closable=sites_for(Permission.CLOSE_SITES),
        ago=wording.ago,
    )


# What the list can be narrowed to: the filters on its page, by the condition each stands for.
_STANDINGS: Mapping[str, Callable[[list[Site], datetime], ColumnElement[bool]]] = {
    "open": thread_lists.open_by,
    "closing": thread_lists.closing_by,
    "closed": thread_lists.closed_by,
}


@blueprint.get(f"/threads/<int(max={LARGEST_ID}):thread_id>")
def thread(thread_id: int) -> ResponseReturnValue:
    """Show one thread: what is known of its article, what can be done, its comments by state."""
    return page(thread_id)


@blueprint.post(f"/threads/<int(max={LARGEST_ID}):thread_id>/close")
def close_thread(thread_id: int) -> ResponseReturnValue:
    """Close a thread, with a notice that readers see."""
    form = read(CloseForm)
    comment_id = form.comment.data
    try:
        closed = known_threads.close(
            db.session(), identity.colleague(), thread_id, form.notice.data, clock.now()
        )
    except Refusal as refusal:
        return _refused(thread_id, comment_id, refusal)
    message = gettext("Closed: %(title)s", title=closed.title)
    return answers.done(message, form.back.data, comment_id=comment_id)


@blueprint.post(f"/threads/<int(max={LARGEST_ID}):thread_id>/reopen")
def reopen_thread(thread_id: int) -> ResponseReturnValue:
    """Open a closed thread again."""
    form = read(CloseForm)
    comment_id = form.comment.data
    try:
        opened = known_threads.reopen(db.session(), identity.colleague(), thread_id, clock.now())
    except Refusal as refusal:
        return _refused(thread_id, comment_id, refusal)
    message = gettext("Open again: %(title)s", title=opened.title)
    return answers.done(message, form.back.data, comment_id=comment_id)


@blueprint.post(f"/threads/<int(max={LARGEST_ID}):thread_id>/verify")
def verify_thread(thread_id: int) -> ResponseReturnValue:
    """Stand by a thread's title and address, which came from whoever wrote first."""
    form = read(NamingForm)
    title, url = form.title.data or "", form.url.data or ""
    try:
        known = known_threads.verify(db.session(), identity.colleague(), thread_id, title, url, clock.now())
    except Refusal as refusal:
        return _refused(thread_id, None, refusal)
    return answers.done(gettext("Verified: %(title)s", title=known.title), form.back.data)


@blueprint.post(f"/sites/<int(max={LARGEST_ID}):site_id>/close")
def close_site(site_id: int) -> ResponseReturnValue:
    """Close every thread of a site at once (rule 15)."""
    form = read(CloseForm)
    site = sites.close(db.session(), identity.colleague(), site_id, form.notice.data, clock.now())
    return answers.done(gettext("All of %(site)s is closed.", site=site.name), form.back.data)


@blueprint.post(f"/sites/<int(max={LARGEST_ID}):site_id>/reopen")
def reopen_site(site_id: int) -> ResponseReturnValue:
    """Open a closed site again."""
    form = read(DeskForm)
    site = sites.reopen(db.session(), identity.colleague(), site_id, clock.now())
    return answers.done(gettext("%(site)s is open again.", site=site.name), form.back.data)


def _refused(thread_id: int, comment_id: int | None, refusal: Refusal) -> ResponseReturnValue:
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    if comment_id is not None:
        return answers.refused(refusal, comment_id=comment_id, opened="close")
    return make_response(page(thread_id, wording.refusal(refusal, clock.now())), refusal.status)


def page(thread_id: int, error: str | None = None, problems: Mapping[str, str] | None = None) -> str:
    """Return the page of a thread; `problems` are the sentences beside the fields of its forms."""
    session = db.session()
    known = known_threads.by_id(session, thread_id)
    require(known.site_id, Permission.CLOSE_THREADS)
    asked = request.args.get("state")
    state = CommentState(asked) if asked in set(CommentState) else None
    return render_template(
        "desk/thread.html",
        thread=known,
        state=_state(known),
        arranges=identity.colleague().may(Permission.ARRANGE_THREADS, known.site_id),
        closes_at=known_threads.closes_at(known, known.site),
        is_open=known_threads.is_open(known, known.site, clock.now()),
        language_name=wording.language_name(known.language),
        tallies=queue.tallies(session, thread_id),
        chosen=state,
        comments=queue.of_thread(session, thread_id, state, _MOST_COMMENTS),
        state_name=sentences.state,
        problems=problems or {},
        typed=request.form,
        error=error,
    )


def _state(thread: Thread) -> str:
    """Return whether comments are accepted: open, off, closed, closes on a date, or closed with its site."""
    site, now = thread.site, clock.now()
    if thread.off_at is not None:
        return gettext("switched off")
    if thread.closed_at is not None:
        return gettext("closed")
    if site.closed_at is not None:
        return gettext("closed with its site")
    ends = known_threads.closes_at(thread, site)
    if ends is None:
        return gettext("open")
    if ends <= now:
        return gettext("closed since %(date)s", date=format_date(ends))
    if ends == thread.closes_on:
        return gettext("closes on %(date)s", date=moment(ends))
    return gettext("closes on %(date)s", date=format_date(ends))
