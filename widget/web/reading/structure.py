"""A publication as the JSON that the widget builds its page from: strings and links, no HTML."""

import json
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from flask import url_for
from flask_babel import gettext, ngettext, pgettext

from widget import clock
from widget.publication import Publication, PublicComment
from widget.text.structure import Link
from widget.web.assets import iso, moment
from widget.web.language import selected

VERSION = 1
# A number of every plural form: Arabic has six below 101, French and Spanish one of their own for whole millions.
_NUMBERS = (*range(102), 1_000_000)


def document(publication: Publication) -> str:
    """Return the contract's shape as it is sent; fields are only ever added to it."""
    comments = ",".join(map(_comment, publication.comments))
    return f'{_json(_about(publication))[:-1]},"comments":[{comments}]}}'


def _about(publication: Publication) -> dict[str, Any]:
    """Return all but the comments."""
    thread = publication.thread
    return {
        "v": VERSION,
        "site": publication.site.key,
        "thread": {
            "id": thread.id if thread else None,
            "state": "closed" if publication.is_closed else "open",
            "off": publication.is_off,
            "notice": notice(publication),
            "count": publication.count,
            "closes_at": iso(publication.closes_at) if publication.closes_at else None,
            "version": f"{publication.site.version}.{thread.version if thread else 0}",
            "page": url_for("reading.thread_page", thread_id=thread.id, _external=True) if thread else None,
        },
        "prev": publication.prev,
        "next": publication.next,
        "ui": {**_words(selected()), **_frame_of_a_closed_thread(publication)},
    }


def notice(publication: Publication) -> str | None:
    """Return what readers are told about closing: the newsroom's own words, else when it closes by itself."""
    ends = publication.closes_at
    if publication.is_closed or publication.notice or ends is None or ends <= clock.now():
        return publication.notice
    return gettext("Comments close on %(when)s.", when=moment(ends))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _frame_of_a_closed_thread(publication: Publication) -> dict[str, str]:
    """Return what the frame is called where nobody can write any more; nothing for an open thread."""
    return {"compose": gettext("My comments here")} if publication.is_closed else {}


@cache
def _words(tag: str) -> dict[str, str | dict[str, str]]:
    """Return the few words the widget itself speaks, in the language of the request, which the tag is of."""
    return {
        "lang": tag,
        "title": gettext("Comments"),
        "empty": gettext("No comments yet. The editors read every one before it appears."),
        "closed": gettext("Comments on this article are closed."),
        "off": gettext("There are no comments on this article."),
        "reply": gettext("Reply"),
        "report": gettext("Report"),
        "correction": gettext("Report an error or a typo"),
        "to": gettext("in reply to {name}"),
        "removed": gettext("This comment has been removed."),
        "more": gettext("More comments"),
        "compose": gettext("Leave a reply"),
        "error": gettext("The comments could not be loaded."),
        "retry": gettext("Try again"),
        "new": gettext("Show new comments"),
        "news": _news(tag),
        "permalink": gettext("Link to this comment"),
        "page": gettext("Comments on their own page"),
        "comma": pgettext("between name and place", ", "),
    }


def _news(tag: str) -> dict[str, str]:
    """Return the offer to show what is new by the plural forms of the language, as `Intl.PluralRules` names them."""
    return {
        form: ngettext("Show %(n)s new comment", "Show %(n)s new comments", number, n="{n}")
        for form, number in _plurals(tag).items()
    }


def _plurals(tag: str) -> dict[str, int]:
    """Return the lowest number of each plural form of a language."""
    form = Locale.parse(tag, sep="-").plural_form
    return {form(number): number for number in reversed(_NUMBERS)}


# A page is made again for each new comment on it, and the others are what they were.
@lru_cache(maxsize=4096)
def _comment(comment: PublicComment) -> str:
    """Return a comment as JSON."""
    place = {"id": comment.id, "root": comment.root, "parent": comment.parent}
    if comment.removed:
        return _json({**place, "removed": True})
    assert comment.at is not None
    return _json(
        {
            **place,
            "name": comment.name,
            "place": comment.place,
            "at": iso(comment.at),
            "lang": comment.language,
            "dir": comment.direction,
            "body": [[_piece(piece) for piece in paragraph] for paragraph in comment.body],
        }
    )


def _piece(piece: str | Link) -> str | dict[str, str]:
    return {"href": piece.href, "text": piece.text} if isinstance(piece, Link) else piece
