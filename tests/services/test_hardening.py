"""What an attacker tried, and what must hold: work that stays bounded, and bans that are not walked around."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.newsroom import NOW, PASSWORD, Newsroom
from tests.support.sorting import MOST, Watch
from widget.errors import Malformed, Refusal, Refusals
from widget.models import Comment, CommentState, Role, Site
from widget.moderation.permissions import Staff
from widget.netiquette import Context, Draft, changes, review
from widget.services import (
    accounts,
    amending,
    appeals,
    articles,
    bans,
    identities,
    letterbox,
    notes,
    passwords,
    staff,
)
from widget.services.accounts import Registration
from widget.services.appeals import Ruling
from widget.services.articles import Article
from widget.services.bans import BanOrder
from widget.services.identities import Marking
from widget.services.letterbox import Letter
from widget.text import normalise
from widget.web.desk import forms
from widget.web.embed import positions

Sending = Callable[[Session, Staff, str], object]
ABOUT = Marking(1, 1)
MARKS = "a" + "\u0345" * 20_000 + "\u0334" * 20_000
# Runs that nobody sees as such before something between the marks is gone, or becomes one.
PARTED = {
    "controls": ("\u0345\u0334" * 15 + "\x01") * 60,
    "halfwidth marks": "\uff76" + "\uff9e\u0334" * 900,
    "joiners": "\u0915" + ("\u094d\u093c" * 15 + "\u200d") * 60 + "\u093c",
    "one by one": "\u0345\x01\u0334\x01" * 900,
}


def test_stacks_of_marks_do_not_take_quadratic_time() -> None:
    """Forty thousand marks in a row took ten seconds to sort; thirty are kept, a name of them is refused."""
    cleaned = normalise.clean(MARKS)
    assert len(cleaned) <= 32
    with pytest.raises(normalise.HiddenCharacters):
        normalise.line(MARKS)
    with pytest.raises(Refusal, match=r"name\.long"):
        accounts.line("name", MARKS)


@pytest.mark.parametrize("text", PARTED.values(), ids=PARTED)
def test_marks_that_something_parts_are_never_sorted_in_one_run(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Controls between the marks went after these had been counted, and left one run of 170,000."""
    watch = Watch(monkeypatch)
    cleaned = normalise.clean(text)
    normalise.digest(text)
    normalise.digest(cleaned)
    with pytest.raises(normalise.HiddenCharacters):
        normalise.line(text)
    assert watch.calls
    assert watch.longest <= 62


def test_an_address_of_marks_never_reaches_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library sorts the whole local part before it looks at its length."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the library was asked")

    monkeypatch.setattr(accounts, "validate_email", never)
    for address in (MARKS + "@x.fr", "a" * 250 + "@x.fr", f"  {MARKS}@x.fr"):
        with pytest.raises(Refusal, match=r"email\.malformed"):
            accounts.address(address)
    with pytest.raises(AssertionError):
        accounts.address(" " * 300 + "ada@post.example")


def test_a_password_is_compared_with_what_passed_alone(
    newsroom: Newsroom, site_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name of half a megabyte was folded, and given to the estimate in a hundred thousand words."""
    judged: list[list[str]] = []

    def estimate(_: str, user_inputs: list[str]) -> dict[str, int]:
        judged.append(user_inputs)
        return {"score": 4}

    monkeypatch.setattr(passwords, "zxcvbn", estimate)
    watch, site = Watch(monkeypatch), newsroom.session.get_one(Site, site_id)
    for long in ("Ada Lind " * 20_000, "\u0345\u0334" * 900):
        form = Registration(long, long, f"{long}@x.fr", PASSWORD, accepts=1, language="en")
        with pytest.raises(Refusals, match=r"name\.long, place\.long, email\.malformed"):
            accounts.register(newsroom.session, site, form, NOW)
        with pytest.raises(Refusal, match=r"name\.long"):
            staff.appoint(
                newsroom.session,
                name=long,
                place="Hamar",
                email="ida@post.example",
                password=PASSWORD,
                role=Role.EDITOR,
                site_id=site_id,
                language="en",
                now=NOW,
            )
    assert judged == [["the", "tribune"]] * 2
    assert watch.longest <= MOST


def test_what_is_far_too_long_is_refused_unseen(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text eight times as long as any that fits is not brought into order first."""
    site, long = newsroom.session.get_one(Site, site_id), "word " * 4_000
    article = Article("bridge", "https://tribune.example/bridge", long, "en")
    comment_id = newsroom.published(editor, reader_id)

    def never(*_: object) -> str:
        raise AssertionError("it was looked at")

    monkeypatch.setattr(normalise, "clean", never)
    monkeypatch.setattr(normalise, "line", never)
    with pytest.raises(Refusals, match=r"length\.over") as refused:
        newsroom.send(site_id, reader_id, text=long)
    assert refused.value.refusals[0].params == {"limit": 2000, "over": 18_000}
    with pytest.raises(Malformed, match=r"article\.too-long"):
        articles.checked(site, article)
    with pytest.raises(Refusals, match=r"^letter\.long$"):
        letterbox.report(newsroom.session, comment_id, 2, Letter(long), NOW)


@pytest.mark.parametrize(
    ("code", "send"),
    [
        ("note.long", lambda session, staff, long: notes.add(session, staff, 1, 1, long, NOW)),
        ("appeal.long", lambda session, staff, long: appeals.send(session, 1, 1, long, NOW)),
        (
            "appeal.long",
            lambda session, staff, long: appeals.handle(session, staff, Ruling(1, "kept", long, ""), NOW),
        ),
        ("identity.long", lambda session, staff, long: identities.ask(session, staff, ABOUT, long, NOW)),
        ("identity.long", lambda session, staff, long: identities.answer(session, ABOUT, NOW, long, NOW)),
    ],
    ids=["note", "appeal", "answer to an appeal", "question", "answer"],
)
def test_letters_of_staff_and_to_them_are_refused_unseen_where_they_are_far_too_long(
    newsroom: Newsroom, editor: Staff, monkeypatch: pytest.MonkeyPatch, code: str, send: Sending
) -> None:
    def never(*_: object) -> str:
        raise AssertionError("it was looked at")

    monkeypatch.setattr(normalise, "clean", never)
    with pytest.raises(Refusal, match=f"^{code}$"):
        send(newsroom.session, editor, "word " * 4_000)


def test_what_no_field_of_the_desk_holds_is_handed_on_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The field's own limit refuses it; a draft's is refused by the name of its part."""
    long = MARKS * 8

    def never(*_: object) -> str:
        raise AssertionError("it was looked at")

    monkeypatch.setattr(normalise, "clean", never)
    monkeypatch.setattr(normalise, "graphemes", never)
    assert forms._cleaned(long) == long
    for kind in ("titles", "texts", "summaries"):
        assert amending.cleaned(kind, long) == long
        assert amending.is_too_long(kind, long)


def test_flags_are_never_looked_for_one_cluster_after_the_other() -> None:
    """Which two of a long run belong together the library counts from its beginning, each time anew."""
    flags = "\U0001f1eb\U0001f1f7" * 20_000
    assert len(positions.as_typed(f"{flags}e\u0301", f"{flags}é")((40_000, 40_001)) or ()) == 2
    assert len(changes.compared(flags, f"{flags}!")) == 2


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
