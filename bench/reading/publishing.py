"""Comments sent and published at a steady pace beside the reading, by another process on the second core.

`python -m bench.reading.publishing --article busy-0 --rate 20` works on the database of the environment: so many times a
second a comment goes in through all its checks, as a reader's would, and an editor publishes it.
"""

import argparse
import random
import sys
import time
import uuid
from datetime import timedelta

from bench.reading.newsroom import ORIGIN, READERS, text
from widget import clock
from widget.app import create_app
from widget.db import begin_writing, db
from widget.models import Account, Role, SignInKind, StaffRole
from widget.moderation.permissions import Staff
from widget.services import comments, moderation, netiquettes, sign_ins
from widget.services.articles import Article
from widget.services.comments import Submission
from widget.services.moderation import Order

_GRACE = timedelta(seconds=60)


def appoint() -> Staff:
    """Make an editor of the site who is signed in at the desk."""
    session, now = db.session(), clock.now()
    begin_writing(session)
    address = f"{uuid.uuid4().hex[:12]}@bench.example"
    account = Account(
        name="Edda Voss",
        place="Newsroom",
        email=address,
        email_key=address,
        email_confirmed_at=now,
        language="en",
        created_at=now,
    )
    session.add(account)
    session.flush()
    session.add(StaffRole(account_id=account.id, site_id=1, role=Role.EDITOR))
    netiquettes.accept(session, account.id, netiquettes.in_force(session, 1).id, now)
    _, sign_in = sign_ins.start(session, account.id, SignInKind.DESK, now)
    session.commit()
    return Staff(account.id, account.name, {1: Role.EDITOR}, sign_in.id)


def send(reader: int, article: str, words: str) -> int:
    """Send a comment under an article; return its id."""
    session = db.session()
    about = Article(article, f"{ORIGIN}/{article}", f"About {article}", "en")
    submission = Submission(1, reader, about, words, uuid.uuid4().hex)
    receipt = comments.submit(session, submission, clock.now())
    session.commit()
    comment_id = receipt.comment_id
    session.rollback()
    return comment_id


def publish(editor: Staff, comment_id: int) -> None:
    """Publish a waiting comment."""
    session = db.session()
    moderation.decide(session, editor, Order(comment_id, "publish", 1), _GRACE, clock.now())
    session.commit()


def main() -> int:
    """Send and publish at the pace asked for until the time is over; print how many there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--article", required=True)
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    chance, done = random.Random(), 0
    with create_app().app_context():
        editor = appoint()
        publish(editor, send(READERS, asked.article, text(chance)))
        print("begun", flush=True)
        began = time.monotonic()
        while time.monotonic() - began < asked.seconds:
            comment_id = send(done % (READERS - 1) + 1, asked.article, text(chance))
            publish(editor, comment_id)
            done += 1
            time.sleep(max(0.0, began + done / asked.rate - time.monotonic()))
    print(done)
    return 0


if __name__ == "__main__":
    sys.exit(main())
