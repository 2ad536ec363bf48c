"""Health for load balancers, and metrics for Prometheus."""

import hmac
from ipaddress import ip_address

from flask import Response, abort, request
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from widget import clock
from widget.db import db
from widget.extensions import settings
from widget.models import Comment, CommentState, OutboxMail
from widget.services import queue, sites
from widget.web.reading import blueprint

# What proxies add, each in its own way.
_FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP")


@blueprint.get("/livez")
def livez() -> Response:
    """Answer while the process lives."""
    return _plain("ok\n")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer 503 while the database is away."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return _plain("the database is away\n", 503)
    return _plain("ok\n")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return what an operator watches, in Prometheus's text format, to those whom the settings name."""
    if not _may_watch(settings().metrics):
        abort(403)
    session = db.session()
    waiting = queue.count(session, [site.id for site in sites.every(session)])
    lines = [
        "# HELP byline_waiting_comments Comments waiting for a decision, counted up to 500.",
        "# TYPE byline_waiting_comments gauge",
        f"byline_waiting_comments {waiting}",
        "# HELP byline_oldest_wait_seconds How long the oldest of them waits.",
        "# TYPE byline_oldest_wait_seconds gauge",
        f"byline_oldest_wait_seconds {_oldest_wait(session):.0f}",
        "# HELP byline_outbox_lag_seconds How late the mail is that is due longest.",
        "# TYPE byline_outbox_lag_seconds gauge",
        f"byline_outbox_lag_seconds {_outbox_lag(session):.0f}",
    ]
    return _plain("\n".join(lines) + "\n")


def _may_watch(who: str) -> bool:
    """Whether the requester reads metrics: anybody, whoever has the token, or else this machine alone."""
    if who == "public":
        return True
    if who:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), who.encode())
    if not settings().proxy_hops and any(name in request.headers for name in _FORWARDED):
        # A proxy of this machine that the settings do not know of passes somebody else's request on.
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _oldest_wait(session: Session) -> float:
    oldest = session.scalar(
        select(Comment.queued_at)
        .where(Comment.state == CommentState.PENDING, Comment.queued_at.is_not(None))
        .order_by(Comment.queued_at)
        .limit(1)
    )
    return (clock.now() - oldest).total_seconds() if oldest else 0.0


def _outbox_lag(session: Session) -> float:
    due = session.scalar(
        select(OutboxMail.not_before)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.cancelled_at.is_(None))
        .order_by(OutboxMail.not_before)
        .limit(1)
    )
    return max(0.0, (clock.now() - due).total_seconds()) if due else 0.0


def _plain(body: str, status: int = 200) -> Response:
    response = Response(body, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
