"""Health for load balancers, and metrics for Prometheus."""

import hmac
import os
from ipaddress import ip_address

from flask import Response, abort, request
from prometheus_client import REGISTRY, CollectorRegistry, Gauge, generate_latest, multiprocess
from sqlalchemy import select
from sqlalchemy.orm import Session

from widget import clock, schema
from widget.db import db
from widget.extensions import settings
from widget.models import Comment, CommentState
from widget.schema import Schema
from widget.services import queue, sites, undelivered
from widget.web import monitored
from widget.web.reading import blueprint

# What proxies add, each in its own way.
_FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP")
_READINESS = {
    Schema.READY: "ok\n",
    Schema.AWAY: "the database is away\n",
    Schema.EMPTY: "the database is not migrated yet: run flask --app wsgi db upgrade\n",
    Schema.BEHIND: "the database is older than this release: run flask --app wsgi db upgrade\n",
}


@blueprint.get("/livez")
def livez() -> Response:
    """Answer while the process lives."""
    return _plain("ok\n")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer 503 while the database is away, or older than this release."""
    found = schema.look(db.session())
    return _plain(_READINESS[found], 200 if found is Schema.READY else 503)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return what an operator watches, in Prometheus's text format, to those whom the settings name."""
    if not _may_watch(settings().metrics):
        abort(403)
    response = _plain("")
    response.data = generate_latest(_counted()) + generate_latest(_measured(db.session()))
    return response


def _counted() -> CollectorRegistry:
    """Return what was counted by this process, or by all workers where they share a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared


def _measured(session: Session) -> CollectorRegistry:
    """Return what the database says at this moment."""
    known = [site.id for site in sites.every(session)]
    registry = CollectorRegistry()
    for name, what, value in (
        (
            "byline_waiting_comments",
            "Comments waiting for a decision, counted up to 500.",
            queue.count(session, known),
        ),
        ("byline_oldest_wait_seconds", "How long the oldest of them waits.", _oldest_wait(session)),
        (
            "byline_outbox_lag_seconds",
            "How late the mail is that is due longest, from when it was first due.",
            undelivered.lag(session, clock.now()),
        ),
        (
            "byline_outbox_given_up",
            "Mails of the last thirty days that no attempt could deliver.",
            undelivered.count_given_up(session),
        ),
    ):
        Gauge(name, what, registry=registry).set(value)
    return registry


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
        is_here = ip_address(request.remote_addr or "").is_loopback
        return is_here and monitored.is_by_own_name(request.environ, settings().host)
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


def _plain(body: str, status: int = 200) -> Response:
    response = Response(body, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
