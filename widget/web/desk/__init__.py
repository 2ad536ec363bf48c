"""The desk: what staff see and do. Every page is for signed-in staff, but for the door itself."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

from widget.web.desk import (  # noqa: E402, F401 (they add the routes)
    colleagues,
    decisions,
    door,
    invitations,
    letterbox,
    me,
    people,
    queue,
    second_factor,
    threads,
)
