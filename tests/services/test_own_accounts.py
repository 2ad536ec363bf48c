"""What a reader changes of the own account: each time with the password, noticed by staff where it is the name."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.newsroom import NOW, PASSWORD, Newsroom
from widget.db import begin_writing
from widget.errors import NotFound, Refusal, Refusals
from widget.models import (
    Account,
    AuditEntry,
    CommentState,
    FindingRow,
    Identity,
    IdentityRow,
    NameSkeleton,
    OutboxMail,
    Report,
    SignIn,
    SignInKind,
)
from widget.moderation.permissions import Staff
from widget.services import (
    audit,
    credentials,
    directory,
    letterbox,
    namesakes,
    outbox,
    own_accounts,
    own_comments,
    sign_ins,
)
from widget.services.own_accounts import Farewell, Signature
from widget.text.search import wanted

NEW = "nine lanterns beyond the mill"


def codes(error: Refusal | Refusals) -> list[tuple[str, str | None]]:
    """Return code and field of everything that was refused."""
    several = error.refusals if isinstance(error, Refusals) else [error]
    return [(one.code, one.field) for one in several]


def account(newsroom: Newsroom, account_id: int) -> Account:
    """Return an account as it is now."""
    newsroom.session.rollback()
    return newsroom.session.get_one(Account, account_id)


def told(newsroom: Newsroom) -> list[tuple[str, str]]:
    """Return recipient and subject of every mail about a changed account."""
    rows = newsroom.session.scalars(select(OutboxMail).where(OutboxMail.template == "account"))
    return [(mail.recipient, mail.params["what"]) for mail in rows.all()]


def signed_in(newsroom: Newsroom, account_id: int) -> int:
    """Sign an account in; return the sign-in's id."""
    begin_writing(newsroom.session)
    _, made = sign_ins.start(newsroom.session, account_id, SignInKind.READER, NOW)
    newsroom.session.commit()
    return made.id


def flags(newsroom: Newsroom) -> list[tuple[int, dict[str, object]]]:
    """Return which comments are flagged for a changed name, and with what."""
    newsroom.session.rollback()
    rows = select(FindingRow).where(FindingRow.code == "impersonation.new-name").order_by(FindingRow.id)
    return [(row.comment_id, row.params) for row in newsroom.session.scalars(rows)]


def sign_as(newsroom: Newsroom, account_id: int, name: str, place: str = "Hamar", days: int = 0) -> bool:
    """Change a signature with the right password, some days later."""
    newsroom.session.rollback()
    at = NOW + timedelta(days=days)
    changed = own_accounts.sign_as(newsroom.session, account_id, PASSWORD, Signature(name, place), at)
    newsroom.session.commit()
    return changed


# ── The password ──────────────────────────────────────────────────────────────────────────────────────


def test_a_new_password_ends_the_other_sign_ins_and_is_told(newsroom: Newsroom, reader_id: int) -> None:
    here, elsewhere = signed_in(newsroom, reader_id), signed_in(newsroom, reader_id)
    own_accounts.change_password(newsroom.session, reader_id, here, PASSWORD, NEW, NOW)
    newsroom.session.commit()
    ended = {row.id: row.revoked_at for row in newsroom.session.scalars(select(SignIn))}
    assert (ended[here], ended[elsewhere]) == (None, NOW)
    email = account(newsroom, reader_id).email
    assert email is not None
    assert credentials.authenticate(newsroom.session, email, PASSWORD) is None
    assert credentials.authenticate(newsroom.session, email, NEW) is not None
    assert told(newsroom) == [(email, "password")]


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        ("not this one at all", NEW, [("password.wrong", "old")]),
        (PASSWORD, "short", [("password.short", "password")]),
        ("", "Ada Lind Hamar", [("password.wrong", "old"), ("password.short", "password")]),
    ],
)
def test_a_password_is_changed_by_whoever_knows_it_for_a_good_one(
    newsroom: Newsroom, reader_id: int, old: str, new: str, refused: list[tuple[str, str]]
) -> None:
    here, before = signed_in(newsroom, reader_id), account(newsroom, reader_id).password_hash
    with pytest.raises(Refusals) as error:
        own_accounts.change_password(newsroom.session, reader_id, here, old, new, NOW)
    assert codes(error.value) == refused
    assert account(newsroom, reader_id).password_hash == before
    assert told(newsroom) == []


def test_an_account_with_a_role_changes_nothing_without_the_second_factor(
    newsroom: Newsroom, moderator: Staff
) -> None:
    session, who = newsroom.session, moderator.account_id
    before = account(newsroom, who)
    kept = (before.name, before.email, before.password_hash)
    for attempt in (
        lambda: own_accounts.change_password(session, who, 1, PASSWORD, NEW, NOW),
        lambda: own_accounts.sign_as(session, who, PASSWORD, Signature("Someone Else", "Hamar"), NOW),
        lambda: own_accounts.close(session, who, Farewell(PASSWORD), NOW),
    ):
        with pytest.raises(Refusal) as error:
            attempt()
        assert error.value.code == "account.staff"
        session.rollback()
    after = account(newsroom, who)
    assert (after.name, after.email, after.password_hash) == kept
    # Where they live is nobody's concern but theirs.
    assert sign_as(newsroom, who, before.name, "Moss") is False
    assert account(newsroom, who).place == "Moss"


# ── The signature ─────────────────────────────────────────────────────────────────────────────────────


def test_a_moved_reader_signs_with_the_new_place_and_nobody_is_alarmed(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    sent = newsroom.send(site_id, reader_id)
    assert sign_as(newsroom, reader_id, "Ada Lind", " Moss ") is False
    assert newsroom.comment(sent).place == "Hamar"
    again = newsroom.send(site_id, reader_id)
    assert newsroom.comment(again).place == "Moss"
    assert flags(newsroom) == []
    assert newsroom.session.scalars(select(AuditEntry)).all() == []
    assert told(newsroom) == []
    found = newsroom.session.scalars(directory.people(wanted("lind moss"), [site_id])).all()
    assert found == [reader_id]
    assert newsroom.session.scalars(directory.people(wanted("lind hamar"), [site_id])).all() == []


def test_a_corrected_name_is_noticed_wherever_its_bearer_writes(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    elsewhere, nowhere = newsroom.site("courier"), newsroom.site("mail")
    # Who wrote before the second site was there has yet to accept its rules.
    before = newsroom.send(site_id, reader_id)
    newsroom.send(elsewhere, reader_id, accepts=1)
    newsroom.mark(reader_id, site_id, Identity.CONFIRMED)
    newsroom.mark(reader_id, elsewhere, Identity.DOUBT)
    assert sign_as(newsroom, reader_id, "Ada Lindqvist") is True

    entries = newsroom.session.scalars(select(AuditEntry).order_by(AuditEntry.site_id)).all()
    assert [(row.site_id, row.action, row.subject, row.changes) for row in entries] == [
        (site, "person.rename", f"account:{reader_id}", row.changes)
        for site, row in zip((site_id, elsewhere), entries, strict=True)
    ]
    assert entries[0].changes == {"before": {"name": "Ada Lind"}, "after": {"name": "Ada Lindqvist"}}
    # What cannot be erased holds no name.
    assert {(row.actor_id, row.actor_name) for row in entries} == {(reader_id, "Reader")}
    assert nowhere not in {row.site_id for row in entries}
    standing = dict(newsroom.session.execute(select(IdentityRow.site_id, IdentityRow.standing)).all())
    assert standing == {site_id: Identity.UNCHECKED, elsewhere: Identity.DOUBT}
    assert audit.verify(newsroom.session) is None
    assert [what for _, what in told(newsroom)] == ["name"]

    newsroom.session.rollback()
    assert newsroom.comment(before).name == "Ada Lind"
    first, second = newsroom.send(site_id, reader_id), newsroom.send(site_id, reader_id)
    assert (newsroom.comment(first).name, newsroom.comment(second).name) == ("Ada Lindqvist",) * 2
    assert flags(newsroom) == [(first, {"name": "Ada Lind"})]
    assert newsroom.comment(first).noticed == newsroom.comment(second).noticed + 1


def test_a_name_rests_before_it_changes_again(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    """Also for somebody who has not written yet, and so concerns no site."""
    assert sign_as(newsroom, reader_id, "Ada Lindqvist") is True
    with pytest.raises(Refusal) as error:
        sign_as(newsroom, reader_id, "Ida Lund", days=29)
    assert (error.value.code, error.value.field) == ("name.rests", "name")
    assert error.value.params["at"] == NOW + own_accounts.NAME_RESTS
    assert sign_as(newsroom, reader_id, "Ada Lindqvist", "Moss", days=29) is False
    assert sign_as(newsroom, reader_id, "Ida Lund", days=30) is True
    assert account(newsroom, reader_id).name == "Ida Lund"


def test_namesakes_are_those_of_the_present_name(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    other = newsroom.reader("Siv Dahl")
    begin_writing(newsroom.session)
    for who in (reader_id, other):
        namesakes.remember(newsroom.session, newsroom.session.get_one(Account, who))
    newsroom.session.commit()
    newsroom.send(site_id, other)
    assert namesakes.of(newsroom.session, reader_id, [site_id]) == []
    sign_as(newsroom, reader_id, "Siv Dahl")
    assert [found.id for found in namesakes.of(newsroom.session, reader_id, [site_id])] == [other]
    sign_as(newsroom, reader_id, "Ada Lind", days=31)
    assert namesakes.of(newsroom.session, reader_id, [site_id]) == []


def test_a_signature_is_refused_with_everything_that_is_wrong(newsroom: Newsroom, reader_id: int) -> None:
    wrong = Signature("", "www.moss.example")
    with pytest.raises(Refusals) as error:
        own_accounts.sign_as(newsroom.session, reader_id, "", wrong, NOW)
    assert codes(error.value) == [
        ("name.missing", "name"),
        ("place.link", "place"),
        ("password.missing", "old"),
    ]


def test_an_edited_comment_keeps_its_flag(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    from widget.services import comments

    newsroom.send(site_id, reader_id)
    sign_as(newsroom, reader_id, "Ada Lindqvist")
    first = newsroom.send(site_id, reader_id)
    newsroom.send(site_id, reader_id)
    comments.edit(newsroom.session, reader_id, first, "Another text about the bridge.", 1, NOW)
    newsroom.session.commit()
    assert [comment_id for comment_id, _ in flags(newsroom)] == [first]


# ── All that somebody wrote ───────────────────────────────────────────────────────────────────────────


def test_own_comments_come_from_every_site_newest_first_with_what_became_of_them(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    refused = newsroom.send(site_id, reader_id)
    newsroom.decide(editor, refused, "refuse", note="Please be kind.")
    courier = newsroom.site("courier")
    elsewhere = newsroom.send(courier, reader_id, accepts=1)
    newsroom.send(site_id, newsroom.reader("Siv Dahl"), accepts=1)
    newest = newsroom.send(site_id, reader_id)
    newsroom.session.rollback()
    page = own_comments.page(newsroom.session, reader_id, most=2)
    assert [own.comment.id for own in page.comments] == [newest, elsewhere]
    assert page.comments[1].comment.thread.site.key == "courier"
    rest = own_comments.page(newsroom.session, reader_id, page.following, most=2)
    assert [(own.comment.id, own.decision and own.decision.note) for own in rest.comments] == [
        (refused, "Please be kind.")
    ]
    assert rest.following is None


# ── Going ─────────────────────────────────────────────────────────────────────────────────────────────


def close(newsroom: Newsroom, account_id: int, **fields: object) -> None:
    """Close an account with the right password."""
    newsroom.session.rollback()
    own_accounts.close(newsroom.session, account_id, Farewell(PASSWORD, **fields), NOW)  # type: ignore[arg-type]
    newsroom.session.commit()


def test_closing_withdraws_what_waits_and_keeps_what_is_published(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    public, waiting = newsroom.published(editor, reader_id), newsroom.send(site_id, reader_id)
    credentials.request_reset(newsroom.session, "reader1@post.example", site_id, "en", NOW)
    newsroom.session.commit()
    here, version = signed_in(newsroom, reader_id), newsroom.thread(site_id).version
    email = account(newsroom, reader_id).email
    close(newsroom, reader_id)
    gone = account(newsroom, reader_id)
    assert (gone.email, gone.email_key, gone.password_hash, gone.closed_at) == (None, None, None, NOW)
    assert newsroom.session.get_one(SignIn, here).revoked_at == NOW
    kept = newsroom.comment(public)
    assert (kept.state, kept.name, kept.place) == (CommentState.PUBLISHED, "Ada Lind", "Hamar")
    assert newsroom.thread(site_id).version == version
    assert newsroom.comment(waiting).state is CommentState.WITHDRAWN
    assert newsroom.session.scalars(select(Report)).all() == []
    # Of all mail only the last word is left, and goes a month after it has left.
    left = newsroom.session.scalars(select(OutboxMail)).all()
    assert [(mail.template, mail.recipient, mail.params) for mail in left] == [
        ("account", email, {"account_id": reader_id, "what": "closed"})
    ]


def test_whoever_goes_may_ask_for_removal_and_the_editors_decide(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.published(editor, reader_id)
    latest = newsroom.published(editor, reader_id)
    newsroom.send(site_id, reader_id)
    close(newsroom, reader_id, asks_removal=True, words=" I have moved on. ")
    asked = letterbox.open_reports(newsroom.session, [site_id], 10)
    assert [(row.comment_id, row.rule, row.note, row.email) for row in asked] == [
        (latest, letterbox.REMOVAL_ASKED, "I have moved on.", None)
    ]
    assert newsroom.comment(latest).state is CommentState.PUBLISHED
    letterbox.keep(newsroom.session, editor, asked[0].id, NOW)
    newsroom.session.commit()
    assert newsroom.comment(latest).state is CommentState.PUBLISHED


def test_nobody_closes_an_account_without_its_password(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    waiting = newsroom.send(site_id, reader_id)
    with pytest.raises(Refusals) as error:
        own_accounts.close(newsroom.session, reader_id, Farewell("a guess of mine", words="x" * 2001), NOW)
    assert codes(error.value) == [("password.wrong", "old"), ("letter.long", "words")]
    newsroom.session.rollback()
    assert account(newsroom, reader_id).closed_at is None
    assert newsroom.comment(waiting).state is CommentState.PENDING
    close(newsroom, reader_id)
    with pytest.raises(NotFound):
        close(newsroom, reader_id)


def test_closing_what_was_registered_with_a_foreign_address_gives_nobody_more_mail(
    newsroom: Newsroom, site_id: int
) -> None:
    """The address gets its share of mail all the same, and hears nothing of an account that it may not know."""
    stranger = newsroom.newcomer(email="ada@post.example")
    for _ in range(outbox.CAPS[0][1]):
        credentials.request_reset(newsroom.session, "ada@post.example", site_id, "en", NOW)
        newsroom.session.commit()
    close(newsroom, stranger)
    rows = newsroom.session.scalars(select(OutboxMail)).all()
    assert [(mail.template, mail.params, mail.cancelled_at) for mail in rows] == [("reset", {}, NOW)] * 5
    newsroom.newcomer(email="ada@post.example")
    credentials.request_reset(newsroom.session, "ada@post.example", site_id, "en", NOW)
    newsroom.session.commit()
    assert len(newsroom.session.scalars(select(OutboxMail)).all()) == 5


@pytest.mark.parametrize("has_left", [False, True])
def test_who_takes_an_account_over_keeps_no_warning_from_its_owner_by_closing_it(
    newsroom: Newsroom, reader_id: int, has_left: bool
) -> None:
    owner = account(newsroom, reader_id)
    own_accounts.tell(newsroom.session, owner, "address", NOW)
    [warning] = newsroom.session.scalars(select(OutboxMail)).all()
    warning.sent_at = NOW if has_left else None
    owner.email, owner.email_key = "thief@post.example", "thief@post.example"
    newsroom.session.commit()
    close(newsroom, reader_id)
    newsroom.session.refresh(warning)
    # What has left is emptied: the record needs no name.
    assert warning.cancelled_at is None
    assert bool(warning.params) is not has_left


def test_mail_that_is_on_its_way_while_its_account_is_closed_breaks_nothing(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    credentials.request_reset(newsroom.session, "reader1@post.example", site_id, "en", NOW)
    newsroom.session.commit()

    def deliver(mail: OutboxMail) -> None:
        close(newsroom, reader_id)

    assert outbox.deliver_next(newsroom.session, deliver, NOW) is True
    left = newsroom.session.scalars(select(OutboxMail.template)).all()
    assert left == ["account"]


def test_the_skeletons_of_a_name_go_with_it(newsroom: Newsroom, reader_id: int) -> None:
    sign_as(newsroom, reader_id, "Ada Lindqvist")
    before = set(newsroom.session.scalars(select(NameSkeleton.digest)))
    sign_as(newsroom, reader_id, "Siv Dahl", days=31)
    after = set(newsroom.session.scalars(select(NameSkeleton.digest)))
    assert before
    assert before.isdisjoint(after)
