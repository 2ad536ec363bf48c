"""What stands above and below a page of the frame that is opened by itself: whose it is, about what, and the way back.

Within another page that page says all this, so that there nothing of it is shown.
"""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from widget import publication
from widget.db import db
from widget.errors import Refusal
from widget.services import articles, threads
from widget.web.embed.whereabouts import Whereabouts


@dataclass(frozen=True)
class Letterhead:
    """The article as the public reads of it, its language, and where article and comments are.

    All is empty where the page is not about one of the site's articles.
    """

    headline: str = ""
    language: str = ""
    article: str = ""
    comments: str = ""


def render(template: str, at: Whereabouts, **values: Any) -> str:
    """Return a page of the frame, with a letterhead where the browser opens it by itself.

    Browsers say what they ask for a page for. Of one that does not it is taken for granted that a page frames it.
    """
    alone = request.headers.get("Sec-Fetch-Dest") == "document"
    return render_template(template, at=at, letterhead=_letterhead(at) if alone else None, **values)


def _letterhead(at: Whereabouts) -> Letterhead:
    thread = threads.find(db.session(), at.site.id, at.article)
    if thread is not None and publication.is_public(thread):
        comments = url_for("reading.thread_page", thread_id=thread.id)
        return Letterhead(publication.headline(thread, thread.url), thread.language, thread.url, comments)
    try:
        article = articles.checked(at.site, at.claimed)
    except Refusal:
        return Letterhead()
    return Letterhead(publication.headline(thread, article.url), article.language, article.url, at.own_page)
