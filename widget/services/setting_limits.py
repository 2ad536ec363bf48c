"""What makes each setting of a site fit to be stored; nothing here asks the database."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from widget.config import LANGUAGES
from widget.errors import Refusal
from widget.services import accounts, looks, sites
from widget.text import normalise

LONGEST_NAME: Final = 200
LENGTHS: Final = (100, 20_000)
MOST_DAYS: Final = 3650
# Below this a refusal could still be taken back, and the very same text sent again would go unnoticed (rule 10).
LEAST_KEPT_DAYS: Final = 30
MOST_ORIGINS: Final = 50


def _name(value: str) -> str:
    try:
        found = normalise.line(value)
    except normalise.HiddenCharacters:
        found = ""
    if not found or len(found) > LONGEST_NAME:
        raise Refusal("site.name", "name", most=LONGEST_NAME)
    return found


def _length(value: int) -> int:
    least, most = LENGTHS
    if not least <= value <= most:
        raise Refusal("site.length", "comment_length", least=least, most=most)
    return value


def _days(value: int | None) -> int | None:
    if value is not None and not 1 <= value <= MOST_DAYS:
        raise Refusal("site.days", "auto_close_days", most=MOST_DAYS)
    return value


def _kept(value: int | None) -> int | None:
    if value is not None and not LEAST_KEPT_DAYS <= value <= MOST_DAYS:
        raise Refusal("site.kept-days", least=LEAST_KEPT_DAYS, most=MOST_DAYS)
    return value


def _email(value: str | None) -> str | None:
    return accounts.address(value)[0] if value and value.strip() else None


def _languages(value: list[str]) -> list[str]:
    if not value:
        raise Refusal("site.languages-none", "languages")
    if not set(value) <= set(LANGUAGES):
        raise Refusal("site.languages", "languages", known=", ".join(LANGUAGES))
    return list(dict.fromkeys(value))


def _origins(value: list[str]) -> list[str]:
    found = list(dict.fromkeys(sites.origin(text) for text in value if text.strip()))
    if not found:
        raise Refusal("site.origins-none", "origins")
    if len(found) > MOST_ORIGINS:
        raise Refusal("site.origins-many", "origins", most=MOST_ORIGINS)
    return found


def _as_it_is(value: Any) -> Any:
    return value


# Every setting and what makes it fit to be stored; each raises Refusal.
CHECKS: Mapping[str, Callable[[Any], Any]] = cast(
    Mapping[str, Callable[[Any], Any]],
    {
        "name": _name,
        "comment_length": _length,
        "auto_close_days": _days,
        "corrections_email": _email,
        "includes_comments": _as_it_is,
        "own_decisions": _as_it_is,
        "languages": _languages,
        "default_language": _as_it_is,
        "origins": _origins,
        "look": lambda look: looks.checked(look).as_json(),
        "keep_refused_days": _kept,
        "keep_letters_days": _kept,
    },
)
