"""The feed of a thread, as Atom."""

from datetime import UTC, datetime

from flask import Response, render_template, request

from widget import publication
from widget.db import db
from widget.errors import NotFound
from widget.services import sites, threads
from widget.web import language
from widget.web.reading import blueprint
from widget.web.reading.responses import public


@blueprint.get("/public/<site_key>/thread.atom")
def thread_atom(site_key: str) -> Response:
    """Return the fifty comments published last under an article; where nothing was, there is no feed."""
    site = sites.by_key(db.session(), site_key)
    thread = threads.find(db.session(), site.id, request.args.get("article", ""))
    if thread is None or not publication.is_public(thread):
        raise NotFound("thread.unknown")
    language.speak_to_reader(site, request.args.get("lang"), thread)
    comments = publication.latest(db.session(), thread)
    moments = [comment.at for comment in comments if comment.at]
    body = render_template(
        "reading/thread.atom",
        site=site,
        thread=thread,
        headline=publication.headline(thread, thread.url),
        comments=comments,
        updated=max(moments, default=datetime.fromtimestamp(thread.created_at.timestamp(), UTC)),
    )
    return public(body, "application/atom+xml; charset=utf-8")
