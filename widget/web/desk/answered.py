"""What a form about a site was shown with and sent with, as text: only what somebody changed is a change.

What stayed as it was shown is left to whoever changes it meanwhile; every field carries that along as `was-…`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from widget.models import Site

# As the boxes send it.
TICKED = "y"


def _days(text: str) -> int | None:
    """Return a number of days, none for an empty field; what is no number is one that no service takes."""
    return _number(text) if text else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1


# Every field by name, and what its text means.
READ: Mapping[str, Callable[[str], Any]] = {
    "name": str,
    "comment_length": _number,
    "auto_close_days": _days,
    "corrections_email": lambda text: text or None,
    "includes_comments": bool,
    "own_decisions": bool,
    "languages": str.split,
    "default_language": str,
    "origins": str.split,
    "keep_refused_days": _days,
    "keep_letters_days": _days,
}
_SEVERAL = {"languages": " ", "origins": "\n"}


def of(site: Site) -> dict[str, str]:
    """Return a site's settings as its form shows them."""
    found = {}
    for name in READ:
        value = getattr(site, name)
        if name in _SEVERAL:
            found[name] = _SEVERAL[name].join(value)
        elif isinstance(value, bool):
            found[name] = TICKED if value else ""
        else:
            found[name] = "" if value is None else str(value)
    return found


def sent() -> dict[str, str]:
    """Return what the form of this request was sent with."""
    found = {name: request.form.get(name, "").strip() for name in READ}
    found["languages"] = " ".join(request.form.getlist("languages"))
    found["origins"] = "\n".join(request.form.get("origins", "").split())
    return found


def shown() -> dict[str, str]:
    """Return what the form of this request was shown with; a field that it did not have is missing."""
    given = {name: request.form.get(f"was-{name}") for name in READ}
    return {name: "\n".join(text.splitlines()) for name, text in given.items() if text is not None}


def changes() -> dict[str, Any]:
    """Return what somebody changed, in the values that the service takes."""
    before, after = shown(), sent()
    return {name: READ[name](after[name]) for name in before if after[name] != before[name]}
