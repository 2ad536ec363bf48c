"""`flask site`: closing a whole publication without the desk."""

import click
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.newsroom import Newsroom
from widget.cli.site import group
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
    assert entries[0].changes == {
        "before": {"closed": False, "notice": None},
        "after": {"closed": True, "notice": "Back on Monday."},
    }
    assert audit.verify(session) is None


@pytest.mark.parametrize("command", ["close", "reopen", "show"])
def test_an_unknown_site_is_a_sentence(app: Flask, site_id: int, command: str) -> None:
    answer = app.test_cli_runner().invoke(args=["site", command, "gazette"])
    assert answer.exit_code == 1
    assert "There is no such publication here." in answer.output


def test_settings_are_set_through_the_service_and_on_the_record(
    app: Flask, session: Session, site_id: int
) -> None:
    runner = app.test_cli_runner()
    version = session.get_one(Site, site_id).version
    session.rollback()
    given = ["site", "set", "tribune", "--name", "The Tribune of Hamar", "--auto-close-days", "14"]
    given += ["--origin", "https://New.example", "--language", "fr", "--language", "en", "--own-decisions"]
    given += [
        "--corrections-email",
        "desk@tribune.example",
        "--keep-refused-days",
        "0",
        "--second-reading",
        "5",
    ]
    given += ["--accent", "#7A1F3D", "--theme", "dark"]
    answer = runner.invoke(args=given)
    assert (answer.exit_code, answer.output) == (0, "Changed tribune.\n")
    session.rollback()
    site = session.get_one(Site, site_id)
    assert (site.name, site.auto_close_days, site.origins) == (
        "The Tribune of Hamar",
        14,
        ["https://new.example"],
    )
    assert (site.languages, site.default_language, site.own_decisions) == (["fr", "en"], "fr", True)
    assert (site.corrections_email, site.keep_refused_days) == ("desk@tribune.example", None)
    assert (site.keep_letters_days, site.second_reading_percent) == (365, 5)
    assert site.look == {"accent": "#7a1f3d", "theme": "dark"}
    assert site.version == version + 1
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.actor_name) for entry in entries] == [
        ("site.settings", "Operator"),
        ("site.figures", "Operator"),
    ]
    assert entries[1].changes == {
        "before": {"percent": 2, "transparency": False},
        "after": {"percent": 5, "transparency": False},
    }


def test_what_is_empty_or_nought_takes_a_setting_back(app: Flask, session: Session, site_id: int) -> None:
    runner = app.test_cli_runner()
    for given in (
        ["--auto-close-days", "14", "--corrections-email", "desk@tribune.example", "--theme", "dark"],
        ["--auto-close-days", "0", "--corrections-email", "", "--theme", "auto"],
    ):
        assert runner.invoke(args=["site", "set", "tribune", *given]).exit_code == 0
    session.rollback()
    site = session.get_one(Site, site_id)
    assert (site.auto_close_days, site.corrections_email, site.look) == (None, None, {})


def test_a_setting_that_is_refused_changes_nothing(app: Flask, session: Session, site_id: int) -> None:
    given = [
        "site",
        "set",
        "tribune",
        "--name",
        "Another",
        "--origin",
        "news.example",
        "--second-reading",
        "9",
    ]
    answer = app.test_cli_runner().invoke(args=given)
    assert answer.exit_code == 1
    assert "news.example is not an origin" in answer.output
    session.rollback()
    site = session.get_one(Site, site_id)
    assert (site.name, site.second_reading_percent) == ("The Tribune", 2)
    assert session.scalars(select(AuditEntry)).all() == []


def test_a_site_is_created_on_the_record_and_its_code_printed(
    app: Flask, session: Session, site_id: int
) -> None:
    runner = app.test_cli_runner()
    given = ["site", "create", "courier", "--name", "The Courier", "--origin", "https://courier.example"]
    made = runner.invoke(args=given)
    assert made.exit_code == 0, made.output
    code = (
        '<byline-comments site="courier"></byline-comments>\n'
        '<script async src="http://127.0.0.1:8000/embed.js"></script>\n'
    )
    assert made.output.endswith(code)
    session.rollback()
    assert session.scalars(select(AuditEntry.action)).all() == ["site.create"]
    session.rollback()
    assert runner.invoke(args=["site", "embed", "courier"]).output == code
    again = runner.invoke(args=given)
    assert again.exit_code == 1
    assert "There is a site with the key courier already." in again.output


def test_what_is_shown_is_what_was_set(app: Flask, session: Session, site_id: int) -> None:
    runner = app.test_cli_runner()
    given = {
        "name": "The Tribune of Hamar",
        "comment-length": "500",
        "auto-close-days": "14",
        "corrections-email": "desk@tribune.example",
        "second-reading": "5",
        "accent": "#7a1f3d",
        "face": "serif",
        "theme": "dark",
        "order": "oldest",
        "keep-refused-days": "0",
        "keep-letters-days": "90",
    }
    line = [part for name, value in given.items() for part in (f"--{name}", value)]
    line += ["--origin", "https://a.example", "--origin", "https://b.example"]
    line += ["--language", "fr", "--language", "en", "--own-decisions", "--transparency"]
    assert runner.invoke(args=["site", "set", "tribune", *line]).exit_code == 0
    answer = runner.invoke(args=["site", "show", "tribune"])
    assert answer.exit_code == 0, answer.output
    shown = [tuple(row.split("\t")) for row in answer.output.splitlines()]
    assert set(given.items()) <= set(shown)
    assert [value for name, value in shown if name == "origin"] == ["https://a.example", "https://b.example"]
    assert [value for name, value in shown if name == "language"] == ["fr", "en"]
    switches = {"own-decisions": "yes", "transparency": "yes", "includes-comments": "no"}
    assert set(switches.items()) <= set(shown)


def test_every_setting_is_shown_by_the_name_that_sets_it(app: Flask, session: Session, site_id: int) -> None:
    options = {
        parameter.opts[0].removeprefix("--")
        for parameter in group.commands["set"].params
        if isinstance(parameter, click.Option)
    }
    answer = app.test_cli_runner().invoke(args=["site", "show", "tribune"])
    shown = dict(row.split("\t") for row in answer.output.splitlines())
    assert set(shown) == options
    # What a new site does by itself, in the words that take a setting back.
    assert (shown["face"], shown["theme"], shown["order"], shown["accent"]) == ("page", "auto", "newest", "")
    assert (shown["auto-close-days"], shown["corrections-email"]) == ("0", "")


def test_nothing_to_change_is_a_mistake(app: Flask, session: Session, site_id: int) -> None:
    answer = app.test_cli_runner().invoke(args=["site", "set", "tribune"])
    assert answer.exit_code == 2
    assert "There was nothing to change." in answer.output
    assert session.scalars(select(AuditEntry)).all() == []
