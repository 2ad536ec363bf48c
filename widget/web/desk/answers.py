"""How an action is answered: a fragment of the page to the desk's script, a redirect to a plain form."""

from urllib.parse import urlsplit

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.errors import NotFound, Refusal
from widget.models import Site
from widget.moderation.permissions import Permission
from widget.services import letterbox, moderation, netiquettes, outbox, queue
from widget.web import identity
from widget.web.desk import cards, wording
from widget.web.desk.scope import ids_for

SCRIPT = "byline"


def by_script() -> bool:
    """Whether the desk's own script asks, which takes a fragment instead of a page."""
    return request.headers.get("X-Requested-With") == SCRIPT


def view_of(comment_id: int, *, in_list: bool = False) -> cards.View:
    """Return a comment as a card, or as much of it as a list shows; raise NotFound outside the colleague's sites."""
    read = queue.line if in_list else queue.card
    found = read(db.session(), comment_id, ids_for(Permission.READ_QUEUE))
    if found is None:
        raise NotFound("comment.unknown")
    return cards.views(db.session(), identity.colleague(), [found], clock.now())[0]


def done(
    message: str,
    back: str | None,
    *,
    comment_id: int | None = None,
    undoable: int | None = None,
    parked: str | None = None,
) -> ResponseReturnValue:
    """Answer what was done: say so, and show the comment as it stands now.

    A plain form leads back to where it stood, with the notice and, for a decision, the way to undo it.
    `parked` names the list that the comment left the queue for: the script's card becomes a line that says so.
    """
    if by_script():
        view = None if comment_id is None else view_of(comment_id, in_list=True)
        return render_template("desk/_answer.html", message=message, view=view, parked=parked)
    flash(message, str(undoable) if undoable else "notice")
    return redirect(inside(back) or url_for("desk.queue"), 303)


def refused(
    refusal: Refusal, *, comment_id: int | None = None, opened: str | None = None
) -> ResponseReturnValue:
    """Answer what was declined, with the refusal's own status, and show how the comment stands.

    A refusal to mend in the form (422) leaves the script's card as it is, form and all. Raises the
    refusal itself where there is no comment to show.
    """
    if isinstance(refusal, NotFound) or comment_id is None:
        raise refusal
    message = wording.refusal(refusal, clock.now())
    view = view_of(comment_id)
    if by_script():
        shown = None if refusal.status == 422 else view
        page = render_template("desk/_answer.html", message=message, view=shown)
    else:
        page = card_page(view, opened=opened, error=message)
    response: Response = make_response(page, refusal.status)
    return response


def card_page(view: cards.View, *, opened: str | None, error: str | None = None) -> str:
    """Return the page of one comment with all that happened to it, and what a form held, as it was typed."""
    site_id = view.comment.site_id
    earlier = netiquettes.versions(db.session(), site_id)[1:]
    history = moderation.history(db.session(), view.comment.id)
    taken_back = [made.reverses_id for made in history if made.reverses_id]
    return render_template(
        "desk/card.html",
        view=view,
        opened=view.openable(opened),
        error=error,
        typed=request.values,
        way_back=inside(request.values.get("back")),
        reports=letterbox.open_about(db.session(), identity.colleague(), view.comment),
        history=history,
        told=outbox.told(db.session(), taken_back, clock.now()) if taken_back else (),
        outcome_of=wording.outcome,
        site_key=db.session().get_one(Site, site_id).key,
        earlier_versions={version.id: version.number for version in earlier},
    )


def inside(path: str | None) -> str | None:
    """Return a path of the desk as it is, and None for every other address."""
    if not path or "\\" in path or not path.isprintable():
        return None
    try:
        parts = urlsplit(path)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path.startswith("/desk/") or "//" in parts.path:
        return None
    return path
