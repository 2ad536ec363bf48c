"""A thread's public rendering: data, fragment, and the thread's own page."""

import json
from dataclasses import dataclass
from typing import cast

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from widget import publication
from widget.db import db
from widget.errors import NotFound
from widget.extensions import settings
from widget.models import Site, Thread
from widget.publication import Order, Publication
from widget.services import articles, comments, sites, threads
from widget.services.articles import Article
from widget.web import language
from widget.web.reading import LARGEST_ID, blueprint, structure
from widget.web.reading.responses import public


@blueprint.get("/public/<site_key>/thread.json")
def thread_json(site_key: str) -> Response:
    """Return one page of a thread as JSON without HTML."""
    shown = _asked_for(site_key)
    return public(structure.document(shown), "application/json")


@blueprint.get("/public/<site_key>/thread.html")
def thread_html(site_key: str) -> Response:
    """Return the same as a fragment of HTML that a publisher's server includes."""
    shown = _asked_for(site_key)
    body = render_template(
        "reading/fragment.html",
        shown=shown,
        notice=structure.notice(shown),
        thread=shown.thread,
        site=shown.site,
    )
    return public(body, "text/html; charset=utf-8")


@blueprint.get("/public/<site_key>/counts.json")
def counts_json(site_key: str) -> Response:
    """Return how many comments are published under each of up to fifty articles."""
    site = sites.by_key(db.session(), site_key)
    asked = sorted({article for article in request.args.getlist("article")[:50] if article})
    counts = publication.counts(db.session(), site.id, asked)
    return public(json.dumps({"v": 1, "counts": counts}, ensure_ascii=False), "application/json")


@blueprint.get(f"/threads/<int(max={LARGEST_ID}):thread_id>")
def thread_page(thread_id: int) -> Response:
    """Show the thread's own page, which search engines read and which works without JavaScript."""
    successor = threads.successor(db.session(), thread_id)
    if successor is not None:
        return cast(Response, redirect(url_for("reading.thread_page", thread_id=successor), 301))
    thread = threads.by_id(db.session(), thread_id)
    if not publication.is_public(thread):
        raise NotFound("thread.unknown")
    language.speak_to_reader(thread.site, request.args.get("lang"), thread)
    shown = publication.publish(db.session(), thread.site, thread, order=_order(), page=_page())
    article = Article(thread.article, thread.url, thread.title, thread.language)
    return _page_of(shown, article)


@blueprint.get("/threads")
def find_thread() -> ResponseReturnValue:
    """Lead to an article's thread, or show the still empty one with its composer."""
    site = sites.by_key(db.session(), request.args.get("site", ""))
    thread = threads.find(db.session(), site.id, request.args.get("article", ""))
    if thread is not None and publication.is_public(thread):
        return redirect(url_for("reading.thread_page", thread_id=thread.id))
    article = articles.checked(site, _claimed())
    language.speak_to_reader(site, article.language)
    return _page_of(publication.publish(db.session(), site, thread), article)


@blueprint.get(f"/comments/<int(max={LARGEST_ID}):comment_id>")
def comment(comment_id: int) -> ResponseReturnValue:
    """Lead to a published comment under its article; the address is one of the site's own."""
    found = comments.published(db.session(), comment_id)
    if not sites.allows(found.thread.site, found.thread.url):
        page = publication.page_of(db.session(), found.thread_id, comment_id)
        return redirect(
            url_for(
                "reading.thread_page", thread_id=found.thread_id, page=page, _anchor=f"byline-{comment_id}"
            )
        )
    return redirect(f"{found.thread.url.partition('#')[0]}#byline-{comment_id}")


@dataclass(frozen=True)
class Actions:
    """Where the links of a thread's page lead: into its composer frame."""

    site: Site
    article: Article

    @property
    def frame(self) -> str:
        """The composer."""
        return self._in_frame("embed.frame")

    @property
    def correction(self) -> str:
        """The form for an error in the article."""
        return self._in_frame("embed.correction")

    def reply(self, comment_id: int) -> str:
        """The composer, answering a comment."""
        return self._in_frame("embed.frame", reply=comment_id)

    def report(self, comment_id: int) -> str:
        """The form that reports a comment."""
        return self._in_frame("embed.report", comment=comment_id)

    def _in_frame(self, endpoint: str, reply: int | None = None, comment: int | None = None) -> str:
        return url_for(
            endpoint,
            site=self.site.key,
            article=self.article.article,
            url=self.article.url,
            title=self.article.title,
            lang=language.selected(),
            host=settings().origin,
            reply=reply,
            comment=comment,
        )


def _page_of(shown: Publication, article: Article) -> Response:
    body = render_template(
        "reading/thread.html",
        shown=shown,
        notice=structure.notice(shown),
        article=article,
        headline=publication.headline(shown.thread, article.url),
        site=shown.site,
        thread=shown.thread,
        order=_order(),
        actions=Actions(shown.site, article),
        structured=_structured(shown, article),
    )
    return public(body, "text/html; charset=utf-8")


def _structured(shown: Publication, article: Article) -> str:
    """Return the page as schema.org data: a discussion about the article, and its comments."""
    thread = shown.thread
    about = {
        "@type": "NewsArticle",
        "@id": article.url,
        "url": article.url,
        "headline": publication.headline(thread, article.url),
    }
    listed = [
        {
            "@type": "Comment",
            "@id": url_for("reading.comment", comment_id=item.id, _external=True),
            "text": "\n\n".join(
                "".join(piece if isinstance(piece, str) else piece.text for piece in part)
                for part in item.body
            ),
            "datePublished": item.at.isoformat() if item.at else None,
            "inLanguage": item.language,
            "author": {"@type": "Person", "name": item.name, "homeLocation": item.place},
            **(
                {"parentItem": {"@id": url_for("reading.comment", comment_id=item.parent, _external=True)}}
                if item.parent
                else {}
            ),
        }
        for item in shown.comments
        if not item.removed
    ]
    page = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "url": url_for("reading.thread_page", thread_id=thread.id, _external=True) if thread else None,
        "inLanguage": article.language,
        "isPartOf": {"@type": "WebSite", "name": shown.site.name},
        "about": about,
        "commentCount": shown.count,
        "comment": listed,
    }
    # A `<` would let a text end the script element early.
    return json.dumps(page, ensure_ascii=False).replace("<", "\\u003c")


def _asked_for(site_key: str) -> Publication:
    site = sites.by_key(db.session(), site_key)
    thread = threads.find(db.session(), site.id, request.args.get("article", ""))
    language.speak_to_reader(site, request.args.get("lang"), publication.known(thread))
    return publication.publish(db.session(), site, thread, order=_order(), page=_page_asked(thread))


def _page_asked(thread: Thread | None) -> int | None:
    """Return the page asked for by number, or that on which a comment stands."""
    wanted = request.args.get("comment", type=int)
    if wanted is not None and thread is not None and 0 < wanted <= LARGEST_ID:
        return publication.page_of(db.session(), thread.id, wanted)
    return _page()


def _page() -> int | None:
    return request.args.get("page", type=int)


def _order() -> Order:
    return "oldest" if request.args.get("order") == "oldest" else "newest"


def _claimed() -> Article:
    args = request.args
    return Article(args.get("article", ""), args.get("url", ""), args.get("title", ""), args.get("lang", ""))
