"""The queue, and a single comment as a card."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.moderation.permissions import Permission
from widget.services import queue as waiting_list
from widget.web import identity
from widget.web.desk import answers, blueprint, cards
from widget.web.desk.scope import LARGEST_ID, cursor, ids_for, written


@blueprint.get("/")
def queue() -> ResponseReturnValue:
    """Show what waits, oldest first; the script fetches the pages after the first as bare cards."""
    site_ids = ids_for(Permission.READ_QUEUE)
    page = waiting_list.waiting(db.session(), site_ids, cursor(request.args.get("after")))
    views = cards.views(db.session(), identity.colleague(), page.cards, clock.now())
    return render_template(
        "desk/_cards.html" if answers.by_script() else "desk/queue.html",
        views=views,
        books=list({view.book.site_id: view.book for view in views}.values()),
        following=written(*page.following) if page.following else None,
        is_first_page="after" not in request.args,
    )


@blueprint.get(f"/comments/<int(max={LARGEST_ID}):comment_id>")
def card(comment_id: int) -> ResponseReturnValue:
    """Show one comment, whatever its state, with everything that happened to it."""
    view = answers.view_of(comment_id)
    if answers.by_script():
        return render_template("desk/_answer.html", message=None, view=view)
    return answers.card_page(view, opened=request.args.get("open"))
