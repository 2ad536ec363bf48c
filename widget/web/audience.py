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
