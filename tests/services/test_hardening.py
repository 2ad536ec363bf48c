"""What an attacker tried, and what must hold: work that stays bounded, and bans that are not walked around."""

import pytest

from tests.support.newsroom import NOW, PASSWORD, Newsroom
from widget.errors import Refusal
from widget.models import Comment, CommentState
from widget.moderation.permissions import Staff
from widget.netiquette import Context, Draft, review
from widget.services import accounts, bans, passwords
from widget.services.bans import BanOrder
from widget.text import normalise

MARKS = "a" + "\u0345" * 20_000 + "\u0334" * 20_000


def test_stacks_of_marks_do_not_take_quadratic_time() -> None:
    """Forty thousand marks in a row took ten seconds to sort; thirty are kept, a name of them is refused."""
    cleaned = normalise.clean(MARKS)
    assert len(cleaned) <= 32
    with pytest.raises(normalise.HiddenCharacters):
        normalise.line(MARKS)
    with pytest.raises(Refusal, match=r"name\.long"):
        accounts.line("name", MARKS)


def test_flags_are_counted_one_by_one() -> None:
    """A pair of regional indicators is one character to a person."""
    assert normalise.graphemes("\U0001f1eb\U0001f1f7" * 3 + "a") == 4


def test_a_small_text_of_huge_letters_is_too_long() -> None:
    """A thousand letters of thirty marks each are not a thousand characters."""
    text = ("a" + "\u0300" * 29) * 1000
    found = review(Draft(text, "en"), Context(NOW, 2000))
    assert [finding.code for finding in found if finding.refuses] == ["length.over"]


def test_passwords_of_many_substitutes_are_not_puzzled_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The estimate of such a password took sixteen seconds, so it is not asked for."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the estimate was asked for")

    monkeypatch.setattr(passwords, "zxcvbn", never)
    assert passwords.problem(("4@8({[<369!1|0$5+7%2" * 4)[:72], []) is None
    with pytest.raises(AssertionError):
        passwords.problem("several unrelated words", [])


def test_a_ban_is_not_walked_around_by_registering_anew(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    """Given a banned reader who registers again and hands over: what was written is withdrawn, not queued."""
    session = newsroom.session
    banned = newsroom.reader(email="ada@post.example")
    newsroom.published(editor, banned)
    bans.impose(session, editor, BanOrder(banned, site_id, "forever", 7), NOW)
    session.commit()
    anew = newsroom.newcomer(email="ada@post.example")
    sent = newsroom.send(site_id, anew, text="Here I am again, and nobody stops me this time.")
    accounts.hand_over(session, anew, PASSWORD, NOW)
    session.commit()
    comment = session.get_one(Comment, sent)
    assert comment.state is CommentState.WITHDRAWN
    assert comment.queued_at is None
