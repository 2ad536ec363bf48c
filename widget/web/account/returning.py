"""The way back to an article after a mailed link, carried by the redirect in a word that only this server makes.

A plain number would let anybody ask for the address of every thread there is, also of those in which nothing has been
published yet.
"""

from flask import request

from widget.db import db
from widget.errors import NotFound
from widget.mail import links
from widget.models import Thread
from widget.services import threads
from widget.services.tokens import BACK


def word(account_id: int, thread: Thread | None) -> str | None:
    """Return what leads the holder of an account back to a thread."""
    return links.tokens().sign(BACK, thread.id, str(account_id)) if thread is not None else None


def asked(account_id: int | None) -> Thread | None:
    """Return the thread to go back to, by the word that this account was given; None for any other word."""
    given, tokens = request.args.get("thread", ""), links.tokens()
    thread_id = tokens.account_id(BACK, given)
    if thread_id is None or account_id is None or not tokens.fits(BACK, given, str(account_id)):
        return None
    try:
        return threads.by_id(db.session(), thread_id)
    except NotFound:
        return None
