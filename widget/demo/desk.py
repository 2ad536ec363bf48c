"""What the demo's staff keep and say among themselves, so that every list of the desk has something in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from widget.demo.records import DemoContent, DemoReader, DemoTalk
from widget.models import IdentityRow
from widget.moderation.permissions import Staff
from widget.services import appeals, canned_notes, identities, notes, opinions
from widget.services.canned_notes import Wording
from widget.services.identities import Marking

# How long ago things were said, the first of them first.
_ASKED, _ANSWERED = timedelta(minutes=40), timedelta(minutes=15)
_IDENTITY_ASKED, _IDENTITY_ANSWERED = timedelta(days=1, hours=3), timedelta(hours=4)


@dataclass(frozen=True)
class Desk:
    """The demo as its database has it: the site, the staff, the readers and the comments by the content's keys."""

    site_id: int
    staff: Mapping[str, Staff]
    readers: Mapping[str, int]
    comments: Mapping[tuple[str, str], int]


def furnish(session: Session, content: DemoContent, desk: Desk, now: datetime) -> None:
    """Write down all of it, committing step by step."""
    editor = desk.staff["editor"]
    for kept in content.site.notes:
        canned_notes.add(
            session, editor, desk.site_id, Wording(kept.rule, kept.language, kept.label, kept.text), now
        )
        session.commit()
    for reader in content.readers:
        _about(session, desk, reader, editor, now)
    for article in content.articles:
        for comment in article.comments:
            for said in comment.talk:
                _talk(session, desk, said, desk.comments[article.slug, comment.key], now)
                session.commit()


def _about(session: Session, desk: Desk, reader: DemoReader, editor: Staff, now: datetime) -> None:
    """Write down what staff have to do with a reader."""
    account_id = desk.readers[reader.key]
    if reader.staff_note:
        notes.add(session, editor, account_id, desk.site_id, reader.staff_note, now - _IDENTITY_ASKED)
        session.commit()
    if reader.doubt:
        about = Marking(account_id, desk.site_id)
        identities.ask(session, editor, about, reader.doubt.question, now - _IDENTITY_ASKED)
        session.commit()
        if reader.doubt.answer:
            asked_at = session.scalars(
                select(IdentityRow.asked_at).where(IdentityRow.account_id == account_id)
            ).one()
            assert asked_at is not None
            identities.answer(session, about, asked_at, reader.doubt.answer, now - _IDENTITY_ANSWERED)
            session.commit()
    if reader.ban and reader.ban.appeal:
        appeals.send(session, account_id, desk.site_id, reader.ban.appeal, now - _IDENTITY_ANSWERED)
        session.commit()


def _talk(session: Session, desk: Desk, said: DemoTalk, comment_id: int, now: datetime) -> None:
    """Let a colleague say something about a comment that waits."""
    by = desk.staff[said.by]
    if said.kind == "question":
        opinions.ask(session, by, comment_id, said.text, now - _ASKED)
    elif said.kind == "answer":
        opinions.answer(session, by, comment_id, said.text, now - _ANSWERED)
    else:
        opinions.note(session, by, comment_id, said.text, now - _ASKED)
