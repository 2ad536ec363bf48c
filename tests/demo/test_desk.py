"""What the demo's staff keep and say among themselves is there when the demo opens, by the services that write it."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from widget import clock
from widget.app import create_app
from widget.config import Settings
from widget.db import db
from widget.demo import content
from widget.demo.setup import DemoSetup
from widget.models import Account, Appeal, CannedNote, IdentityRow, PersonNote, SecondReading, Site
from widget.services import list_counts
from widget.services.sealing import Seal
from widget.services.selection import Selection


@pytest.fixture
def demo(sqlite_url: str) -> Flask:
    """The demo as its set-up leaves it."""
    settings = Settings.for_tests(demo=True, database_url=sqlite_url)
    app = create_app(settings)
    with app.app_context():
        seal = Seal.of(settings)
        DemoSetup(db.session(), content.load(), settings.base_url, seal, clock.now()).run(lambda _: None)
        db.session.remove()
    return app


def test_every_list_has_something_in_it(demo: Flask) -> None:
    with demo.app_context():
        session = db.session()
        site_id = session.scalars(select(Site.id)).one()
        emails = {member.role: member.email for member in content.load().staff if not member.second_factor}
        for role in ("editor", "moderator"):
            account = session.scalars(select(Account).where(Account.email == emails[role])).one()
            mine = Selection([site_id], [site_id], account.id)
            counts = list_counts.counts(session, mine, [site_id], [site_id])
            assert min(counts.queue, counts.doubt, counts.answers, counts.reports, counts.corrections) >= 1, (
                role
            )
            assert counts.doubts == 1
            if role == "editor":
                assert counts.opinion >= 1
        for model in (Appeal, PersonNote, CannedNote, SecondReading):
            assert session.scalar(select(func.count()).select_from(model)), model.__name__
        assert session.scalars(select(IdentityRow.answer)).one()
        db.session.remove()
