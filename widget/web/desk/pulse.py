"""What moves while one reads: who reads which card, how much waits, what came in. Asked every few seconds."""

import hashlib
import json
from datetime import datetime
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from widget import clock
from widget.db import db
from widget.moderation.permissions import Permission
from widget.services import leases, list_counts
from widget.web import identity
from widget.web.desk import blueprint, filters, scope
from widget.web.desk.forms import LeaseForm, read
from widget.web.desk.scope import LARGEST_ID, ids_for

_MOST_CARDS = 200


@blueprint.get("/pulse")
def pulse() -> ResponseReturnValue:
    """Tell how the lists and the cards shown stand, or that nothing changed since it was last told (304)."""
    since = scope.cursor(f"{request.args.get('since', '')}~0")
    selection = filters.asked().selection(since[0] if since else None)
    counted = list_counts.counts(
        db.session(),
        selection,
        ids_for(Permission.HANDLE_LETTERBOX),
        ids_for(Permission.MARK_IDENTITY),
    )
    found = {
        "counts": {
            name: getattr(counted, name)
            for name in ("queue", "doubt", "opinion", "answers", "reports", "corrections", "doubts")
        },
        "most": list_counts.MOST_COUNTED,
        "fresh": counted.fresh,
        "cards": _standings(request.args.get("cards", ""), clock.now()),
    }
    response = _json(found)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    # The script asks with the tag by itself; nothing else may keep it.
    response.headers["Cache-Control"] = "private, no-store"
    return response.make_conditional(request)


@blueprint.post(f"/comments/<int(max={LARGEST_ID}):comment_id>/lease")
def lease(comment_id: int) -> ResponseReturnValue:
    """Say that the colleague reads this comment, and tell who reads the others on the page."""
    form = read(LeaseForm)
    leases.take(db.session(), identity.colleague(), comment_id, clock.now())
    return _json({"cards": _standings(form.cards.data or "", clock.now())})


@blueprint.post("/leave")
def leave() -> ResponseReturnValue:
    """Say that the colleague reads nothing any more."""
    read(LeaseForm)
    leases.leave(db.session(), identity.colleague())
    return "", 204


def _standings(listed: str, now: datetime) -> dict[str, Any]:
    """Return how the cards of a page stand, by id: version, whether it waits, and who else reads it."""
    wanted = [int(part) for part in listed.split(",")[:_MOST_CARDS] if part.isdecimal() and len(part) < 10]
    if not wanted:
        return {}
    staff = identity.colleague()
    found = leases.standings(db.session(), staff.account_id, ids_for(Permission.READ_QUEUE), set(wanted), now)
    return {
        str(comment_id): {"version": known.version, "waits": known.waits, "reader": known.reader}
        for comment_id, known in sorted(found.items())
    }


def _json(found: object) -> Response:
    return Response(json.dumps(found, ensure_ascii=False, sort_keys=True), mimetype="application/json")
