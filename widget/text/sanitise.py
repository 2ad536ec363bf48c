"""Generated HTML: the one place that knows bleach.

Stored text never passes through it. HTML is built from the paragraphs with everything escaped, and
bleach then stands behind as the second fence: whatever a mistake above let through, only these tags
and attributes reach a page, a fragment or a feed.
"""

from functools import lru_cache

import bleach
from markupsafe import Markup, escape

from widget.text.structure import Link, Paragraph

_TAGS = frozenset({"p", "a", "br"})
_ATTRIBUTES = {"a": ["href", "rel"]}
_PROTOCOLS = frozenset({"http", "https"})
_REL = "nofollow ugc noopener"


def html(parts: list[Paragraph]) -> Markup:
    """Return paragraphs as HTML of `p`, `br` and `a` alone, links marked `nofollow ugc noopener`."""
    built = Markup("").join(Markup("<p>{}</p>").format(Markup("").join(map(_piece, part))) for part in parts)
    return _fenced(built)


@lru_cache(maxsize=4096)
def _fenced(built: Markup) -> Markup:
    """Let bleach look at generated HTML; what it said is kept, since a page is built again for each new comment on it."""
    return Markup(bleach.clean(built, tags=_TAGS, attributes=_ATTRIBUTES, protocols=_PROTOCOLS))  # noqa: S704


def _piece(piece: str | Link) -> Markup:
    if isinstance(piece, Link):
        return Markup('<a href="{}" rel="{}">{}</a>').format(piece.href, _REL, piece.text)
    return Markup("<br>").join(escape(row) for row in piece.split("\n"))
