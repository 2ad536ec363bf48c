"""`flask site`: closing a whole publication without the desk."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.newsroom import Newsroom
from widget.models import AuditEntry, Site
from widget.services import audit


@pytest.fixture
def site_id(session: Session, client: object) -> int:
    """The id of the Tribune."""
    return Newsroom(session).site()


def test_the_operator_closes_and_reopens_a_site_on_the_record(
    app: Flask, session: Session, site_id: int
) -> None:
    runner = app.test_cli_runner()
    closed = runner.invoke(args=["site", "close", "tribune", "--notice", "Back on Monday."])
    assert closed.exit_code == 0, closed.output
    session.rollback()
    site = session.get_one(Site, site_id)
    version = site.version
    assert site.closed_at is not None
    assert site.closed_notice == "Back on Monday."
    reopened = runner.invoke(args=["site", "reopen", "tribune"])
    assert reopened.exit_code == 0, reopened.output
    session.rollback()
    site = session.get_one(Site, site_id)
    assert (site.closed_at, site.closed_notice) == (None, None)
    assert site.version > version, "readers are given the change"
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.actor_name, entry.actor_id, entry.subject) for entry in entries] == [
        ("site.close", "Operator", None, f"site:{site_id}"),
        ("site.reopen", "Operator", None, f"site:{site_id}"),
    ]
    assert entries[0].payload == {
        "before": {"closed": False, "notice": None},
        "after": {"closed": True, "notice": "Back on Monday."},
    }
    assert audit.verify(session) is None


@pytest.mark.parametrize("command", ["close", "reopen"])
def test_an_unknown_site_is_a_sentence(app: Flask, site_id: int, command: str) -> None:
    answer = app.test_cli_runner().invoke(args=["site", command, "gazette"])
    assert answer.exit_code == 1
    assert "There is no such publication here." in answer.output
