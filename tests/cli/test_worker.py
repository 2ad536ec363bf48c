"""The worker: mail does not wait for the periodic work, and neither does whoever stops it."""

import logging
import threading
import time
from collections.abc import Callable
from importlib import import_module
from itertools import count

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from widget import patience
from widget.models import AuditHead
from widget.services import audit, errands

# The package has the command under this name.
worker = import_module("widget.cli.worker")


class Rounds(threading.Event):
    """Lets a worker do rounds without a pause, until it is set or has done so many."""

    def __init__(self, most: int = 100_000) -> None:
        super().__init__()
        self.left = most

    def wait(self, timeout: float | None = None) -> bool:
        self.left -= 1
        return super().wait(0.01) or self.left < 0


def test_mail_leaves_while_the_periodic_work_takes_its_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping, begun, left = Rounds(), threading.Event(), threading.Event()

    def work(_session: Session, _now: object, _stopping: object) -> None:
        begun.set()
        assert left.wait(10), "no mail left meanwhile"
        stopping.set()

    def deliver(_stopping: threading.Event) -> None:
        if begun.is_set():
            left.set()

    monkeypatch.setattr(errands, "run", work)
    monkeypatch.setattr(worker, "deliver_due", deliver)
    with app.app_context():
        worker.run_until(stopping)
    assert stopping.is_set()
    assert left.is_set()


def test_a_silent_database_is_given_up_by_mail_and_waited_for_by_the_periodic_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping, found = Rounds(), {}

    def work(*_: object) -> None:
        found["work"] = patience.present()
        stopping.set()

    monkeypatch.setattr(errands, "run", work)
    monkeypatch.setattr(worker, "deliver_due", lambda _: found.update(mail=patience.present()))
    with app.app_context():
        worker.run_until(stopping)
    assert found == {"mail": patience.STAFF, "work": patience.OPERATORS}


def test_whoever_stops_the_worker_stops_the_periodic_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping, ended = Rounds(), threading.Event()

    def work(_session: Session, _now: object, asked: Callable[[], bool]) -> None:
        stopping.set()
        until = time.monotonic() + 10
        while not asked():
            assert time.monotonic() < until, "nobody said that it should stop"
        ended.set()

    monkeypatch.setattr(errands, "run", work)
    with app.app_context():
        worker.run_until(stopping)
    assert ended.is_set()


def test_what_does_not_end_is_left_behind(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stopping, go = Rounds(), threading.Event()

    def work(*_: object) -> None:
        stopping.set()
        go.wait(30)

    monkeypatch.setattr(errands, "run", work)
    monkeypatch.setattr(worker, "_LAST_WORDS", 0.1)
    began = time.monotonic()
    with app.app_context():
        worker.run_until(stopping)
    took = time.monotonic() - began
    go.set()
    for thread in threading.enumerate():
        if thread.name == "errands":
            assert thread.daemon, "it would keep the process"
            thread.join(10)
    assert took < 10


def test_what_the_periodic_work_fails_with_is_said_once_and_that_it_goes_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stopping, runs = Rounds(), count(1)

    def work(*_: object) -> None:
        if next(runs) < 4:
            raise OperationalError("SELECT", {}, Exception("it is locked"))

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "goes on" in record.getMessage():
                stopping.set()

    monkeypatch.setattr(errands, "run", work)
    heard = Heard()
    logging.getLogger(worker.__name__).addHandler(heard)
    with app.app_context():
        worker.run_until(stopping)
    logging.getLogger(worker.__name__).removeHandler(heard)
    said = [record.getMessage() for record in caplog.records if record.name == worker.__name__]
    assert len(said) == 2
    assert "did not do it (it is locked)" in said[0]
    assert said[1] == "the worker goes on"


def test_a_stopped_verification_is_none(app: Flask, session: Session) -> None:
    now = worker.clock.now()
    errands.run(session, now, lambda: True)
    assert session.get_one(AuditHead, 1).verified_at is None
    session.rollback()
    assert audit.verify_nightly(session, now, lambda: True) is None
    assert session.get_one(AuditHead, 1).verified_at is None
    session.rollback()
    errands.run(session, now)
    assert session.get_one(AuditHead, 1).verified_at is not None
