"""Several people at one queue: leases, second opinions, notes among staff, many at once, notes kept ready."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.newsroom import NO_GRACE, NOW, Newsroom
from widget.errors import Forbidden, NotFound, Refusal, Stale
from widget.models import AuditEntry, CommentNote, Lease, Opinion, Role
from widget.moderation.permissions import Staff
from widget.services import canned_notes, conversations, errands, leases, many, opinions, preferences
from widget.services.canned_notes import Wording
from widget.services.moderation import Order


def reader_of(newsroom: Newsroom, viewer: Staff, comment_id: int, at: timedelta = timedelta(0)) -> str | None:
    """Return who reads a comment, as a colleague is told."""
    newsroom.session.rollback()
    site_id = newsroom.comment(comment_id).site_id
    told = leases.standings(newsroom.session, viewer.account_id, [site_id], [comment_id], NOW + at)
    return told[comment_id].reader


def take(newsroom: Newsroom, staff: Staff, comment_id: int, at: timedelta = timedelta(0)) -> bool:
    """Take a lease and commit."""
    newsroom.session.rollback()
    taken = leases.take(newsroom.session, staff, comment_id, NOW + at)
    newsroom.session.commit()
    return taken


# ── Leases ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_lease_is_seen_by_the_others_until_it_lapses(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    comment = newsroom.send(site_id, newsroom.reader())
    assert take(newsroom, editor, comment)
    assert reader_of(newsroom, moderator, comment) == "Edda Voss"
    assert reader_of(newsroom, editor, comment) is None, "nobody is told of themselves"
    assert not take(newsroom, moderator, comment), "it stays with whoever came first"
    assert reader_of(newsroom, moderator, comment) == "Edda Voss"
    assert reader_of(newsroom, moderator, comment, leases.HELD) is None
    assert take(newsroom, moderator, comment, leases.HELD)
    assert reader_of(newsroom, editor, comment, leases.HELD) == "Milo Brandt"


def test_one_reads_one_comment_at_a_time_and_leaves_it(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    first, second = newsroom.send(site_id, newsroom.reader()), newsroom.send(site_id, newsroom.reader())
    take(newsroom, editor, first)
    assert take(newsroom, editor, first, timedelta(seconds=20)), "renewed"
    take(newsroom, editor, second, timedelta(seconds=21))
    assert reader_of(newsroom, moderator, first) is None
    assert reader_of(newsroom, moderator, second, timedelta(seconds=60)) == "Edda Voss"
    leases.leave(newsroom.session, editor)
    newsroom.session.commit()
    assert newsroom.session.scalars(select(Lease)).all() == []


def test_a_lease_keeps_nobody_from_deciding_and_leaves_no_trace(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    comment = newsroom.send(site_id, newsroom.reader())
    entries = len(newsroom.session.scalars(select(AuditEntry)).all())
    take(newsroom, editor, comment)
    assert len(newsroom.session.scalars(select(AuditEntry)).all()) == entries
    newsroom.decide(moderator, comment, "publish")
    assert not take(newsroom, editor, comment), "what is decided is read by nobody"
    with pytest.raises(NotFound):
        leases.take(newsroom.session, newsroom.staff(Role.EDITOR, newsroom.site("courier")), comment, NOW)
    newsroom.session.rollback()
    other = newsroom.send(site_id, newsroom.reader())
    take(newsroom, editor, other)
    errands.run(newsroom.session, NOW + leases.HELD)
    assert newsroom.session.scalars(select(Lease)).all() == []


# ── Second opinions and notes ───────────────────────────────────────────────────────────────────────


def test_a_question_is_asked_once_and_taken_back_by_whoever_asked(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    session, comment = newsroom.session, newsroom.send(site_id, newsroom.reader())
    with pytest.raises(Refusal, match=r"question\.missing"):
        opinions.ask(session, editor, comment, "  ", NOW)
    opinions.ask(session, editor, comment, "Is this irony?", NOW)
    session.commit()
    with pytest.raises(Stale, match=r"question\.asked"):
        opinions.ask(session, moderator, comment, "Is it?", NOW)
    session.rollback()
    with pytest.raises(Forbidden, match=r"question\.not-yours"):
        opinions.take_back(session, moderator, comment, NOW)
    session.rollback()
    opinions.take_back(session, editor, comment, NOW)
    session.commit()
    assert opinions.open_question(session, comment) is None
    session.rollback()
    opinions.take_back(session, editor, comment, NOW)
    session.commit()
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.like("opinion.%")).order_by(AuditEntry.id)
    ).all()
    assert actions == ["opinion.ask", "opinion.take-back"]


def test_answers_are_kept_and_their_words_stay_out_of_the_trail(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    session, comment = newsroom.session, newsroom.send(site_id, newsroom.reader())
    with pytest.raises(Stale, match=r"question\.settled"):
        opinions.answer(session, editor, comment, "Yes.", NOW)
    session.rollback()
    opinions.ask(session, moderator, comment, "Is this irony?", NOW)
    session.commit()
    with pytest.raises(Refusal, match=r"answer\.missing"):
        opinions.answer(session, editor, comment, " ", NOW)
    with pytest.raises(Forbidden, match=r"question\.own"):
        opinions.answer(session, moderator, comment, "Yes.", NOW)
    session.rollback()
    with pytest.raises(NotFound):
        opinions.answer(session, newsroom.staff(Role.EDITOR, newsroom.site("courier")), comment, "Yes.", NOW)
    session.rollback()
    opinions.answer(session, editor, comment, "Bitter irony.", NOW)
    session.commit()
    with pytest.raises(Stale, match=r"question\.asked"):
        opinions.ask(session, editor, comment, "Is it?", NOW)
    session.rollback()
    opinions.ask(session, moderator, comment, "How do you know?", NOW + timedelta(minutes=1))
    session.commit()
    asked = session.scalars(select(Opinion).order_by(Opinion.id)).all()
    assert [(row.question, row.settled_at is None) for row in asked] == [
        ("Is this irony?", False),
        ("How do you know?", True),
    ]
    assert [(row.name, row.body) for row in asked[0].answers] == [("Edda Voss", "Bitter irony.")]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "opinion.answer")).one()
    assert "Bitter" not in str(entry.payload)


@pytest.mark.parametrize("settle", ["publish", "refuse"])
def test_any_decision_settles_a_question(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff, settle: str
) -> None:
    comment = newsroom.send(site_id, newsroom.reader())
    opinions.ask(newsroom.session, editor, comment, "Rule 7?", NOW)
    newsroom.session.commit()
    newsroom.undo(moderator, newsroom.decide(moderator, comment, settle, at=NOW + timedelta(minutes=3)))
    row = newsroom.session.scalars(select(Opinion)).one()
    assert row.settled_at == NOW + timedelta(minutes=3)


def test_notes_stay_with_the_comment_and_their_words_out_of_the_trail(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    session, comment = newsroom.session, newsroom.send(site_id, newsroom.reader())
    opinions.note(session, editor, comment, "His third account, I think.", NOW)
    session.commit()
    assert session.scalars(select(CommentNote.body)).all() == ["His third account, I think."]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "comment.note")).one()
    assert "third" not in str(entry.payload)
    with pytest.raises(Refusal, match=r"note\.missing"):
        opinions.note(session, editor, comment, "", NOW)
    stranger = newsroom.staff(Role.EDITOR, newsroom.site("courier"))
    for act in (opinions.note, opinions.ask):
        with pytest.raises(NotFound):
            act(session, stranger, comment, "What is this?", NOW)
        session.rollback()


# ── Many at once ────────────────────────────────────────────────────────────────────────────────────


def test_many_are_decided_each_by_its_own_decision_and_what_is_stale_is_left(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    session = newsroom.session
    first = newsroom.send(site_id, newsroom.reader())
    reply = newsroom.send(site_id, newsroom.reader("Bo Falk"))
    taken = newsroom.send(site_id, newsroom.reader("Cy Taken"))
    foreign = newsroom.send(newsroom.site("courier"), newsroom.reader())
    newsroom.decide(moderator, taken, "refuse")
    session.rollback()
    versions = {taken: 1, reply: 1, first: 1, foreign: 1}
    outcome = many.decide(session, editor, versions, Order(0, "publish", 0), NO_GRACE, NOW)
    done = {decision.comment_id for decision in outcome.done}
    declined = {comment: (name, refusal.code) for comment, (name, refusal) in outcome.declined.items()}
    session.commit()
    assert done == {first, reply}
    assert declined == {taken: ("Cy Taken", "comment.decided")}
    assert [newsroom.comment(one).state.value for one in (first, reply, taken, foreign)] == [
        "published",
        "published",
        "refused",
        "pending",
    ]
    assert len(newsroom.decisions(first)) == 1


def test_a_conversation_published_at_once_is_taken_back_at_once(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    session = newsroom.session
    root = newsroom.published(editor, newsroom.reader())
    reply = newsroom.send(site_id, newsroom.reader(), parent_id=root)
    session.rollback()
    newsroom.decide(editor, reply, "publish")
    taken = [newsroom.decisions(comment)[-1].id for comment in (root, reply)]
    session.rollback()
    outcome = many.undo(session, editor, taken, NOW)
    session.commit()
    assert [decision.comment_id for decision in outcome.done] == [reply, root]
    assert [newsroom.comment(one).state.value for one in (root, reply)] == ["pending", "pending"]
    assert {decision.reverses_id for decision in outcome.done} == set(taken)
    again = many.undo(session, editor, taken, NOW)
    assert (again.done, dict(again.declined)) == ([], {})
    session.rollback()
    for ids, code in (([], "many.none"), (list(range(1, 102)), "many.most")):
        with pytest.raises(Refusal, match=code):
            many.undo(session, editor, ids, NOW)


def test_a_conversation_is_published_in_one_go(
    newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff
) -> None:
    root = newsroom.published(editor, newsroom.reader())
    reply = newsroom.send(site_id, newsroom.reader(), parent_id=root)
    newsroom.session.rollback()
    many.decide(newsroom.session, editor, {reply: 1}, Order(0, "publish", 0), NO_GRACE, NOW)
    newsroom.session.commit()
    found = conversations.around(newsroom.session, reply, [site_id])
    assert [comment.id for comment in found] == [root, reply]
    with pytest.raises(NotFound):
        conversations.around(newsroom.session, reply, [])


@pytest.mark.parametrize(
    ("versions", "order", "code"),
    [
        ({}, Order(0, "publish", 0), "many.none"),
        (dict.fromkeys(range(1, 102), 1), Order(0, "publish", 0), "many.most"),
    ],
)
def test_none_and_too_many_are_refused(
    newsroom: Newsroom, editor: Staff, versions: dict[int, int], order: Order, code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        many.decide(newsroom.session, editor, versions, order, NO_GRACE, NOW)


def test_a_rule_that_cannot_be_cited_declines_each(newsroom: Newsroom, site_id: int, editor: Staff) -> None:
    comment = newsroom.send(site_id, newsroom.reader())
    newsroom.session.rollback()
    outcome = many.decide(
        newsroom.session, editor, {comment: 1}, Order(0, "refuse", 0, rule=15), NO_GRACE, NOW
    )
    assert [refusal.code for _, refusal in outcome.declined.values()] == ["rule.not-citable"]


# ── Notes kept ready, and preferences ───────────────────────────────────────────────────────────────

CAPITALS = Wording(5, "en", "Capitals", "Please write as you would speak.")


def test_editors_keep_notes_ready(newsroom: Newsroom, site_id: int, editor: Staff, moderator: Staff) -> None:
    session = newsroom.session
    row = canned_notes.add(session, editor, site_id, CAPITALS, NOW)
    session.commit()
    canned_notes.change(session, editor, row.id, Wording(6, "fr", "Ton", "Restons courtois."), NOW)
    session.commit()
    assert canned_notes.body(session, [site_id], row.id) == "Restons courtois."
    assert canned_notes.body(session, [], row.id) == ""
    attempts: list[Callable[[], object]] = [
        lambda: canned_notes.add(session, moderator, site_id, CAPITALS, NOW),
        lambda: canned_notes.remove(session, moderator, row.id, NOW),
    ]
    for attempt in attempts:
        session.rollback()
        with pytest.raises(Forbidden):
            attempt()
    session.rollback()
    canned_notes.remove(session, editor, row.id, NOW)
    session.commit()
    assert canned_notes.of_sites(session, [site_id]) == {site_id: []}
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("note.%"))).all()
    assert actions == ["note.add", "note.change", "note.remove"]


@pytest.mark.parametrize(
    ("wording", "code"),
    [
        (Wording(15, "en", "Closed", "No."), "rule.not-citable"),
        (Wording(5, "zh", "Capitals", "No."), "canned.language"),
        (Wording(5, "en", "", "No."), "canned.label"),
        (Wording(5, "en", "x" * 81, "No."), "canned.label"),
        (Wording(5, "en", "Capitals", ""), "canned.body"),
    ],
)
def test_a_note_that_could_not_be_used_is_not_kept(
    newsroom: Newsroom, site_id: int, editor: Staff, wording: Wording, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        canned_notes.add(newsroom.session, editor, site_id, wording, NOW)
    assert refused.value.code == code


def test_a_view_and_the_keys_are_each_one_s_own(newsroom: Newsroom, editor: Staff, moderator: Staff) -> None:
    session = newsroom.session
    assert not preferences.of(session, editor.account_id).has_view
    session.rollback()
    preferences.keep_view(session, editor, [3], ["fr"], "most")
    session.commit()
    preferences.set_keys(session, editor, False)
    session.commit()
    kept = preferences.of(session, editor.account_id)
    assert (kept.sites, kept.languages, kept.order, kept.keys) == ((3,), ("fr",), "most", False)
    assert preferences.of(session, moderator.account_id) == preferences.Preferences()
