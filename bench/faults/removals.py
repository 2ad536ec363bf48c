"""How long a removed comment is still shown: decided by one process, looked for on every node."""

import http.client
import json
import time
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from bench.cluster.cluster import Cluster
from bench.cluster.node import Node
from widget import clock
from widget.app import create_app
from widget.config import Settings
from widget.db import begin_writing, db
from widget.models import Account, Comment, CommentState, SignInKind, StaffRole, Thread
from widget.moderation.permissions import Staff
from widget.services import moderation, sign_ins, staff
from widget.services.moderation import Order

_PATIENCE = 15.0


class Removals:
    """Removes and restores one comment of an article again and again."""

    def __init__(self, cluster: Cluster, site: str, article: str) -> None:
        self._nodes = cluster.nodes
        self._path = f"/public/{site}/thread.json?article={article}&order=oldest"
        self._article = article
        self._app: Flask = create_app(Settings.from_environment(cluster.environment))

    def measure(self, rounds: int) -> dict[str, Any]:
        """Return the times in milliseconds from the decision's commit until the last node shows it no more."""
        times = []
        with self._app.app_context():
            self._by = self._signed_in()
            for _ in range(rounds):
                comment_id, decision_id = self._remove()
                began = time.monotonic()
                gone = [self._until(node, comment_id, shown=False, began=began) for node in self._nodes]
                times.append(max(gone))
                self._restore(decision_id)
                for node in self._nodes:
                    self._until(node, comment_id, shown=True, began=time.monotonic())
            db.session.remove()
            db.engine.dispose()
        times.sort()
        return {
            "rounds": rounds,
            "ms_p50": round(1000 * times[len(times) // 2], 1),
            "ms_p99": round(1000 * times[min(len(times) - 1, len(times) * 99 // 100)], 1),
            "ms_worst": round(1000 * times[-1], 1),
            "beyond_one_second": sum(1 for one in times if one > 1),
        }

    def _signed_in(self) -> Staff:
        """Return a member of staff at the desk, since only the sign-in that decided may undo."""
        session = db.session()
        begin_writing(session)
        account = session.scalars(select(Account).join(StaffRole).order_by(StaffRole.id)).first()
        assert account is not None
        _, sign_in = sign_ins.start(session, account.id, SignInKind.DESK, clock.now())
        session.flush()
        by = staff.of(account, sign_in)
        assert by is not None
        session.commit()
        return by

    def _remove(self) -> tuple[int, int]:
        session = db.session()
        session.rollback()
        comment = session.scalars(
            select(Comment)
            .join(Thread)
            .where(Thread.article == self._article, Comment.state == CommentState.PUBLISHED)
            .order_by(Comment.position)
        ).first()
        assert comment is not None
        order = Order(comment.id, "remove", comment.version, rule=7)
        comment_id = comment.id
        decision = moderation.decide(session, self._by, order, timedelta(hours=1), clock.now())
        decision_id = decision.id
        session.commit()
        return comment_id, decision_id

    def _restore(self, decision_id: int) -> None:
        session = db.session()
        moderation.undo(session, self._by, decision_id, clock.now())
        session.commit()

    def _until(self, node: Node, comment_id: int, *, shown: bool, began: float) -> float:
        """Ask a node itself, past the proxy, until it shows the comment or does not; return the seconds."""
        connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=5)
        try:
            while time.monotonic() - began < _PATIENCE:
                connection.request("GET", self._path, headers={"Host": node.host})
                page = json.loads(connection.getresponse().read())
                # A tombstone keeps the id, and has no name.
                visible = any(one["id"] == comment_id and one.get("name") for one in page["comments"])
                if visible == shown:
                    return time.monotonic() - began
        finally:
            connection.close()
        raise AssertionError(f"{node.name} shows something else after {_PATIENCE} seconds")
