"""The account's own pages, at the top level: one's own account, and where mailed links lead.

No link signs anybody in; that takes address and password, here as in the frame.
"""

from flask import Blueprint

from widget.web.account import answering, confirming, entering, joining, moving, owning, resetting
from widget.web.embed.whereabouts import MOST

blueprint = Blueprint("account", __name__, url_prefix="/account")

for _rule, _view, _methods in (
    ("/", owning.overview, ["GET"]),
    ("/signature", owning.signature, ["GET", "POST"]),
    ("/address", owning.address, ["GET", "POST"]),
    ("/address/<token>", moving.new_address, ["GET", "POST"]),
    ("/password", owning.password, ["GET", "POST"]),
    ("/copy", owning.copy, ["POST"]),
    ("/closing", owning.closing, ["GET", "POST"]),
    ("/closed", entering.closed, ["GET"]),
    ("/sign-in", entering.sign_in, ["GET", "POST"]),
    ("/sign-out", entering.sign_out, ["POST"]),
    ("/confirm/<token>", confirming.confirm, ["GET", "POST"]),
    ("/confirm/<token>/disown", confirming.disown, ["POST"]),
    ("/confirm/<token>/hand-over", confirming.hand_over, ["POST"]),
    ("/forgotten", resetting.forgotten, ["GET", "POST"]),
    ("/reset/<token>", resetting.reset, ["GET", "POST"]),
    ("/invitation/<token>", joining.invitation, ["GET", "POST"]),
    (f"/identity/<int(max={MOST}):site_id>/<token>", answering.identity, ["GET", "POST"]),
):
    blueprint.add_url_rule(_rule, view_func=_view, methods=_methods)
