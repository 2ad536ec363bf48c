"""The desk: what staff see and do. Every page is for signed-in staff, but for the door itself."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

# They add the routes.
from widget.web.desk import (  # noqa: E402
    appeals,  # noqa: F401
    arranging,  # noqa: F401
    asides,  # noqa: F401
    asking,  # noqa: F401
    audit,  # noqa: F401
    canned,  # noqa: F401
    checks,  # noqa: F401
    colleagues,  # noqa: F401
    decisions,  # noqa: F401
    door,  # noqa: F401
    figures,  # noqa: F401
    founding,  # noqa: F401
    identities,  # noqa: F401
    invitations,  # noqa: F401
    letterbox,  # noqa: F401
    lists,  # noqa: F401
    look,  # noqa: F401
    many,  # noqa: F401
    marking,  # noqa: F401
    me,  # noqa: F401
    netiquette,  # noqa: F401
    notes,  # noqa: F401
    people,  # noqa: F401
    preferences,  # noqa: F401
    pulse,  # noqa: F401
    queue,  # noqa: F401
    rewording,  # noqa: F401
    search,  # noqa: F401
    second_factor,  # noqa: F401
    second_reading,  # noqa: F401
    settings,  # noqa: F401
    threads,  # noqa: F401
)
