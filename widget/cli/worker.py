"""`flask worker`: delivers the outbox and does the periodic work."""

import logging
import signal
import threading
from datetime import datetime, timedelta

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from widget import clock, patience
from widget.cli.edge import asking, explained
from widget.db import db
from widget.extensions import settings
from widget.mail import render, transport
from widget.models import OutboxMail
from widget.services import errands, outbox

_log = logging.getLogger(__name__)
_PAUSE = 1.0
_ERRANDS_EVERY = timedelta(hours=1)
_TELL_EVERY = timedelta(minutes=5)
# Seconds that a run of the periodic work has to come to its end when the worker is stopped.
_LAST_WORDS = 10


@click.command("worker")
@click.option("--once", is_flag=True, help="Deliver what is due and stop.")
@with_appcontext
@asking
def command(once: bool) -> None:
    """Deliver mail as it falls due and do the periodic work, until stopped."""
    if once:
        deliver_due()
        errands.run(db.session(), clock.now())
        return
    stopping = threading.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: stopping.set())
    run_until(stopping)


class Errands:
    """The periodic work, which mail does not wait for: each run of it has a thread and a session of its own.

    What a run fails with is raised by the next `look_after`, in the worker's own round.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._running: threading.Thread | None = None
        self._due: datetime | None = None
        self._failure: Exception | None = None
        self._is_behind = False

    def look_after(self) -> bool:
        """Begin a run when it is due; return whether the last one went well, or raise, once, what it failed with."""
        if self._running is not None and self._running.is_alive():
            return not self._is_behind
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        if self._due is None or clock.now() >= self._due:
            # Whoever stops the worker waits for a moment, not for a month that is being counted.
            self._running = threading.Thread(target=self._run, name="errands", daemon=True)
            self._running.start()
        return not self._is_behind

    def stop(self) -> None:
        """Let a run come to its end, or leave it to the database to roll back."""
        self._stopping.set()
        if self._running is not None:
            self._running.join(_LAST_WORDS)

    def _run(self) -> None:
        with self._app.app_context():
            try:
                errands.run(db.session(), clock.now(), self._stopping.is_set)
                self._due, self._is_behind = clock.now() + _ERRANDS_EVERY, False
            except Exception as error:
                self._failure, self._is_behind = error, True
            finally:
                db.session.remove()


def run_until(stopping: threading.Event) -> None:
    """Work until the event is set; a database or mail server that is away is asked again later.

    What a person can mend is logged as one sentence, when it begins and every five minutes, and once more when it
    is over.
    """
    told: str | None = None
    tell_at = datetime.min.replace(tzinfo=clock.now().tzinfo)
    periodic = Errands(current_app._get_current_object())  # type: ignore[attr-defined]
    while not stopping.wait(_PAUSE):
        try:
            # Of a database that falls silent the worker says so, too; what the periodic work asks may take an hour.
            with patience.of(patience.STAFF):
                deliver_due(stopping)
            if periodic.look_after():
                if told is not None:
                    _log.warning("the worker goes on")
                told = None
        except DBAPIError as error:
            said = explained(error)
            if said is None:
                _log.exception("the worker could not finish a round and will try again")
            elif said != told or clock.now() >= tell_at:
                _log.error("the worker tries again every second: %s", said)
                tell_at = clock.now() + _TELL_EVERY
            told = said
        except Exception:
            _log.exception("the worker could not finish a round and will try again")
        finally:
            db.session.remove()
    periodic.stop()


def deliver_due(stopping: threading.Event | None = None) -> int:
    """Deliver everything that is due now; return how many mails were attempted.

    Without an SMTP server mail waits in the outbox; the demo counts it as sent, for `/demo/mail` shows it.
    """
    if not settings().smtp_url and not settings().demo:
        return 0
    attempted = 0
    while not (stopping and stopping.is_set()) and outbox.deliver_next(db.session(), _deliver, clock.now()):
        attempted += 1
    return attempted


def _deliver(mail: OutboxMail) -> None:
    letter = render.render(db.session(), mail)
    if settings().smtp_url:
        transport.send(letter, settings().smtp_url, settings().mail_from)
