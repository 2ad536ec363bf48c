"""To whom a path belongs: it decides the session, the powers and the headers of a request."""

from enum import StrEnum


class Audience(StrEnum):
    """Who a page is for."""

    PUBLIC = "public"
    EMBED = "embed"
    ACCOUNT = "account"
    DESK = "desk"


def of_path(path: str) -> Audience:
    """Return the audience of a path; everything that is not listed is public and has no session."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return Audience(first) if first in {"embed", "account", "desk"} else Audience.PUBLIC


def has_session(path: str) -> bool:
    """Whether a path looks at a session; in the frame all do but the places it suggests, the same for everybody.

    This is asked before the path is matched with an endpoint; `SESSIONLESS` in access.py names it as one.
    """
    return of_path(path) is not Audience.PUBLIC and not is_of_frame(path, "places")


def is_of_frame(path: str, name: str) -> bool:
    """Whether a path is that of a site's frame with this name; a site may have the same one as its key."""
    return of_path(path) is Audience.EMBED and path.split("/")[3:] == [name]
