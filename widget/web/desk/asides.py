"""What is looked at beside a card, on demand: its writer, and the conversation that it belongs to."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.moderation.permissions import Permission
from widget.services import conversations
from widget.services import identities as known_identities
from widget.services import people as known_people
from widget.web import identity, sentences
from widget.web.desk import answers, blueprint, wording
from widget.web.desk.scope import LARGEST_ID, ids_for

_MOST_COMMENTS = 10


@blueprint.get(f"/people/<int(max={LARGEST_ID}):account_id>/drawer")
def drawer(account_id: int) -> ResponseReturnValue:
    """Show a writer's record, bans and last comments beside the queue; elsewhere there is the page of the person."""
    if not answers.by_script():
        return redirect(url_for("desk.person", account_id=account_id))
    site_ids = ids_for(Permission.READ_PEOPLE)
    staff = identity.colleague()
    shown = known_people.person(db.session(), staff, account_id, site_ids, most=_MOST_COMMENTS)
    return render_template(
        "desk/_drawer.html",
        person=shown,
        record=wording.record(shown.record),
        identities=wording.IDENTITIES,
        held=known_identities.held(db.session(), [account_id], site_ids).get(account_id, {}),
        standing=wording.standing,
        term_of=wording.term,
        now=clock.now(),
    )


@blueprint.get(f"/comments/<int(max={LARGEST_ID}):comment_id>/conversation")
def conversation(comment_id: int) -> ResponseReturnValue:
    """Show the conversation around a comment, beside the queue or as a page."""
    found = conversations.around(db.session(), comment_id, ids_for(Permission.READ_QUEUE))
    return render_template(
        "desk/_conversation.html" if answers.by_script() else "desk/conversation.html",
        comments=found,
        comment_id=comment_id,
        state_name=sentences.state,
        most=conversations.MOST,
    )
