"""What a decision leaves behind, and what taking it back restores."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.support.newsroom import NOW, Newsroom
from widget.errors import Forbidden, NotFound, Refusal, Stale
from widget.models import (
    AuditEntry,
    Comment,
    CommentState,
    Decision,
    OutboxMail,
    Role,
    SignInKind,
)
from widget.moderation.permissions import Staff
from widget.services import audit, moderation, outbox, sign_ins

GRACE = timedelta(seconds=60)


def mails(newsroom: Newsroom) -> list[tuple[str, bool]]:
    """Return each mail by template and whether it still is to leave."""
    newsroom.session.rollback()
    rows = newsroom.session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [(mail.template, mail.cancelled_at is None) for mail in rows]


def test_a_decision_says_who_what_when_and_under_which_rules(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    newsroom.decide(editor, comment_id, "refuse", rule=13, note="A shop’s address.", private_note="Again.")
    (decision,) = newsroom.decisions(comment_id)
    assert decision.rule is not None
    assert decision.rule.slug == "no-advertising"
    assert (decision.from_state, decision.to_state) == (CommentState.PENDING, CommentState.REFUSED)
    assert (decision.comment_version, decision.created_at) == (2, NOW)
    assert (decision.account_id, decision.name) == (editor.account_id, "Edda Voss")
    assert decision.sign_in_id == editor.sign_in_id
    assert (decision.note, decision.private_note) == ("A shop’s address.", "Again.")
    assert decision.netiquette_id == decision.rule.netiquette_id


def test_every_decision_leaves_an_audit_entry_in_its_own_transaction(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    moderation.decide(newsroom.session, editor, newsroom.order(comment_id, "publish"), GRACE, NOW)
    newsroom.session.rollback()
    assert newsroom.session.scalar(select(func.count()).select_from(AuditEntry)) == 0
    decision_id = newsroom.decide(editor, comment_id, "publish")
    (entry,) = newsroom.session.scalars(select(AuditEntry))
    assert (entry.action, entry.subject) == ("comment.publish", f"comment:{comment_id}")
    assert (entry.actor_id, entry.actor_name, entry.site_id) == (editor.account_id, editor.name, site_id)
    assert entry.changes == {
        "before": {"state": "pending"},
        "after": {"state": "published", "rule": None, "decision": decision_id},
    }
    assert audit.verify(newsroom.session) is None


def test_publishing_makes_it_public_and_nothing_else_does(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    before = newsroom.thread(site_id).version
    newsroom.send(site_id, reader_id)
    refused = newsroom.send(site_id, reader_id)
    newsroom.decide(editor, refused, "refuse")
    # What nobody sees changes no public version: caches stay good.
    assert newsroom.thread(site_id).version == before
    newsroom.decide(editor, comment_id, "publish")
    thread, comment = newsroom.thread(site_id), newsroom.comment(comment_id)
    assert (thread.version, thread.published, thread.positions) == (before + 1, 1, 1)
    assert (comment.position, comment.published_at, comment.version) == (1, NOW, 2)
    newsroom.decide(editor, comment_id, "remove")
    thread = newsroom.thread(site_id)
    assert (thread.version, thread.published, thread.positions) == (before + 2, 0, 1)


def test_the_writer_is_told_after_the_grace_time(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    decision_id = newsroom.decide(editor, comment_id, "publish", grace=GRACE)
    (mail,) = newsroom.session.scalars(select(OutboxMail))
    assert (mail.template, mail.recipient) == ("published", "reader1@post.example")
    assert (mail.not_before, mail.decision_id, mail.site_id) == (NOW + GRACE, decision_id, site_id)


def test_an_address_that_nobody_confirmed_gets_no_mail_about_decisions_or_bans(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    from widget.services import bans

    newcomer = newsroom.newcomer()
    comment_id = newsroom.send(site_id, newcomer)
    newsroom.decide(editor, comment_id, "refuse")
    bans.impose(newsroom.session, editor, bans.BanOrder(newcomer, site_id, "24h", 7), NOW)
    newsroom.session.commit()
    assert mails(newsroom) == []
    confirmed = newsroom.reader()
    newsroom.send(site_id, confirmed)
    bans.impose(newsroom.session, editor, bans.BanOrder(confirmed, site_id, "24h", 7), NOW)
    newsroom.session.commit()
    # One mail about the ban; none for each comment that it refused.
    assert mails(newsroom) == [("banned", True)]


# ── Undo ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("actions", "state"),
    [(["publish"], "pending"), (["refuse"], "pending"), (["publish", "remove"], "published")],
)
def test_undo_reverses_and_cancels_the_mail_about_it(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, actions: list[str], state: str
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    taken = 0
    for action in actions:
        taken = newsroom.decide(editor, comment_id, action, grace=GRACE)
    undone = newsroom.undo(editor, taken)
    assert newsroom.comment(comment_id).state == state
    last = newsroom.decisions(comment_id)[-1]
    assert (last.id, last.action, last.reverses_id) == (undone, "undo", taken)
    assert mails(newsroom)[-1][1] is False
    assert [sent for _, sent in mails(newsroom)][:-1] == [True] * (len(actions) - 1)
    entries = newsroom.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert entries == [*(f"comment.{action}" for action in actions), "comment.undo"]


@pytest.mark.parametrize(
    ("actions", "now_says"),
    [(["publish"], "pending"), (["refuse"], "pending"), (["publish", "remove"], "published")],
)
def test_a_mail_that_has_left_is_not_called_back_but_followed(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, actions: list[str], now_says: str
) -> None:
    comment_id, taken = newsroom.send(site_id, reader_id), 0
    for action in actions:
        taken = newsroom.decide(editor, comment_id, action)
    for mail in newsroom.session.scalars(select(OutboxMail)):
        mail.sent_at = NOW
    newsroom.session.commit()
    undone = moderation.undo(newsroom.session, editor, taken, NOW, grace=GRACE).id
    newsroom.session.commit()
    assert [still for _, still in mails(newsroom)] == [True] * (len(actions) + 1)
    last = newsroom.session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert last is not None
    assert (last.template, last.decision_id, last.not_before) == ("undone", undone, NOW + GRACE)
    assert newsroom.session.get_one(Decision, undone).to_state == now_says
    assert outbox.told(newsroom.session, [taken, undone], NOW) == {taken}


def test_that_it_waits_again_is_not_told_once_it_is_decided_anew(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    taken = newsroom.decide(editor, comment_id, "refuse")
    newsroom.session.scalars(select(OutboxMail)).one().sent_at = NOW
    newsroom.session.commit()
    newsroom.undo(editor, taken)
    newsroom.decide(editor, comment_id, "publish")
    assert mails(newsroom) == [("refused", True), ("undone", False), ("published", True)]


def test_an_undo_is_of_this_very_sign_in(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    taken = newsroom.decide(editor, newsroom.send(site_id, reader_id), "publish")
    _, later = sign_ins.start(newsroom.session, editor.account_id, SignInKind.DESK, NOW)
    newsroom.session.commit()
    same_person = Staff(editor.account_id, editor.name, editor.roles, later.id)
    nowhere = Staff(editor.account_id, editor.name, editor.roles, None)
    for stranger in (moderator, same_person, nowhere):
        with pytest.raises(Forbidden, match=r"undo\.not-yours"):
            moderation.undo(newsroom.session, stranger, taken, NOW)
        newsroom.session.rollback()
    with pytest.raises(NotFound):
        moderation.undo(newsroom.session, editor, 999_999, NOW)


def test_an_undo_is_not_possible_once_something_came_after(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    taken = newsroom.decide(editor, comment_id, "publish")
    newsroom.decide(moderator, comment_id, "remove", at=NOW + GRACE)
    with pytest.raises(Stale) as stale:
        moderation.undo(newsroom.session, editor, taken, NOW)
    assert stale.value.params["who"] == moderator.name
    newsroom.session.rollback()
    other = newsroom.send(site_id, reader_id)
    undone = newsroom.undo(editor, newsroom.decide(editor, other, "refuse"))
    with pytest.raises(Refusal, match=r"undo\.not-possible"):
        moderation.undo(newsroom.session, editor, undone, NOW)


def test_what_has_public_replies_is_removed_and_not_taken_back(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    root = newsroom.send(site_id, reader_id)
    taken = newsroom.decide(editor, root, "publish")
    reply = newsroom.published(editor, reader_id, parent_id=root)
    below = newsroom.published(editor, reader_id, parent_id=reply)
    with pytest.raises(Refusal, match=r"undo\.has-replies"):
        moderation.undo(newsroom.session, editor, taken, NOW)
    # The reply is gone, but what answers it still stands: the conversation needs its beginning.
    newsroom.decide(editor, reply, "remove")
    with pytest.raises(Refusal, match=r"undo\.has-replies"):
        moderation.undo(newsroom.session, editor, taken, NOW)
    newsroom.decide(editor, below, "remove")
    newsroom.undo(editor, taken)
    assert newsroom.comment(root).state is CommentState.PENDING
    # A removed reply does not come back under a parent that waits.
    with pytest.raises(Refusal, match=r"publish\.parent"):
        newsroom.undo(editor, newsroom.decisions(reply)[-1].id)
    newsroom.session.rollback()
    newsroom.decide(editor, root, "publish")
    newsroom.undo(editor, newsroom.decisions(reply)[-1].id)
    assert newsroom.thread(site_id).published == 2


def test_a_removed_reply_comes_back_under_a_parent_removed_meanwhile(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    root = newsroom.published(editor, reader_id)
    reply = newsroom.published(editor, reader_id, parent_id=root)
    removal = newsroom.decide(editor, reply, "remove")
    newsroom.decide(editor, root, "remove")
    newsroom.undo(editor, removal)
    assert newsroom.comment(reply).state is CommentState.PUBLISHED


def test_a_place_once_given_is_kept_through_undo_refusal_and_republication(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    first = newsroom.send(site_id, reader_id)
    taken = newsroom.decide(editor, first, "publish")
    second = newsroom.published(editor, reader_id)
    newsroom.undo(editor, taken)
    assert newsroom.comment(first).position == 1
    third = newsroom.published(editor, reader_id)
    later = NOW + timedelta(hours=1)
    newsroom.decide(editor, first, "publish", at=later)
    assert [newsroom.comment(one).position for one in (first, second, third)] == [1, 2, 3]
    # It stands where it stood, under the time at which it was first published.
    assert newsroom.comment(first).published_at == NOW
    thread = newsroom.thread(site_id)
    assert (thread.positions, thread.published) == (3, 3)


def test_the_newest_decision_that_can_be_undone(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    assert moderation.latest_undoable(newsroom.session, editor) is None
    one, two = newsroom.send(site_id, reader_id), newsroom.send(site_id, reader_id)
    first = newsroom.decide(editor, one, "publish")
    second = newsroom.decide(editor, two, "refuse")
    newsroom.decide(moderator, newsroom.send(site_id, reader_id), "refuse")

    def latest() -> int | None:
        newsroom.session.rollback()
        found = moderation.latest_undoable(newsroom.session, editor)
        return found and found.id

    assert latest() == second
    newsroom.undo(editor, second)
    assert latest() == first
    newsroom.decide(moderator, one, "remove")
    assert latest() is None


# ── What outlives people ──────────────────────────────────────────────────────────────────────────────


def test_history_survives_the_colleague(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    """Staff records outlive staff: the references are cleared, the name stays, the chain holds."""
    from widget.models import Account

    comment_id = newsroom.published(editor, reader_id)
    newsroom.session.delete(newsroom.session.get_one(Account, editor.account_id))
    newsroom.session.commit()
    (decision,) = newsroom.decisions(comment_id)
    assert (decision.account_id, decision.sign_in_id, decision.name) == (None, None, "Edda Voss")
    assert newsroom.session.scalars(select(AuditEntry.actor_name)).all() == ["Edda Voss"]
    assert audit.verify(newsroom.session) is None


def test_history_survives_the_writer(newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff) -> None:
    from widget.models import Account

    comment_id = newsroom.published(editor, reader_id)
    newsroom.session.delete(newsroom.session.get_one(Account, reader_id))
    newsroom.session.commit()
    assert newsroom.comment(comment_id).name == "Ada Lind"
    # What is left can still be decided.
    newsroom.decide(newsroom.staff(Role.EDITOR, site_id), comment_id, "remove")
    assert newsroom.session.scalar(select(func.count()).select_from(Decision)) == 2
    assert newsroom.session.scalar(select(func.count()).select_from(Comment)) == 1
