"""Every mail, in every language: complete, plain, and with links that work."""

import re
import smtplib
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.newsroom import NOW, PASSWORD, Newsroom, editor, newsroom, reader_id, site_id
from tests.support.reused import app, lasting_postgresql, lasting_sqlite
from tests.support.servers import free_port
from widget.config import LANGUAGES, Settings
from widget.extensions import SETTINGS
from widget.mail import links, render, transport
from widget.mail.render import Letter
from widget.models import Account, OutboxMail, Role
from widget.moderation.actions import ACTIONS
from widget.moderation.permissions import Staff
from widget.paths import TEMPLATES
from widget.services import (
    accounts,
    addresses,
    appeals,
    bans,
    credentials,
    identities,
    invitations,
    letterbox,
)
from widget.services.appeals import Ruling
from widget.services.articles import Article
from widget.services.bans import BanOrder
from widget.services.identities import Marking
from widget.services.invitations import Offer
from widget.services.tokens import CONFIRM, RESET
from widget.text import columns

__all__ = ["app", "editor", "lasting_postgresql", "lasting_sqlite", "newsroom", "reader_id", "site_id"]

KINDS = {path.stem for path in (TEMPLATES / "email").glob("*.txt") if not path.stem.startswith("_")}
NAME = "Ada “<b>” & Søn"


@pytest.fixture
def mails(newsroom: Newsroom, editor: Staff) -> dict[str, OutboxMail]:
    """One mail of each kind, by its template, as the services put them into the outbox."""
    session = newsroom.session
    site = newsroom.site("courier", languages=LANGUAGES, corrections_email="desk@courier.example")
    staff = newsroom.staff(editor.roles[next(iter(editor.roles))], site)
    reader = newsroom.reader(NAME, email="ada@post.example")
    article = Article("x", "https://courier.example/x", "100 % “late” & <loud>", "en")
    removed = newsroom.published(staff, reader, article=article)
    newsroom.decide(staff, removed, "remove", rule=14, note="A note & more.\n\nSecond line.")
    taken = newsroom.decide(staff, newsroom.send(site, reader, article=article), "refuse", note="Too soon.")
    session.scalars(select(OutboxMail).where(OutboxMail.decision_id == taken)).one().sent_at = NOW
    session.commit()
    newsroom.undo(staff, taken)
    refused = newsroom.send(site, reader, article=article)
    newsroom.decide(staff, refused, "refuse", note="Words <like> these.", private_note="NOT FOR THE WRITER")
    order = BanOrder(reader, site, "24h", 7, note="So it is.", private_note="NOT FOR THE WRITER")
    ban_id = bans.impose(session, staff, order, NOW).id
    session.commit()
    ruling = Ruling(
        appeals.send(session, reader, site, "I was quoting.", NOW).id, "kept", "It was no quotation."
    )
    session.commit()
    appeals.handle(session, newsroom.staff(Role.EDITOR, site), ruling, NOW)
    session.commit()
    session.scalars(select(OutboxMail).where(OutboxMail.template == "banned")).one().sent_at = NOW
    session.commit()
    appeals.lift(session, staff, ban_id, NOW)
    session.commit()
    identities.ask(session, staff, Marking(reader, site), "Do you live in Hamar?", NOW)
    session.commit()
    letterbox.correct(
        session, newsroom.thread(site, "x").site, article, letterbox.Letter("A typo.", "bo@post.example"), NOW
    )
    session.commit()
    newcomer = newsroom.newcomer(NAME, email="new@post.example")
    accounts.send_confirmation_again(session, newcomer, site, NOW)
    session.commit()
    for address in ("ada@post.example", "nobody@post.example"):
        credentials.request_reset(session, address, site, "en", NOW)
        session.commit()
    offer = Offer("ida@post.example", NAME, Role.EDITOR, site, "en")
    invitations.invite(session, newsroom.staff(Role.ADMIN, site), offer, NOW)
    session.commit()
    colleague = newsroom.staff(Role.MODERATOR, site, NAME)
    credentials.change_password(session, colleague, PASSWORD, "nine lanterns beyond the mill", NOW)
    session.commit()
    addresses.request(session, reader, PASSWORD, "ada@mail.example", NOW)
    session.commit()
    return {mail.template: mail for mail in session.scalars(select(OutboxMail).order_by(OutboxMail.id))}


def test_every_template_is_sent_by_something(mails: dict[str, OutboxMail]) -> None:
    assert set(mails) == KINDS
    assert {action.tells for action in ACTIONS.values() if action.tells} <= KINDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_is_complete_in_every_language(
    newsroom: Newsroom, mails: dict[str, OutboxMail], language: str
) -> None:
    for kind, mail in mails.items():
        mail.language = language
        letter = render.render(newsroom.session, mail)
        assert letter.to == mail.recipient
        assert letter.subject.strip()
        assert "\n" not in letter.subject
        assert len(letter.text.splitlines()) >= 4, kind
        for left_over in ("{{", "{%", "%(", "None", "Undefined", "&amp;", "&lt;", "&#"):
            assert left_over not in letter.subject + letter.text, (kind, left_over)
        assert "NOT FOR THE WRITER" not in letter.text
        # Seventy-two columns, of which a Chinese character takes two, except for a link.
        lines = [line for line in letter.text.splitlines() if not line.startswith("http")]
        assert max(map(columns.width, lines)) <= 72, kind
        # A name may be an advertisement: to an address that nobody has confirmed it is not sent.
        if kind not in {"confirm", "correction", "reset_unknown", "address"}:
            assert "“<b>” & Søn" in " ".join(letter.text.split()), kind
    newsroom.session.rollback()


def test_a_new_password_without_a_name_begins_all_the_same(
    newsroom: Newsroom, mails: dict[str, OutboxMail]
) -> None:
    mail = mails["reset"]
    mail.params = {"account_id": mail.params["account_id"]}
    letter = render.render(newsroom.session, mail)
    assert letter.text.startswith("Good day,")
    newsroom.session.rollback()


def test_a_refusal_says_which_rule_in_its_words_and_what_to_do_next(
    newsroom: Newsroom, mails: dict[str, OutboxMail]
) -> None:
    letter = render.render(newsroom.session, mails["refused"])
    text = " ".join(letter.text.split())
    assert "rule 7 of the netiquette" in text
    assert "Words <like> these." in text
    assert "https://courier.example/x" in text
    assert "100 % “late” & <loud>" in text
    assert "Courier" in letter.subject


def test_who_decided_is_never_told(newsroom: Newsroom, mails: dict[str, OutboxMail]) -> None:
    staff_names = [
        name for name in newsroom.session.scalars(select(Account.name)) if name.startswith("Editor")
    ]
    assert staff_names
    for kind, mail in mails.items():
        letter = render.render(newsroom.session, mail)
        assert not any(name in letter.text for name in staff_names), kind


@pytest.mark.parametrize("what", ["enrolled", "codes", "removed", "reset", "recovery", "password", "link"])
def test_a_change_of_how_one_signs_in_is_told_in_its_own_words(
    newsroom: Newsroom, mails: dict[str, OutboxMail], what: str
) -> None:
    mail = mails["security"]
    texts = {}
    for kind in ("other", what):
        mail.params = {**mail.params, "what": kind, "left": 7}
        texts[kind] = render.render(newsroom.session, mail).text
        assert "http://127.0.0.1:8000/desk/me" in texts[kind]
    assert (texts[what] == texts["other"]) is (what == "password")
    assert ("7 are left" in " ".join(texts[what].split())) is (what == "recovery")
    newsroom.session.rollback()


@pytest.mark.parametrize("has_account", [False, True])
@pytest.mark.parametrize("is_required", [False, True])
def test_an_invitation_promises_what_the_page_behind_it_asks(
    app: Flask,
    newsroom: Newsroom,
    mails: dict[str, OutboxMail],
    monkeypatch: pytest.MonkeyPatch,
    has_account: bool,
    is_required: bool,
) -> None:
    from dataclasses import replace

    settings: Settings = app.extensions[SETTINGS]
    chosen = replace(settings, second_factor="required" if is_required else "optional")
    monkeypatch.setitem(app.extensions, SETTINGS, chosen)
    if has_account:
        newsroom.reader(email="ida@post.example")
    text = " ".join(render.render(newsroom.session, mails["invitation"]).text.split())
    assert "on the comments of The Courier as an editor." in text
    assert ("Choose your password" in text) is not has_account
    assert ("has an account already" in text) is has_account
    assert ("second factor" in text) is is_required


@pytest.mark.parametrize("what", ["password", "name", "address-asked", "address", "closed"])
def test_what_changed_in_an_account_is_told_in_its_own_words(
    newsroom: Newsroom, mails: dict[str, OutboxMail], what: str
) -> None:
    mail, texts = mails["account"], {}
    for kind in ("other", what):
        mail.params = {**mail.params, "what": kind}
        texts[kind] = render.render(newsroom.session, mail)
    assert (texts[what] == texts["other"]) is (what == "password")
    # Whoever has lost the mailbox or the account is helped by no link for a new password.
    lost = what in {"address", "closed"}
    assert ("http://127.0.0.1:8000/account/forgotten" in texts[what].text) is not lost
    newsroom.session.rollback()


def test_the_link_for_a_new_address_holds_none(newsroom: Newsroom, mails: dict[str, OutboxMail]) -> None:
    text = render.render(newsroom.session, mails["address"]).text
    link = next(line for line in text.splitlines() if line.startswith("http"))
    assert link.startswith("http://127.0.0.1:8000/account/address/")
    assert "mail.example" not in text
    newsroom.session.rollback()


@pytest.mark.parametrize("kind", ["published", "refused", "removed"])
def test_mail_about_a_comment_leads_to_the_account(
    newsroom: Newsroom, mails: dict[str, OutboxMail], kind: str
) -> None:
    assert "\nhttp://127.0.0.1:8000/account/\n" in render.render(newsroom.session, mails[kind]).text


@pytest.mark.parametrize(
    ("kind", "purpose", "path"), [("confirm", CONFIRM, "confirm"), ("reset", RESET, "reset")]
)
def test_links_are_absolute_and_lead_to_the_account(
    newsroom: Newsroom, mails: dict[str, OutboxMail], kind: str, purpose: str, path: str
) -> None:
    letter = render.render(newsroom.session, mails[kind])
    found = re.search(rf"^http://127\.0\.0\.1:8000/account/{path}/(\S+)$", letter.text, re.MULTILINE)
    assert found is not None, letter.text
    account = newsroom.session.get_one(Account, mails[kind].params["account_id"])
    assert links.tokens().account_id(purpose, found[1]) == account.id
    assert links.tokens().fits(purpose, found[1], credentials.fingerprint(account, account.email_key))


def test_the_outbox_holds_no_secret(mails: dict[str, OutboxMail]) -> None:
    """Links are signed when a mail leaves, so that whoever reads the database cannot use them."""
    for mail in mails.values():
        assert "http" not in str(mail.params)
        assert not {"token", "link", "password"} & set(mail.params)


def test_links_follow_the_base_url(
    app: Flask, newsroom: Newsroom, mails: dict[str, OutboxMail], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    settings: Settings = app.extensions[SETTINGS]
    public = replace(settings, base_url="https://comments.news.example")
    monkeypatch.setitem(app.extensions, SETTINGS, public)
    letter = render.render(newsroom.session, mails["published"])
    assert re.search(r"^https://comments\.news\.example/comments/\d+$", letter.text, re.MULTILINE)


# ── The wire ────────────────────────────────────────────────────────────────────────────────────────

LETTER = Letter("ada@post.example", "كفى — “100 %” für Ada", "Liebe Ada,\n\nكفى. 够了。\n")


def test_the_message_is_plain_text_marked_as_written_by_a_machine() -> None:
    message = transport.message(LETTER, "comments@news.example")
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == LETTER.text
    assert (message["To"], message["From"]) == ("ada@post.example", "comments@news.example")
    assert message["Subject"] == LETTER.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@news.example>")
    assert message["Date"]
    assert b"Bcc" not in message.as_bytes()


@pytest.mark.parametrize("subject", ["Hello\nBcc: x@y.example", "Hello\r\n\r\nBody"])
def test_no_header_can_be_put_in(subject: str) -> None:
    with pytest.raises(ValueError, match=r"[Nn]ewline|linefeed|carriage"):
        transport.message(Letter("ada@post.example", subject, ""), "comments@news.example")


def test_a_mail_reaches_a_server() -> None:
    from aiosmtpd.controller import Controller

    class Box:
        def __init__(self) -> None:
            self.received: list[tuple[str, list[str], bytes]] = []

        async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
            self.received.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))  # type: ignore[attr-defined]
            return "250 OK"

    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        transport.send(LETTER, f"smtp://127.0.0.1:{controller.port}", "comments@news.example")
    finally:
        controller.stop()
    ((sender, recipients, content),) = box.received
    assert (sender, recipients) == ("comments@news.example", ["ada@post.example"])
    assert b"Auto-Submitted: auto-generated" in content


def test_a_server_that_is_not_there_is_an_error_that_the_outbox_knows() -> None:
    with pytest.raises((OSError, smtplib.SMTPException)):
        transport.send(LETTER, f"smtp://127.0.0.1:{free_port()}", "comments@news.example")


def test_a_password_is_never_sent_in_the_clear() -> None:
    """With a name and a password, STARTTLS is insisted on: a server without it is refused."""
    from aiosmtpd.controller import Controller

    class Box:
        asked: list[bytes]

    controller = Controller(Box(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with pytest.raises(smtplib.SMTPNotSupportedError):
            transport.send(LETTER, f"smtp://ada:secret@127.0.0.1:{controller.port}", "comments@news.example")
    finally:
        controller.stop()


def test_an_undone_decision_is_not_told(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    from widget.services import outbox

    taken = newsroom.decide(editor, newsroom.send(site_id, reader_id), "publish", grace=timedelta(minutes=1))
    newsroom.undo(editor, taken)
    sent: list[OutboxMail] = []
    assert not outbox.deliver_next(newsroom.session, sent.append, NOW + timedelta(days=1))
    assert Path(TEMPLATES / "email" / "published.txt").exists()
