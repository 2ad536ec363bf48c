"""Searching what was written: by words in five languages, by state, rule, colleague and date, on own sites only."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.support.newsroom import NOW, Newsroom
from widget.models import Comment, CommentState, Role
from widget.moderation.permissions import Staff
from widget.services import comments, search
from widget.services.search import Search

WRITTEN = {
    "en": "The bridge was announced on the evening of the holiday. “Nobody asked the parents.”",
    "fr": "L’école a été fermée à Saint-Étienne, et l’œuvre reste.",
    "es": "El tranvía pasará por la calle del Corazón en otoño.",
    "ar": "أُغلِقَتِ المَدرَسةُ في القاهرة أمس.",
    "zh": "我们泉州的元宵也放花灯，一家一盏。",
}


@pytest.fixture
def written(newsroom: Newsroom, site_id: int, reader_id: int) -> dict[str, int]:
    """One waiting comment in each language."""
    return {tag: newsroom.send(site_id, reader_id, body) for tag, body in WRITTEN.items()}


def found(newsroom: Newsroom, site_id: int, words: str = "", **more: object) -> list[int]:
    """Return the ids that a search finds, the latest first."""
    newsroom.session.rollback()
    asked = Search([site_id], words, **more)  # type: ignore[arg-type]
    return [comment.id for comment in search.comments(newsroom.session, asked, most=50)]


@pytest.mark.parametrize(
    ("words", "tag"),
    [
        ("BRIDGE", "en"),
        ("announ holiday", "en"),
        ('"asked the parents"', "en"),
        ("ecole", "fr"),
        ("saint-etienne", "fr"),
        ("œuvre", "fr"),
        ("oeuvre", "fr"),
        ("TRANVIA corazon", "es"),
        ("المدرسة", "ar"),
        ("القاهره", "ar"),
        ("花灯", "zh"),
        ("元宵也放", "zh"),
        ("燈", "zh"),
        ("盏", "zh"),
    ],
)
def test_words_find_their_comment_in_every_language(
    newsroom: Newsroom, site_id: int, written: dict[str, int], words: str, tag: str
) -> None:
    assert found(newsroom, site_id, words) == [written[tag]]


@pytest.mark.parametrize(
    "words",
    [
        "holiday bridge tram",
        '"parents the asked"',
        "ridge",
        "灯花",
        '"',
        "NOT bridge AND",
        "'); DROP TABLE comments; --",
    ],
)
def test_what_is_not_there_is_not_found(
    newsroom: Newsroom, site_id: int, written: dict[str, int], words: str
) -> None:
    assert found(newsroom, site_id, words) == ([] if words != '"' else sorted(written.values(), reverse=True))


def test_name_and_place_are_searched_too_and_an_edit_is_followed(
    newsroom: Newsroom, site_id: int, written: dict[str, int]
) -> None:
    noor = newsroom.reader("Noor Lindqvist", "Sherbrooke (Québec)")
    hers = newsroom.send(site_id, noor, "A word about lanterns.")
    assert found(newsroom, site_id, "lindqv quebec lanterns") == [hers]
    newsroom.session.rollback()
    comments.edit(newsroom.session, noor, hers, "A word about lighthouses.", 1, NOW)
    newsroom.session.commit()
    assert found(newsroom, site_id, "lanterns") == []
    assert found(newsroom, site_id, "lighthouses") == [hers]


def test_state_rule_colleague_writer_thread_and_dates_narrow_it_down(
    newsroom: Newsroom, site_id: int, reader_id: int, editor: Staff, moderator: Staff
) -> None:
    other = newsroom.reader("Bo Falk")
    published = newsroom.published(editor, reader_id, at=NOW - timedelta(days=3))
    refused = newsroom.send(site_id, other, article="ferry", at=NOW - timedelta(days=1))
    newsroom.decide(moderator, refused, "refuse", rule=5)
    waiting = newsroom.send(site_id, reader_id)
    withdrawn = newsroom.send(site_id, reader_id)
    comments.withdraw(newsroom.session, reader_id, withdrawn, 1, NOW)
    newsroom.session.commit()

    assert found(newsroom, site_id) == [withdrawn, waiting, refused, published]
    assert found(newsroom, site_id, states=[CommentState.REFUSED]) == [refused]
    assert found(newsroom, site_id, states=[CommentState.PENDING, CommentState.PUBLISHED]) == [
        waiting,
        published,
    ]
    assert found(newsroom, site_id, rule=5) == [refused]
    assert found(newsroom, site_id, rule=7) == []
    assert found(newsroom, site_id, moderator_id=editor.account_id) == [published]
    assert found(newsroom, site_id, moderator_id=moderator.account_id, rule=5) == [refused]
    assert found(newsroom, site_id, moderator_id=reader_id) == [], (
        "taking back one's own is no decision of staff"
    )
    assert found(newsroom, site_id, account_id=other) == [refused]
    assert found(newsroom, site_id, thread_id=newsroom.thread(site_id, "ferry").id) == [refused]
    assert found(newsroom, site_id, language="en") == [withdrawn, waiting, refused, published]
    assert found(newsroom, site_id, language="fr") == []
    assert found(newsroom, site_id, since=NOW - timedelta(days=1)) == [withdrawn, waiting, refused]
    assert found(newsroom, site_id, until=NOW - timedelta(days=1)) == [published]


def test_pages_go_on_below_an_id(newsroom: Newsroom, site_id: int, written: dict[str, int]) -> None:
    ids = sorted(written.values(), reverse=True)
    newsroom.session.rollback()
    page = search.comments(newsroom.session, Search([site_id]), before=ids[1], most=2)
    assert [comment.id for comment in page] == ids[2:4]


def test_other_sites_and_unconfirmed_writers_are_found_by_nobody(newsroom: Newsroom, site_id: int) -> None:
    elsewhere = newsroom.site("hill")
    newcomer = newsroom.newcomer()
    newsroom.send(site_id, newcomer, "Lanterns on the quay.")
    theirs = newsroom.send(elsewhere, newsroom.reader(), "Lanterns on the hill.")
    assert found(newsroom, site_id, "lanterns") == []
    assert found(newsroom, elsewhere, "lanterns") == [theirs]


def test_colleagues_are_those_with_a_role_here_or_everywhere(
    newsroom: Newsroom, site_id: int, editor: Staff
) -> None:
    elsewhere = newsroom.staff(Role.EDITOR, newsroom.site("hill"), "Hild Elsewhere")
    admin = newsroom.staff(Role.ADMIN, None, "Adela Allsites")
    newsroom.session.rollback()
    names = search.colleagues(newsroom.session, [site_id])
    assert names == {admin.account_id: "Adela Allsites", editor.account_id: "Edda Voss"}
    assert elsewhere.account_id not in names


def test_the_words_are_looked_up_in_the_index(
    newsroom: Newsroom, site_id: int, written: dict[str, int]
) -> None:
    session = newsroom.session
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))
        explain, index = "EXPLAIN", "ix_comments_terms"
        last = search.select(Comment.id).where(search._indexed(search.wanted("lantern")))
    else:
        explain, index = "EXPLAIN QUERY PLAN", "VIRTUAL TABLE INDEX"
        *_, last = search._stages(session, Search([site_id], "lantern"), None, 50)
    compiled = str(last.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    plan = "\n".join(
        str(tuple(row))
        for row in session.execute(text(f"{explain} {compiled.replace(':*', chr(92) + ':*')}"))
    )
    assert index in plan, plan


@pytest.mark.parametrize("looked_at", [1, 2, 3, 8192])
def test_what_is_looked_at_and_what_the_index_finds_is_one_list(
    newsroom: Newsroom, site_id: int, reader_id: int, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    monkeypatch.setattr(search, "LOOKED_AT", {"sqlite": looked_at, "postgresql": looked_at})
    bodies = ["A lantern was lit.", "Nobody came.", "Lanterns burn 100 %.", "Two lanterns_ and a quay."]
    sent = [newsroom.send(site_id, reader_id, body, article=f"a{at}") for at, body in enumerate(bodies)]
    assert found(newsroom, site_id, "lantern") == [sent[3], sent[2], sent[0]]
    assert found(newsroom, site_id, '"lantern"') == [sent[0]]
    assert found(newsroom, site_id, '"and a quay" two') == [sent[3]]
    assert found(newsroom, site_id, "ntern") == []
    newsroom.session.rollback()
    asked = Search([site_id], "lantern")
    assert [one.id for one in search.comments(newsroom.session, asked, most=2)] == [sent[3], sent[2]]
    assert [one.id for one in search.comments(newsroom.session, asked, before=sent[2], most=2)] == [sent[0]]


def test_what_was_sent_before_a_moment_goes_on_backwards_from_there(
    newsroom: Newsroom, site_id: int, reader_id: int
) -> None:
    # The third was imported: it is older than its number.
    days = (9, 7, 8, 5, 1)
    sent = [
        newsroom.send(site_id, reader_id, f"Letter {day}.", article=f"a{day}", at=NOW - timedelta(days=day))
        for day in days
    ]
    newsroom.session.rollback()
    then = Search([site_id], until=NOW - timedelta(days=2))
    first = [one.id for one in search.comments(newsroom.session, then, most=2)]
    assert first == [sent[3], sent[1]]
    assert [one.id for one in search.comments(newsroom.session, then, before=first[-1], most=9)] == [
        sent[2],
        sent[0],
    ]
    span = {"since": NOW - timedelta(days=8, hours=1), "until": NOW - timedelta(days=6)}
    assert found(newsroom, site_id, **span) == [sent[1], sent[2]]
    assert found(newsroom, site_id, "letter", **span) == [sent[2], sent[1]]
