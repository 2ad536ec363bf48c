"""Identity by site: marked, asked about, answered, and no business of another newsroom."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.newsroom import NOW, Newsroom
from widget.errors import Forbidden, NotFound, Refusal
from widget.models import Account, AuditEntry, Identity, IdentityRow, OutboxMail, Role
from widget.moderation.permissions import Staff
from widget.services import identities, list_counts, queue
from widget.services.identities import Marking
from widget.services.selection import Selection

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def about(newsroom: Newsroom, site_id: int) -> Marking:
    """Somebody who has written on the site."""
    reader_id = newsroom.reader()
    newsroom.send(site_id, reader_id)
    return Marking(reader_id, site_id)


def row(newsroom: Newsroom, about: Marking) -> IdentityRow:
    """Return what the site holds of the person now."""
    newsroom.session.rollback()
    return newsroom.session.get_one(IdentityRow, (about.account_id, about.site_id))


def ask(newsroom: Newsroom, staff: Staff, about: Marking, question: str = "Is this your name?") -> None:
    """Ask the person, as of now."""
    identities.ask(newsroom.session, staff, about, question, NOW)
    newsroom.session.commit()


def test_marking_an_identity_is_on_record(newsroom: Newsroom, about: Marking, moderator: Staff) -> None:
    identities.mark(newsroom.session, moderator, about, Identity.DOUBT, NOW)
    newsroom.session.commit()
    now = row(newsroom, about)
    assert (now.standing, now.marked_at, now.marked_by_name) == (Identity.DOUBT, NOW, moderator.name)
    (entry,) = newsroom.session.scalars(select(AuditEntry))
    assert (entry.action, entry.site_id) == ("person.identity", about.site_id)
    assert entry.changes == {"before": {"identity": "unchecked"}, "after": {"identity": "doubt"}}


def test_only_staff_of_the_site_where_somebody_wrote_mark_and_ask(
    newsroom: Newsroom, about: Marking, moderator: Staff
) -> None:
    elsewhere = newsroom.site("courier")
    stranger = newsroom.staff(Role.EDITOR, elsewhere)
    nobody = newsroom.reader()
    for staff, whom in (
        (stranger, about),
        (stranger, Marking(about.account_id, elsewhere)),
        (moderator, Marking(nobody, about.site_id)),
        (moderator, Marking(999, about.site_id)),
    ):
        with pytest.raises(NotFound):
            identities.mark(newsroom.session, staff, whom, Identity.DOUBT, NOW)
        newsroom.session.rollback()
        with pytest.raises(NotFound):
            identities.ask(newsroom.session, staff, whom, "Who?", NOW)
        newsroom.session.rollback()
    assert newsroom.session.scalars(select(IdentityRow)).all() == []


def test_a_doubt_on_one_site_leaves_the_others_alone(
    newsroom: Newsroom, about: Marking, editor: Staff
) -> None:
    elsewhere = newsroom.site("courier")
    colleague = newsroom.staff(Role.EDITOR, elsewhere)
    reader_id = newsroom.reader()
    here, there = newsroom.send(about.site_id, reader_id), newsroom.send(elsewhere, reader_id)
    identities.mark(newsroom.session, editor, Marking(reader_id, about.site_id), Identity.DOUBT, NOW)
    newsroom.session.commit()
    with pytest.raises(Refusal, match=r"publish\.identity"):
        newsroom.decide(editor, here, "publish")
    newsroom.decide(colleague, there, "publish")
    # Clearing one's own newsroom's state does nothing to the doubt of the other.
    identities.mark(newsroom.session, colleague, Marking(reader_id, elsewhere), Identity.CONFIRMED, LATER)
    newsroom.session.commit()
    with pytest.raises(Refusal, match=r"publish\.identity"):
        newsroom.decide(editor, here, "publish")
    newsroom.session.rollback()
    cards = queue.page(newsroom.session, Selection([about.site_id, elsewhere], kind="doubt")).cards
    assert {card.comment.id: card.in_doubt for card in cards}[here]
    card = queue.card(newsroom.session, there, [elsewhere])
    assert card is not None
    assert not card.in_doubt


def test_asking_puts_in_doubt_and_sends_mail_and_the_answer_is_kept(
    newsroom: Newsroom, about: Marking, moderator: Staff
) -> None:
    ask(newsroom, moderator, about, "Do you really live in Hamar?")
    asked = row(newsroom, about)
    assert (asked.standing, asked.question, asked.asked_at) == (
        Identity.DOUBT,
        "Do you really live in Hamar?",
        NOW,
    )
    (mail,) = newsroom.session.scalars(select(OutboxMail).where(OutboxMail.template == "identity"))
    assert mail.recipient == newsroom.session.get_one(Account, about.account_id).email
    assert mail.site_id == about.site_id
    identities.answer(newsroom.session, about, NOW, "  Since 1998.  ", LATER)
    newsroom.session.commit()
    answered = row(newsroom, about)
    assert (answered.answer, answered.answered_at) == ("Since 1998.", LATER)
    # An answer alone clears nothing: a person at the desk does.
    assert answered.standing is Identity.DOUBT
    with pytest.raises(Refusal, match=r"identity\.answered"):
        identities.answer(newsroom.session, about, NOW, "Once more.", LATER)
    newsroom.session.rollback()
    identities.mark(newsroom.session, moderator, about, Identity.CONFIRMED, LATER)
    newsroom.session.commit()
    settled = row(newsroom, about)
    assert (settled.standing, settled.answer) == (Identity.CONFIRMED, "Since 1998.")
    actions = list(newsroom.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["person.ask", "person.identity"]


def test_nobody_is_pestered_and_an_old_link_answers_nothing(
    newsroom: Newsroom, about: Marking, moderator: Staff
) -> None:
    ask(newsroom, moderator, about)
    with pytest.raises(Refusal, match=r"identity\.asked-already"):
        identities.ask(newsroom.session, moderator, about, "Well?", LATER)
    newsroom.session.rollback()
    two_days_on = NOW + timedelta(days=2)
    identities.ask(newsroom.session, moderator, about, "Well?", two_days_on)
    newsroom.session.commit()
    with pytest.raises(NotFound):
        identities.answer(newsroom.session, about, NOW, "Yes.", two_days_on)
    newsroom.session.rollback()
    identities.answer(newsroom.session, about, two_days_on, "Yes.", two_days_on)


@pytest.mark.parametrize(
    ("question", "code"),
    [(" \n ", r"identity\.no-question"), ("x" * 2001, r"identity\.long")],
)
def test_a_question_has_words_and_not_too_many(
    newsroom: Newsroom, about: Marking, moderator: Staff, question: str, code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        identities.ask(newsroom.session, moderator, about, question, NOW)


def test_only_a_confirmed_address_is_written_to(newsroom: Newsroom, site_id: int, moderator: Staff) -> None:
    newcomer = newsroom.newcomer()
    newsroom.send(site_id, newcomer)
    with pytest.raises(Refusal, match=r"identity\.no-address"):
        identities.ask(newsroom.session, moderator, Marking(newcomer, site_id), "Who are you?", NOW)
    newsroom.session.rollback()
    assert newsroom.session.scalars(select(OutboxMail)).all() == []


def test_those_who_answered_come_first_in_the_list(
    newsroom: Newsroom, site_id: int, moderator: Staff
) -> None:
    people = [newsroom.reader(f"Reader {number} Lind") for number in range(3)]
    for number, reader_id in enumerate(people):
        newsroom.send(site_id, reader_id)
        about = Marking(reader_id, site_id)
        identities.ask(newsroom.session, moderator, about, "Who?", NOW + timedelta(minutes=number))
        newsroom.session.commit()
    identities.answer(newsroom.session, Marking(people[2], site_id), NOW + timedelta(minutes=2), "Me.", LATER)
    newsroom.session.commit()
    listed = identities.doubted(newsroom.session, [site_id], 10)
    assert [found.account_id for found in listed] == [people[2], people[0], people[1]]
    assert list_counts.counts(newsroom.session, Selection([site_id]), [site_id], [site_id]).doubts == 3
    assert identities.doubted(newsroom.session, [], 10) == []
    assert list_counts.counts(newsroom.session, Selection([site_id]), [site_id], []).doubts == 0


def test_a_role_that_may_only_read_marks_nobody(newsroom: Newsroom, about: Marking) -> None:
    powerless = Staff(about.account_id, "Nobody", {})
    with pytest.raises((Forbidden, NotFound)):
        identities.mark(newsroom.session, powerless, about, Identity.CONFIRMED, NOW)
