"""What a public address asks for, in one form: parameters nobody knows, and their order, make no difference."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from widget.config import LANGUAGES
from widget.web.reading import LARGEST_ID

# Longer ones are left to Flask, which refuses them; so is an article that no thread can have.
_LONGEST_QUERY, _LONGEST_ARTICLE = 8000, 500
MOST_COUNTED = 50
_OF_SITE = re.compile(r"/public/([a-z0-9-]{1,64})/(thread\.json|thread\.html|thread\.atom|counts\.json)")
_OF_THREAD = re.compile(r"/threads/([0-9]{1,10})")
_SCRIPT = re.compile(r"/embed(\.[0-9a-f]{1,64})?\.js")


class Kind(StrEnum):
    """The renderings that are kept."""

    DATA = "thread.json"
    FRAGMENT = "thread.html"
    FEED = "thread.atom"
    COUNTS = "counts.json"
    PAGE = "thread"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True)
class Wish:
    """One public rendering; what its kind does not look at stays at its default."""

    kind: Kind
    path: str
    site: str = ""
    articles: tuple[str, ...] = ()
    thread_id: int = 0
    page: int | None = None
    comment_id: int | None = None
    order: str = "newest"
    language: str = ""

    @property
    def query(self) -> str:
        """The query string that asks for exactly this."""
        asked: list[tuple[str, object]] = [("article", article) for article in self.articles]
        asked += [("page", self.page)] if self.page is not None else []
        asked += [("comment", self.comment_id)] if self.comment_id is not None else []
        asked += [("order", self.order)] if self.order != "newest" else []
        asked += [("lang", self.language)] if self.language else []
        return urlencode(asked)


def read(path: str, query: str) -> Wish | None:
    """Return what an address asks for, or None where Flask alone knows."""
    if _SCRIPT.fullmatch(path):
        return Wish(Kind.SCRIPT, path)
    of_site, of_thread = _OF_SITE.fullmatch(path), _OF_THREAD.fullmatch(path)
    if (of_site is None and of_thread is None) or len(query) > _LONGEST_QUERY:
        return None
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    if of_site is None:
        assert of_thread is not None
        thread_id = int(of_thread[1])
        return _paged(Kind.PAGE, path, pairs, thread_id=thread_id) if thread_id <= LARGEST_ID else None
    kind, site = Kind(of_site[2]), of_site[1]
    if kind is Kind.COUNTS:
        asked = [value for name, value in pairs if name == "article"][:MOST_COUNTED]
        return Wish(kind, path, site, tuple(sorted({article for article in asked if article})))
    article = _first(pairs, "article")
    if len(article) > _LONGEST_ARTICLE:
        return None
    if kind is Kind.FEED:
        return Wish(kind, path, site, (article,), language=_language(pairs))
    return _paged(kind, path, pairs, site=site, articles=(article,))


def _paged(kind: Kind, path: str, pairs: list[tuple[str, str]], **place: object) -> Wish:
    comment_id = None if kind is Kind.PAGE else _number(_first(pairs, "comment"))
    if comment_id is not None and not 0 < comment_id <= LARGEST_ID:
        comment_id = None
    return Wish(
        kind,
        path,
        page=_number(_first(pairs, "page")),
        comment_id=comment_id,
        order="oldest" if _first(pairs, "order") == "oldest" else "newest",
        language=_language(pairs),
        **place,  # type: ignore[arg-type]
    )


def _first(pairs: list[tuple[str, str]], name: str) -> str:
    return next((value for known, value in pairs if known == name), "")


def _language(pairs: list[tuple[str, str]]) -> str:
    asked = _first(pairs, "lang")
    return asked if asked in LANGUAGES else ""


def _number(text: str) -> int | None:
    """Return a number as Flask's own reading of parameters would."""
    try:
        return int(text)
    except ValueError:
        return None
