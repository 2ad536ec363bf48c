"""Bans and what is said to them: what is there is taken down, one reply, and a colleague decides."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.newsroom import NOW, Newsroom
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import Account, Appeal, AppealOutcome, AuditEntry, Ban, OutboxMail, Report, Role, Site
from widget.moderation.permissions import Staff
from widget.services import appeals, bans, letterbox
from widget.services.appeals import Ruling
from widget.services.bans import BanOrder
from widget.services.letterbox import Letter

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def colleague(newsroom: Newsroom, site_id: int) -> Staff:
    """An editor who did not impose the ban."""
    return newsroom.staff(Role.EDITOR, site_id, "Cora Lund")


def ban(newsroom: Newsroom, staff: Staff, account_id: int, **order: object) -> int:
    """Ban somebody from the site for a month unless told otherwise; return the ban's id."""
    site_id = next(iter(staff.roles)) or 1
    values = {"term": "30d", "rule": 7, **order}
    ban_id = bans.impose(newsroom.session, staff, BanOrder(account_id, site_id, **values), NOW).id  # type: ignore[arg-type]
    newsroom.session.commit()
    return ban_id


def appeal(newsroom: Newsroom, account_id: int, site_id: int, words: str = "I was quoting.") -> int:
    """Reply to the ban; return the appeal's id."""
    appeal_id = appeals.send(newsroom.session, account_id, site_id, words, NOW).id
    newsroom.session.commit()
    return appeal_id


def mails(newsroom: Newsroom, template: str) -> list[OutboxMail]:
    """Return the mails of one kind."""
    newsroom.session.rollback()
    return list(newsroom.session.scalars(select(OutboxMail).where(OutboxMail.template == template)))


# ── What a ban does to what is there ──────────────────────────────────────────────────────────────────


def test_a_ban_leaves_what_is_published_unless_told_otherwise(
    newsroom: Newsroom, reader_id: int, editor: Staff
) -> None:
    published = newsroom.published(editor, reader_id)
    ban(newsroom, editor, reader_id)
    assert newsroom.comment(published).state == "published"


def test_a_ban_removes_all_that_is_published_each_by_a_decision_and_with_one_mail(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    elsewhere = newsroom.site("courier")
    stranger = newsroom.staff(Role.EDITOR, elsewhere)
    account_id = newsroom.reader("Bo Falk")
    published = [newsroom.published(editor, account_id) for _ in range(3)]
    published.append(newsroom.published(editor, account_id, article="ferry"))
    waiting = newsroom.send(site_id, account_id)
    others = newsroom.published(editor, reader_id)
    there = newsroom.published(stranger, account_id)
    letterbox.report(newsroom.session, published[0], 7, Letter("Rude."), NOW)
    newsroom.session.commit()
    before = newsroom.thread(site_id).version
    sent = len(mails(newsroom, "removed"))
    ban(newsroom, editor, account_id, remove_published=True, note="Four times the same.")
    for comment_id in published:
        assert newsroom.comment(comment_id).state == "removed"
        last = newsroom.decisions(comment_id)[-1]
        assert last.rule is not None
        assert (last.action, last.rule.number, last.note) == ("remove", 7, "Four times the same.")
    assert newsroom.comment(waiting).state == "refused"
    assert newsroom.comment(others).state == "published"
    assert newsroom.comment(there).state == "published"
    assert newsroom.thread(site_id).published == 1
    assert newsroom.thread(site_id).version > before
    assert newsroom.thread(site_id, "ferry").published == 0
    assert newsroom.session.scalars(select(Report)).one().outcome == "removed"
    # One mail tells of all of it.
    assert len(mails(newsroom, "removed")) == sent
    (mail,) = mails(newsroom, "banned")
    assert (mail.params["removed"], mail.params["refused"]) == (4, 1)
    entry = newsroom.session.scalars(select(AuditEntry).where(AuditEntry.action == "ban.impose")).one()
    assert entry.payload is not None
    assert (entry.payload["after"]["removed"], entry.payload["after"]["refused"]) == (4, 1)
    # Each removal can be taken back by itself, as any other.
    newsroom.undo(editor, newsroom.decisions(published[1])[-1].id)
    assert newsroom.comment(published[1]).state == "published"


# ── One reply ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_banned_person_replies_once_and_nobody_else_does(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    session = newsroom.session
    newsroom.send(site_id, reader_id)
    with pytest.raises(Refusal, match=r"ban\.over"):
        appeals.send(session, reader_id, site_id, "Why?", NOW)
    session.rollback()
    ban_id = ban(newsroom, editor, reader_id)
    for words, code in ((" \n", r"appeal\.missing"), ("x" * 2001, r"appeal\.long")):
        with pytest.raises(Refusal, match=code):
            appeals.send(session, reader_id, site_id, words, NOW)
        session.rollback()
    appeal(newsroom, reader_id, site_id, "  I was quoting.  ")
    with pytest.raises(Refusal, match=r"appeal\.sent-already"):
        appeals.send(session, reader_id, site_id, "And another thing.", LATER)
    session.rollback()
    kept = appeals.of(session, ban_id)
    assert kept is not None
    assert kept.body == "I was quoting."
    # A later ban is another decision, to which one may reply again.
    appeals.lift(session, editor, ban_id, LATER)
    session.commit()
    again = bans.impose(session, editor, BanOrder(reader_id, site_id, "24h", 7), LATER).id
    session.commit()
    assert appeals.of(session, again) is None
    appeals.send(session, reader_id, site_id, "Again?", LATER)


# ── Who decides, and what comes of it ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("ruling", "until", "lifted", "audited"),
    [
        (("kept", "It was no quotation.", ""), NOW + timedelta(days=30), False, "appeal.kept"),
        (("shortened", "", "7d"), LATER + timedelta(days=7), False, "appeal.shortened"),
        (("lifted", "You were right.", ""), NOW + timedelta(days=30), True, "appeal.lifted"),
    ],
)
def test_an_editor_decides_and_the_person_is_told(
    newsroom: Newsroom,
    site_id: int,
    reader_id: int,
    editor: Staff,
    colleague: Staff,
    ruling: tuple[str, str, str],
    until: object,
    lifted: bool,
    audited: str,
) -> None:
    newsroom.send(site_id, reader_id)
    ban_id = ban(newsroom, editor, reader_id)
    appeal_id = appeal(newsroom, reader_id, site_id)
    assert appeals.count(newsroom.session, colleague, [site_id], 10) == 1
    appeals.handle(newsroom.session, colleague, Ruling(appeal_id, *ruling), LATER)
    newsroom.session.commit()
    now = newsroom.session.get_one(Ban, ban_id)
    assert (now.until, now.lifted_at is not None) == (until, lifted)
    kept = newsroom.session.get_one(Appeal, appeal_id)
    assert (kept.outcome, kept.answer or "", kept.handled_by_name) == (ruling[0], ruling[1], "Cora Lund")
    assert (bans.active(newsroom.session, reader_id, site_id, LATER) is None) == lifted
    entry = newsroom.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.site_id) == (audited, site_id)
    (mail,) = mails(newsroom, "appeal")
    assert mail.recipient == newsroom.session.get_one(Account, reader_id).email
    assert appeals.count(newsroom.session, colleague, [site_id], 10) == 0
    with pytest.raises(Refusal, match=r"letterbox\.handled"):
        appeals.handle(newsroom.session, colleague, Ruling(appeal_id, "kept", "Twice."), LATER)


@pytest.mark.parametrize(
    ("ruling", "code"),
    [
        (("kept", "", ""), r"appeal\.answer"),
        (("forgiven", "", ""), r"appeal\.outcome"),
        (("", "", ""), r"appeal\.outcome"),
        # Thirty days from now end later than thirty days from then, and for good is no term.
        (("shortened", "", "30d"), r"appeal\.term"),
        (("shortened", "", "forever"), r"appeal\.term"),
        (("shortened", "", ""), r"appeal\.term"),
        (("kept", "x" * 2001, ""), r"appeal\.long"),
    ],
)
def test_what_is_no_decision_is_declined_and_changes_nothing(
    newsroom: Newsroom,
    site_id: int,
    reader_id: int,
    editor: Staff,
    colleague: Staff,
    ruling: tuple[str, str, str],
    code: str,
) -> None:
    newsroom.send(site_id, reader_id)
    ban(newsroom, editor, reader_id)
    appeal_id = appeal(newsroom, reader_id, site_id)
    with pytest.raises(Refusal, match=code):
        appeals.handle(newsroom.session, colleague, Ruling(appeal_id, *ruling), LATER)
    newsroom.session.rollback()
    assert newsroom.session.get_one(Appeal, appeal_id).handled_at is None
    assert mails(newsroom, "appeal") == []


def test_nobody_judges_the_appeal_against_their_own_ban_unless_the_site_has_one_editor(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    ban(newsroom, editor, reader_id)
    ruling = Ruling(appeal(newsroom, reader_id, site_id), "lifted")
    stranger = newsroom.staff(Role.ADMIN, newsroom.site("courier"))
    for staff, refusal in ((editor, Forbidden), (moderator, Forbidden), (stranger, NotFound)):
        with pytest.raises(refusal):
            appeals.handle(newsroom.session, staff, ruling, LATER)
        newsroom.session.rollback()
    assert appeals.waiting(newsroom.session, stranger, [site_id], 10) == []
    newsroom.session.get_one(Site, site_id).own_decisions = True
    newsroom.session.commit()
    appeals.handle(newsroom.session, editor, ruling, LATER)


def test_a_ban_from_all_sites_is_judged_by_those_of_all_sites(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    chief, other_chief = (newsroom.staff(Role.ADMIN, None) for _ in range(2))
    order = BanOrder(reader_id, site_id, "30d", 7, everywhere=True)
    bans.impose(newsroom.session, chief, order, NOW)
    newsroom.session.commit()
    appeal_id = appeal(newsroom, reader_id, site_id)
    assert appeals.waiting(newsroom.session, editor, [site_id], 10) == []
    assert [row.id for row in appeals.waiting(newsroom.session, other_chief, [site_id], 10)] == [appeal_id]
    with pytest.raises(NotFound):
        appeals.handle(newsroom.session, editor, Ruling(appeal_id, "lifted"), LATER)
    newsroom.session.rollback()
    appeals.handle(newsroom.session, other_chief, Ruling(appeal_id, "lifted"), LATER)


def test_a_ban_that_ended_by_itself_can_still_be_answered_but_not_lifted(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, colleague: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    ban(newsroom, editor, reader_id, term="24h")
    appeal_id = appeal(newsroom, reader_id, site_id)
    two_days_on = NOW + timedelta(days=2)
    with pytest.raises(Refusal, match=r"appeal\.over"):
        appeals.handle(newsroom.session, colleague, Ruling(appeal_id, "lifted"), two_days_on)
    newsroom.session.rollback()
    appeals.handle(newsroom.session, colleague, Ruling(appeal_id, "kept", "It stood."), two_days_on)


def test_lifting_a_ban_settles_what_was_said_to_it(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    ban_id = ban(newsroom, editor, reader_id)
    appeal_id = appeal(newsroom, reader_id, site_id)
    appeals.lift(newsroom.session, editor, ban_id, LATER)
    newsroom.session.commit()
    assert newsroom.session.get_one(Appeal, appeal_id).outcome is AppealOutcome.LIFTED
    assert len(mails(newsroom, "appeal")) == 1
    assert mails(newsroom, "lifted") == []


def sent(newsroom: Newsroom, template: str) -> None:
    """Let the mails of one kind have left."""
    for mail in mails(newsroom, template):
        mail.sent_at = NOW
    newsroom.session.commit()


@pytest.mark.parametrize("everywhere", [False, True])
def test_whose_ban_is_lifted_is_told_that_they_can_write_again(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, everywhere: bool
) -> None:
    newsroom.send(site_id, reader_id)
    chief = newsroom.staff(Role.ADMIN, None)
    order = BanOrder(reader_id, site_id, "30d", 7, everywhere=everywhere)
    ban_id = bans.impose(newsroom.session, chief, order, NOW).id
    newsroom.session.commit()
    sent(newsroom, "banned")
    appeals.lift(newsroom.session, chief, ban_id, LATER)
    newsroom.session.commit()
    (mail,) = mails(newsroom, "lifted")
    assert (mail.recipient, mail.site_id, mail.not_before) == ("reader1@post.example", site_id, LATER)


def test_a_lifted_ban_that_nobody_was_told_of_never_is(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    newsroom.send(site_id, reader_id)
    appeals.lift(newsroom.session, editor, ban(newsroom, editor, reader_id), LATER)
    newsroom.session.commit()
    (mail,) = mails(newsroom, "banned")
    assert (mail.cancelled_at, mail.last_error) == (LATER, "undone")
    assert mails(newsroom, "lifted") == []
    # One that is being sent at this moment may arrive, and so may not be the last word.
    again = ban(newsroom, editor, reader_id)
    mails(newsroom, "banned")[-1].claimed_until = LATER + timedelta(minutes=5)
    newsroom.session.commit()
    appeals.lift(newsroom.session, editor, again, LATER)
    newsroom.session.commit()
    assert [mail.params["ban_id"] for mail in mails(newsroom, "lifted")] == [again]


def test_nobody_is_told_that_they_can_write_while_another_ban_holds(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    elsewhere = newsroom.site("courier")
    chief = newsroom.staff(Role.ADMIN, None)
    account_id = newsroom.reader("Bo Falk")
    newsroom.send(site_id, account_id)
    newsroom.send(elsewhere, account_id)
    ban_id = ban(newsroom, editor, account_id)
    order = BanOrder(account_id, elsewhere, "30d", 7, everywhere=True)
    bans.impose(newsroom.session, chief, order, NOW)
    newsroom.session.commit()
    sent(newsroom, "banned")
    appeals.lift(newsroom.session, editor, ban_id, LATER)
    newsroom.session.commit()
    assert mails(newsroom, "lifted") == []
