"""Replies, bans and the netiquette from a writer’s side; editing, taking back and revising."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.support.newsroom import NOW, Newsroom
from widget.errors import Forbidden, NotFound, Refusals, Stale
from widget.models import Acceptance, Comment, CommentState
from widget.moderation.permissions import Staff
from widget.services import bans, comments, netiquettes, own_comments
from widget.services.bans import BanOrder

SIX_WORDS = "The new bridge opens in May."


# ── Replies ───────────────────────────────────────────────────────────────────────────────────────────


def test_replies_know_their_parent_and_their_root(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    root = newsroom.published(editor, reader_id)
    reply = newsroom.published(editor, reader_id, parent_id=root)
    below = newsroom.comment(newsroom.send(site_id, reader_id, parent_id=reply))
    assert (below.parent_id, below.root_id, below.position) == (reply, root, None)


def test_only_what_is_published_in_this_thread_can_be_answered(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    pending = newsroom.send(site_id, reader_id)
    elsewhere = newsroom.published(editor, reader_id, article="ferry")
    removed = newsroom.published(editor, reader_id)
    newsroom.decide(editor, removed, "remove")
    for parent in (pending, elsewhere, removed, 999_999):
        submission = newsroom.submission(site_id, reader_id, parent_id=parent)
        assert newsroom.refused(submission) == ["parent.gone"]


# ── Bans, and the netiquette ──────────────────────────────────────────────────────────────────────────


def test_a_banned_account_neither_sends_nor_edits_on_that_site(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    elsewhere = newsroom.site("courier")
    waiting = newsroom.send(site_id, reader_id)
    order = BanOrder(reader_id, site_id, "24h", 7, refuse_waiting=False)
    bans.impose(newsroom.session, editor, order, NOW)
    newsroom.session.commit()
    with pytest.raises(Forbidden) as banned:
        comments.submit(newsroom.session, newsroom.submission(site_id, reader_id), NOW)
    assert (banned.value.code, banned.value.status) == ("account.banned", 403)
    assert banned.value.params == {"until": NOW + timedelta(hours=24), "rule": 7}
    newsroom.session.rollback()
    with pytest.raises(Forbidden, match=r"account\.banned"):
        comments.edit(newsroom.session, reader_id, waiting, "Another text.", 1, NOW)
    newsroom.session.rollback()
    # Taking back remains possible, and so does writing elsewhere, once the rules there are accepted.
    comments.withdraw(newsroom.session, reader_id, waiting, 1, NOW)
    newsroom.session.commit()
    assert newsroom.send(elsewhere, reader_id, accepts=1)
    assert newsroom.send(site_id, reader_id, at=NOW + timedelta(hours=24))


def test_a_ban_refuses_what_waits_there_and_only_there(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    elsewhere = newsroom.site("courier")
    reader_id = newsroom.reader()
    here, there = newsroom.send(site_id, reader_id), newsroom.send(elsewhere, reader_id)
    standing = newsroom.published(editor, reader_id)
    bans.impose(newsroom.session, editor, BanOrder(reader_id, site_id, "7d", 6, note="Such words."), NOW)
    newsroom.session.commit()
    assert newsroom.comment(here).state is CommentState.REFUSED
    assert newsroom.comment(there).state is CommentState.PENDING
    assert newsroom.comment(standing).state is CommentState.PUBLISHED
    (decision,) = newsroom.decisions(here)
    assert decision.rule is not None
    assert (decision.action, decision.rule.number, decision.note) == ("refuse", 6, "Such words.")


def test_staff_ban_only_those_who_wrote_on_their_site(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    reader_id = newsroom.reader()
    newsroom.send(newsroom.site("courier"), reader_id, accepts=1)
    with pytest.raises(NotFound):
        bans.impose(newsroom.session, editor, BanOrder(reader_id, site_id, "24h", 7), NOW)


def test_the_netiquette_is_accepted_before_the_first_comment(newsroom: Newsroom, site_id: int) -> None:
    newcomer = newsroom.reader()
    netiquette_id = netiquettes.in_force(newsroom.session, site_id).id
    newsroom.session.delete(newsroom.session.get_one(Acceptance, (newcomer, netiquette_id)))
    newsroom.session.commit()
    assert newsroom.refused(newsroom.submission(site_id, newcomer)) == ["netiquette.not-accepted"]
    assert newsroom.send(site_id, newcomer, accepts=1)
    accepted = newsroom.session.get_one(Acceptance, (newcomer, netiquette_id))
    assert accepted.accepted_at == NOW
    # Accepted once, it need not be said again.
    assert newsroom.send(site_id, newcomer)


def test_an_amended_netiquette_is_accepted_anew(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    waiting = newsroom.send(site_id, reader_id)
    amended = newsroom.amend(site_id)
    assert newsroom.refused(newsroom.submission(site_id, reader_id)) == ["netiquette.not-accepted"]
    # What was sent before keeps the version it was sent under; the decision says which was in force.
    newsroom.decide(editor, waiting, "refuse")
    assert newsroom.comment(waiting).netiquette_id != amended
    assert newsroom.decisions(waiting)[0].netiquette_id == amended


# ── Editing, taking back, revising ────────────────────────────────────────────────────────────────────


def test_an_edit_keeps_the_earlier_text_and_checks_anew(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    newsroom.send(site_id, reader_id, SIX_WORDS)
    comment_id = newsroom.send(site_id, reader_id, SIX_WORDS, article="ferry")
    assert [found.code for found in newsroom.comment(comment_id).findings] == ["identical.elsewhere"]
    at = NOW + timedelta(minutes=1)
    comments.edit(newsroom.session, reader_id, comment_id, "Something of its own.\r\n", 1, at)
    newsroom.session.commit()
    comment = newsroom.comment(comment_id)
    assert (comment.body, comment.version, comment.findings) == ("Something of its own.", 2, [])
    assert [(old.version, old.body, old.replaced_at) for old in comment.revisions] == [(1, SIX_WORDS, at)]
    assert (comment.queued_at, comment.state) == (NOW, CommentState.PENDING)
    # The new text counts for rule 10, the old one does not any more.
    submission = newsroom.submission(site_id, reader_id, "something of its OWN", article="ferry")
    assert newsroom.refused(submission) == ["identical.here"]
    assert newsroom.send(site_id, reader_id, SIX_WORDS, article="ferry")


def test_an_edit_of_nothing_changes_nothing(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    comment_id = newsroom.send(site_id, reader_id, "The text.")
    comments.edit(newsroom.session, reader_id, comment_id, " The text. ", 1, NOW)
    newsroom.session.commit()
    assert newsroom.comment(comment_id).version == 1
    assert newsroom.comment(comment_id).revisions == []


@pytest.mark.parametrize(("text", "code"), [("", "length.empty"), ("a" * 2001, "length.over")])
def test_an_edit_passes_the_same_form(
    newsroom: Newsroom, site_id: int, reader_id: int, text: str, code: str
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    with pytest.raises(Refusals, match=code):
        comments.edit(newsroom.session, reader_id, comment_id, text, 1, NOW)


def test_a_stale_edit_or_withdrawal_says_what_happened(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    session = newsroom.session
    comment_id = newsroom.send(site_id, reader_id)
    comments.edit(session, reader_id, comment_id, "From the telephone.", 1, NOW)
    session.commit()
    # Two windows of the same writer.
    with pytest.raises(Stale, match=r"comment\.edited"):
        comments.edit(session, reader_id, comment_id, "From the computer.", 1, NOW)
    session.rollback()
    with pytest.raises(Stale, match=r"comment\.edited"):
        comments.withdraw(session, reader_id, comment_id, 1, NOW)
    session.rollback()
    newsroom.decide(editor, comment_id, "publish")
    for attempt in (
        lambda: comments.edit(session, reader_id, comment_id, "Too late.", 2, NOW),
        lambda: comments.withdraw(session, reader_id, comment_id, 2, NOW),
    ):
        with pytest.raises(Stale) as stale:
            attempt()
        assert stale.value.params["who"] == editor.name
        session.rollback()
    assert newsroom.comment(comment_id).body == "From the telephone."


def test_taking_back_is_on_record_as_the_writers_own(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    comments.withdraw(newsroom.session, reader_id, comment_id, 1, NOW)
    newsroom.session.commit()
    (decision,) = newsroom.decisions(comment_id)
    assert (decision.action, decision.account_id, decision.name) == ("withdraw", reader_id, "")
    assert newsroom.comment(comment_id).state is CommentState.WITHDRAWN


def test_nobody_touches_what_somebody_else_wrote(newsroom: Newsroom, site_id: int, reader_id: int) -> None:
    comment_id, other = newsroom.send(site_id, reader_id), newsroom.reader("Cleo Marsh")
    with pytest.raises(NotFound):
        comments.edit(newsroom.session, other, comment_id, "Not mine.", 1, NOW)
    newsroom.session.rollback()
    with pytest.raises(NotFound):
        comments.withdraw(newsroom.session, other, comment_id, 1, NOW)
    newsroom.session.rollback()
    with pytest.raises(NotFound):
        newsroom.send(site_id, other, revises_id=comment_id)


def test_a_refused_comment_is_sent_again_as_a_new_one(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    refused_id = newsroom.send(site_id, reader_id)
    pending = newsroom.send(site_id, reader_id)
    newsroom.decide(editor, refused_id, "refuse")
    revised = newsroom.comment(newsroom.send(site_id, reader_id, revises_id=refused_id))
    assert (revised.revises_id, revised.state) == (refused_id, CommentState.PENDING)
    assert newsroom.comment(refused_id).state is CommentState.REFUSED
    submission = newsroom.submission(site_id, reader_id, revises_id=pending)
    assert newsroom.refused(submission) == ["comment.not-revisable"]
    elsewhere = newsroom.submission(site_id, reader_id, revises_id=refused_id, article="ferry")
    assert newsroom.refused(elsewhere) == ["comment.not-revisable"]


def test_my_comments_here(newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff) -> None:
    waiting, published = newsroom.send(site_id, reader_id), newsroom.published(editor, reader_id)
    again = newsroom.send(site_id, reader_id)
    newsroom.undo(editor, newsroom.decide(editor, again, "refuse"))
    newsroom.send(site_id, newsroom.reader("Cleo Marsh"))
    newsroom.send(site_id, reader_id, article="ferry")
    mine = own_comments.under(newsroom.session, reader_id, newsroom.thread(site_id).id)
    assert [(own.comment.id, own.decision and own.decision.action) for own in mine] == [
        (again, "undo"),
        (published, "publish"),
        (waiting, None),
    ]


def test_only_a_published_comment_can_be_pointed_at(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    comment_id = newsroom.send(site_id, reader_id)
    with pytest.raises(NotFound):
        comments.published(newsroom.session, comment_id)
    newsroom.decide(editor, comment_id, "publish")
    assert comments.published(newsroom.session, comment_id).id == comment_id
    newsroom.decide(editor, comment_id, "remove")
    with pytest.raises(NotFound):
        comments.published(newsroom.session, comment_id)
    with pytest.raises(NotFound):
        comments.published(newsroom.session, 999_999)


def test_a_reply_is_counted_nowhere_until_it_is_published(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff
) -> None:
    root = newsroom.published(editor, reader_id)
    reply = newsroom.send(site_id, reader_id, parent_id=root)
    assert newsroom.thread(site_id).published == 1
    newsroom.decide(editor, reply, "publish")
    thread = newsroom.thread(site_id)
    assert (thread.published, thread.positions) == (2, 1)
    assert newsroom.session.scalar(select(func.count()).select_from(Comment)) == 2
