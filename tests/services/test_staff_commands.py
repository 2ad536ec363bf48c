"""`flask staff`: what the operator does about staff, and that the last administrator stays."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from tests.support.newsroom import Newsroom
from widget import clock
from widget.extensions import SETTINGS
from widget.models import Account, AuditEntry, Role, SecondFactor
from widget.services import second_factors, staff
from widget.services.sealing import Seal

ADD = [
    "staff",
    "add",
    "--name",
    "Edda Voss",
    "--role",
    "admin",
    "--password",
    "nine lanterns beyond the mill",
]


def run(app: Flask, newsroom: Newsroom, *words: str) -> tuple[int, str]:
    """Run a command beside the session of the test."""
    newsroom.session.rollback()
    done = app.test_cli_runner().invoke(args=list(words))
    newsroom.session.rollback()
    return done.exit_code, done.output


def test_the_first_administrator_and_the_last(app: Flask, newsroom: Newsroom) -> None:
    assert run(app, newsroom, *ADD, "edda@tribune.example") == (0, "Edda Voss is admin of all sites.\n")
    status, said = run(app, newsroom, "staff", "remove", "edda@tribune.example")
    assert status == 1
    assert "last administrator" in said
    newsroom.staff(Role.ADMIN, None)
    assert run(app, newsroom, "staff", "remove", "edda@tribune.example")[0] == 0


def test_a_second_factor_is_reset_for_whoever_is_locked_out(app: Flask, newsroom: Newsroom) -> None:
    run(app, newsroom, *ADD, "edda@tribune.example")
    session = newsroom.session
    known = staff.of(session.scalars(select(Account)).one())
    assert known is not None
    secret, then = bytes(20), clock.now() - timedelta(days=1)
    code = second_factors.code_at(secret, second_factors.step_at(then))
    seal = Seal.of(app.extensions[SETTINGS])
    second_factors.enrol(session, seal, known, secret, code, None, then)
    session.commit()
    assert "all sites\tsecond factor" in run(app, newsroom, "staff", "list")[1]
    status, said = run(app, newsroom, "staff", "reset-second-factor", "EDDA@tribune.example")
    assert (status, "sets up a new second factor" in said) == (0, True)
    assert session.scalars(select(SecondFactor)).all() == []
    assert session.scalars(select(AuditEntry.actor_name).order_by(AuditEntry.id)).all()[-1] == "Operator"
    assert "no second factor" in run(app, newsroom, "staff", "list")[1]
    for email in ("edda@tribune.example", "nobody@tribune.example"):
        assert run(app, newsroom, "staff", "reset-second-factor", email)[0] == 1
