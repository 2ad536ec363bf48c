"""`flask worker`: delivers the outbox and does the periodic work."""

import logging
import signal
import threading
from datetime import datetime, timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from widget import clock
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


def run_until(stopping: threading.Event) -> None:
    """Work until the event is set; a database or mail server that is away is asked again later.

    What a person can mend is logged as one sentence, when it begins and every five minutes, and once more when it
    is over.
    """
    told: str | None = None
    errands_at = tell_at = datetime.min.replace(tzinfo=clock.now().tzinfo)
    while not stopping.wait(_PAUSE):
        try:
            deliver_due(stopping)
            if clock.now() >= errands_at:
                errands.run(db.session(), clock.now())
                errands_at = clock.now() + _ERRANDS_EVERY
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
