"""Where a composer stands: what the embedding page says of itself, carried through every form."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from flask import request, url_for

from widget.db import db
from widget.extensions import settings
from widget.models import Site
from widget.services import sites
from widget.services.articles import Article
from widget.web import headers, language

_THEMES = frozenset({"light", "dark", "auto"})
# The largest whole number that both engines take as an id.
MOST = 2**31 - 1
# What every form sends along; the rest of the parameters belongs to one view of the frame.
_CARRIED = ("article", "url", "title", "lang", "theme", "host", "reply", "edit", "revise")


@dataclass(frozen=True)
class Whereabouts:
    """The parameters of the frame, none of them trusted before a service has checked it.

    `host` is the origin of the embedding page; `reply`, `edit`, `revise` and `sent` are comment ids;
    `view` is the part of the form a person who is not signed in sees; `notice` the code of what has
    just happened.
    """

    site: Site
    article: str = ""
    url: str = ""
    title: str = ""
    lang: str = ""
    theme: str = "auto"
    host: str = ""
    reply: int | None = None
    edit: int | None = None
    revise: int | None = None
    view: str = ""
    notice: str = ""
    sent: int | None = None

    @property
    def claimed(self) -> Article:
        """The article as the page describes it."""
        return Article(self.article, self.url, self.title, self.lang)

    @property
    def parent_origin(self) -> str:
        """The origin that messages go to: one of the site's, or this server's own; else none at all."""
        asked = self.host.lower()
        return asked if asked in {*self.site.origins, settings().origin} else ""

    @property
    def is_on_own_page(self) -> bool:
        """Whether the frame stands in a page of this server, where its cookie is never a third party's."""
        return self.parent_origin == settings().origin

    @property
    def own_page(self) -> str:
        """The address of this server's own page with the same thread and the same composer."""
        about = {"article": self.article, "url": self.url, "title": self.title, "lang": self.lang}
        return url_for("reading.find_thread", site=self.site.key, **_given(about))

    def carried(self) -> list[tuple[str, str]]:
        """Return the names and values of a form's hidden fields."""
        values = ((name, getattr(self, name)) for name in _CARRIED)
        return [(name, str(value)) for name, value in values if value]

    def but(self, **changes: Any) -> "Whereabouts":
        """Return the same place with some parameters changed."""
        return replace(self, **changes)

    def to(self, endpoint: str = "embed.frame", **more: Any) -> str:
        """Return the address of one of the frame's pages that stands at this place."""
        values: dict[str, Any] = {
            **dict(self.carried()),
            "view": self.view,
            "notice": self.notice,
            "sent": self.sent,
        }
        values = {name: value for name, value in {**values, **more}.items() if value}
        return url_for(endpoint, site=self.site.key, **values)


def here() -> Whereabouts:
    """Return the place of the present request, let its site frame the answer, and speak its language.

    Raises NotFound for a site that does not exist.
    """
    site = sites.by_key(db.session(), (request.view_args or {}).get("site", ""))
    headers.allow_framing_by(site.origins)
    place = _read(site, request.form if request.method == "POST" else request.args)
    language.speak_to_reader(site, place.lang)
    return place


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has a value; an address is not lengthened by what is empty."""
    return {name: value for name, value in values.items() if value}


def _read(site: Site, given: Mapping[str, str]) -> Whereabouts:
    values: dict[str, Any] = {}
    for item in fields(Whereabouts):
        # No database stores the character NUL, and no address holds it.
        text = given.get(item.name, "").replace("\0", "").strip()
        if not text or item.name == "site":
            continue
        values[item.name] = number(text) if item.name in {"reply", "edit", "revise", "sent"} else text
    if values.get("theme") not in _THEMES:
        values.pop("theme", None)
    values["lang"] = _language(site, values.get("lang", ""))
    return Whereabouts(site, **values)


def number(text: str) -> int | None:
    """Return a row's id, or None for what cannot be one."""
    fits = text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= MOST
    return int(text) if fits else None


def _language(site: Site, tag: str) -> str:
    """Return the site's language that a page's tag means: `en-GB` and `en` are the same letters page."""
    for candidate in (tag, tag.replace("_", "-").split("-")[0].lower()):
        if candidate in site.languages:
            return candidate
    return ""
