"""A person's copy of the own data: complete, as it was told, and about nobody else."""

import json

from sqlalchemy import select

from tests.support.newsroom import NOW, Newsroom
from widget.models import Account, Role
from widget.moderation.permissions import Staff
from widget.services import appeals, bans, comments, copies, identities, letterbox
from widget.services.appeals import Ruling
from widget.services.bans import BanOrder
from widget.services.identities import Marking
from widget.services.letterbox import Letter
from widget.services.threads import Article


def test_a_copy_holds_all_that_the_person_wrote_and_was_told(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    session = newsroom.session
    other = newsroom.published(editor, newsroom.reader("Siv Dahl", "Oslo"), "Words of another person.")
    edited = newsroom.send(site_id, reader_id, "First words.", parent_id=other)
    comments.edit(session, reader_id, edited, "Better words.", 1, NOW)
    session.commit()
    newsroom.decide(editor, edited, "publish", private_note="AMONG STAFF")
    refused = newsroom.send(site_id, reader_id, "Hasty words.")
    taken_back = newsroom.decide(editor, refused, "refuse", note="NEVER TOLD")
    newsroom.undo(editor, taken_back)
    newsroom.decide(editor, refused, "refuse", note="Please be kind.", private_note="AMONG STAFF")
    letterbox.report(session, other, 7, Letter("This is rude.", "reader1@post.example"), NOW)
    session.commit()
    letterbox.report(session, other, 7, Letter("Not mine.", "someone@post.example"), NOW)
    session.commit()
    article = Article("bridge", "https://tribune.example/bridge", "About the bridge", "en")
    site = newsroom.thread(site_id).site
    letterbox.correct(session, site, article, Letter("A typo.", "reader1@post.example"), NOW)
    session.commit()
    identities.ask(session, editor, Marking(reader_id, site_id), "Do you live in Hamar?", NOW)
    session.commit()
    bans.impose(session, editor, BanOrder(reader_id, site_id, "24h", 7, "Enough.", "AMONG STAFF"), NOW)
    session.commit()
    reply = appeals.send(session, reader_id, site_id, "I was quoting.", NOW).id
    session.commit()
    chief = newsroom.staff(Role.EDITOR, site_id, "Mona Chief")
    appeals.handle(session, chief, Ruling(reply, "kept", "It was no quotation."), NOW)
    session.commit()

    copy = copies.of(session, session.get_one(Account, reader_id), NOW)
    text = json.dumps(copy, ensure_ascii=False)
    for foreign in (
        *("AMONG STAFF", "NEVER TOLD", "Edda Voss", "Mona Chief", "Siv Dahl", "Words of another"),
        *("Not mine.", "argon2", "token", "hash"),
    ):
        assert foreign not in text
    assert copy["account"]["name"] == "Ada Lind"
    assert copy["account"]["email"] == "reader1@post.example"
    assert copy["acceptances"] == [
        {"site": "tribune", "netiquette": 1, "at": copy["acceptances"][0]["at"]},
    ]
    first, second = copy["comments"]
    assert (first["text"], first["state"], first["answers"]) == ("Better words.", "published", other)
    assert [one["text"] for one in first["revisions"]] == ["First words."]
    assert [(one["action"], one["rule"], one["reason"]) for one in first["decisions"]] == [
        ("publish", None, None)
    ]
    assert [(one["action"], one["rule"], one["reason"]) for one in second["decisions"]] == [
        ("refuse", 7, "Please be kind.")
    ]
    assert [(one["rule"], one["text"]) for one in copy["reports"]] == [(7, "This is rude.")]
    assert [one["text"] for one in copy["corrections"]] == ["A typo."]
    assert [(one["site"], one["question"], one["answer"]) for one in copy["questions"]] == [
        ("tribune", "Do you live in Hamar?", None)
    ]
    (ban,) = copy["bans"]
    assert (ban["site"], ban["rule"], ban["reason"]) == ("tribune", 7, "Enough.")
    assert (ban["reply"]["text"], ban["answer"]["text"]) == ("I was quoting.", "It was no quotation.")
    kinds = {one["kind"] for one in copy["mail"]}
    assert kinds == {"published", "refused", "identity", "banned", "appeal"}


def test_an_address_that_nobody_confirmed_brings_no_other_persons_letters(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    comment_id = newsroom.published(editor, newsroom.reader("Siv Dahl", email="siv@post.example"))
    letterbox.report(newsroom.session, comment_id, 7, Letter("This is rude.", "siv@post.example"), NOW)
    newsroom.session.commit()
    stranger = newsroom.newcomer("Bo Falk", email="siv@post.example")
    account = newsroom.session.scalars(select(Account).where(Account.id == stranger)).one()
    copy = copies.of(newsroom.session, account, NOW)
    assert (copy["reports"], copy["mail"]) == ([], [])
