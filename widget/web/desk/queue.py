"""The queue, and a single comment as a card."""

from datetime import datetime

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from widget import clock
from widget.config import LANGUAGES
from widget.db import db
from widget.moderation.permissions import Permission
from widget.services import list_counts, preferences
from widget.services import queue as waiting_list
from widget.web import identity
from widget.web.desk import answers, blueprint, cards, filters, scope, wording
from widget.web.desk.scope import LARGEST_ID


@blueprint.get("/")
def queue() -> ResponseReturnValue:
    """Show what waits; the script fetches the pages after the first, and what came in since, as bare cards."""
    session, staff, now = db.session(), identity.colleague(), clock.now()
    if answers.by_script():
        return _cards(filters.asked(), now)
    kept = preferences.of(session, staff.account_id)
    if not request.args and kept.has_view:
        # It goes into the address, so that it can be seen, changed, and sent to a colleague.
        return redirect(filters.of_view(kept).address())
    wanted = filters.asked()
    page = waiting_list.page(session, wanted.selection(), filters.cursor(request.args.get("after")))
    views = cards.views(session, staff, page.cards, now)
    return render_template(
        "desk/queue.html",
        views=views,
        books=cards.books_of(views),
        filters=wanted,
        active=filters.active(session, wanted),
        total=list_counts.count(session, wanted.selection()),
        most_total=list_counts.most_counted(wanted.selection()),
        kinds=filters.KINDS,
        orders=filters.ORDERS,
        sites=scope.sites_for(Permission.READ_QUEUE),
        languages=[(tag, wording.language_name(tag)) for tag in LANGUAGES],
        is_kept=wanted.is_view(kept),
        following=wanted.address(after=filters.written(page.following)) if page.following else None,
        is_first_page="after" not in request.args,
    )


@blueprint.get(f"/comments/<int(max={LARGEST_ID}):comment_id>")
def card(comment_id: int) -> ResponseReturnValue:
    """Show one comment, whatever its state, with everything that happened to it."""
    view = answers.view_of(comment_id)
    if answers.by_script():
        return render_template("desk/_answer.html", message=None, view=view)
    return answers.card_page(view, opened=request.args.get("open"))


def _cards(wanted: filters.Filters, now: datetime) -> str:
    """Return a page of the list as bare cards; `since` asks for what came in after that moment."""
    since = scope.cursor(f"{request.args['since']}~0") if "since" in request.args else None
    selection = wanted.selection(since[0] if since else None)
    page = waiting_list.page(db.session(), selection, filters.cursor(request.args.get("after")))
    views = cards.views(db.session(), identity.colleague(), page.cards, now)
    return render_template(
        "desk/_cards.html",
        views=views,
        books=cards.books_of(views),
        following=wanted.address(after=filters.written(page.following)) if page.following else None,
    )
