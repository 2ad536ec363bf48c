"""What lapses by itself: old mail, addresses nobody needs any more, registrations nobody confirmed."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.models import Account, Correction, OutboxMail
from widget.services import accounts, errands, letterbox, sites
from widget.services.accounts import Registration
from widget.services.articles import Article
from widget.services.letterbox import Letter

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = START + timedelta(days=31)


def test_what_nobody_needs_is_forgotten(session: Session) -> None:
    """Given a registration never confirmed and an old correction: a month later they hold no address."""
    site = sites.create(
        session,
        key="harbour",
        name="Harbour Bulletin",
        default_language="en",
        languages=["en"],
        origins=["https://harbour.example"],
        now=START,
    )
    session.commit()
    form = Registration("Ada Quill", "Oban", "ada@post.example", "seven green bicycles", True, "en")
    account_id = accounts.register(session, site, form, START).id
    session.commit()
    article = Article("ferry", "https://harbour.example/ferry", "Ferry", "en")
    correction = letterbox.correct(session, site, article, Letter("A typo.", "bo@post.example"), START)
    correction.handled_at = START
    session.commit()

    errands.run(session, START + timedelta(days=29))
    assert session.get_one(Account, account_id).email == "ada@post.example"

    errands.run(session, LATER)
    account = session.get_one(Account, account_id)
    assert (account.email, account.email_key, account.password_hash) == (None, None, None)
    assert account.closed_at == LATER
    assert session.scalars(select(Correction)).one().email == "bo@post.example"

    errands.run(session, START + timedelta(days=91))
    assert session.scalars(select(Correction)).one().email is None


def test_mail_that_left_is_forgotten_and_mail_that_waits_is_not(session: Session) -> None:
    """Given one mail sent and one waiting: a month later only the waiting one is there."""
    sent, waits = (
        OutboxMail(
            template="reset_unknown",
            language="en",
            recipient=f"{name}@post.example",
            params={},
            not_before=START,
            created_at=START,
            sent_at=START if name == "sent" else None,
        )
        for name in ("sent", "waits")
    )
    session.add_all([sent, waits])
    session.commit()
    errands.run(session, LATER)
    assert [mail.recipient for mail in session.scalars(select(OutboxMail))] == ["waits@post.example"]
