"""The account's own pages, at the top level: where mailed links lead. None of them signs anybody in."""

from flask import Blueprint

from widget.web.account import answering, confirming, joining, resetting
from widget.web.embed.whereabouts import MOST

blueprint = Blueprint("account", __name__, url_prefix="/account")

for _rule, _view, _methods in (
    ("/confirm/<token>", confirming.confirm, ["GET", "POST"]),
    ("/confirm/<token>/disown", confirming.disown, ["POST"]),
    ("/confirm/<token>/hand-over", confirming.hand_over, ["POST"]),
    ("/forgotten", resetting.forgotten, ["GET", "POST"]),
    ("/reset/<token>", resetting.reset, ["GET", "POST"]),
    ("/invitation/<token>", joining.invitation, ["GET", "POST"]),
    (f"/identity/<int(max={MOST}):site_id>/<token>", answering.identity, ["GET", "POST"]),
):
    blueprint.add_url_rule(_rule, view_func=_view, methods=_methods)
