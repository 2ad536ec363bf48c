"""The demo publication is whole: every reference leads somewhere, and a broken one says where it stands."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import widget.demo
from widget.demo.content import DemoArticle, DemoComment, DemoContent, load

FOLDER = Path(widget.demo.__file__).parent / "content"
STATIC = Path(widget.demo.__file__).parents[2] / "static" / "demo"
# One minute after midnight is the hour at which the newest things are closest to the future.
SET_UP = dt.datetime(2026, 11, 22, 0, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def content() -> DemoContent:
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content that a test may break."""
    return shutil.copytree(FOLDER, tmp_path / "content")


def comments(content: DemoContent) -> Iterator[tuple[DemoArticle, DemoComment]]:
    for article in content.articles:
        for comment in article.comments:
            yield article, comment


def test_every_language_has_articles(content: DemoContent) -> None:
    count = Counter(article.language for article in content.articles)
    least = {"en": 3, "fr": 2, "es": 2, "ar": 1, "zh": 1}
    assert set(count) == set(content.site.languages) == set(least)
    assert all(count[language] >= number for language, number in least.items())


def test_threads_are_lively_empty_closed_and_ordinary(content: DemoContent) -> None:
    states = {article.slug: article.thread_state for article in content.articles}
    assert Counter(states.values()) == {"lively": 1, "empty": 1, "closed": 1, "open": len(states) - 3}
    for article in content.articles:
        published = [c for c in article.comments if c.state == "published"]
        if article.thread_state == "lively":
            assert len(published) >= 16
            assert sum(c.reply_to is not None for c in published) >= 6
        elif article.thread_state == "empty":
            assert article.language == "en"
            assert article.comments == ()
        else:
            assert 2 <= len(published) <= 8
        assert bool(article.notice) == (article.thread_state == "closed")


def test_there_are_comments_in_every_state(content: DemoContent) -> None:
    count = Counter(comment.state for _, comment in comments(content))
    assert count["pending"] >= 12
    assert min(count[state] for state in ("published", "refused", "withdrawn", "removed")) >= 1
    pending = {article.language for article, comment in comments(content) if comment.state == "pending"}
    assert pending == set(content.site.languages)


def test_a_reply_waits_for_a_parent_that_waits(content: DemoContent) -> None:
    state = {(article.slug, c.key): c.state for article, c in comments(content)}
    waiting = [(a.slug, c.reply_to) for a, c in comments(content) if c.state == "pending" and c.reply_to]
    assert any(state[slug, parent] == "pending" for slug, parent in waiting)


def test_a_removed_comment_has_a_published_reply(content: DemoContent) -> None:
    removed = {c.key for _, c in comments(content) if c.state == "removed"}
    assert any(c.reply_to in removed and c.state == "published" for _, c in comments(content))


def test_what_waits_includes_capitals_and_another_language(content: DemoContent) -> None:
    waiting = [(a.language, c.text) for a, c in comments(content) if c.state == "pending"]
    assert any(len(re.findall(r"\b[A-Z]{4,}\b", text)) >= 4 for _, text in waiting)
    assert any(language == "es" and re.search(r"[\u4e00-\u9fff]{10}", text) for language, text in waiting)


def test_readers_and_staff_are_as_the_demo_needs_them(content: DemoContent) -> None:
    assert len(content.readers) >= 30
    assert {person.role for person in content.staff} == {"admin", "editor", "moderator"}
    assert sum(person.second_factor for person in content.staff) == 1
    (banned,) = [reader for reader in content.readers if reader.ban]
    assert banned.ban is not None
    assert (banned.ban.rule, banned.ban.days) == (6, 7)
    (unconfirmed,) = [reader for reader in content.readers if not reader.confirmed]
    (only,) = [c for _, c in comments(content) if c.writer == unconfirmed.key]
    assert only.state == "pending"


def test_every_list_of_the_desk_has_something_in_it(content: DemoContent) -> None:
    talks = [[said.kind for said in c.talk] for _, c in comments(content) if c.talk]
    assert ["question"] in talks, "a second opinion that nobody has given yet"
    answered = [
        c.talk[0].by for _, c in comments(content) if [said.kind for said in c.talk][-1:] == ["answer"]
    ]
    assert set(answered) == {"editor", "moderator"}, "whoever signs in first finds an answer"
    assert ["note"] in talks
    assert any(reader.ban and reader.ban.appeal for reader in content.readers)
    assert any(reader.staff_note for reader in content.readers)
    doubted = [reader for reader in content.readers if reader.doubt]
    assert any(reader.doubt and reader.doubt.answer for reader in doubted)
    waiting = {c.writer for _, c in comments(content) if c.state == "pending"}
    assert waiting & {reader.key for reader in doubted}
    assert content.site.twice > 0
    assert {note.rule for note in content.site.notes} == {5, 9, 13}


def test_every_address_is_one_that_cannot_exist(content: DemoContent) -> None:
    assert all(reader.email.endswith("@readers.example") for reader in content.readers)
    assert all(person.email.endswith("@ostrelle.example") for person in content.staff)
    links = [link for _, c in comments(content) for link in re.findall(r"https?://([^/\s]+)", c.text)]
    assert links
    assert all(host.endswith(".example") for host in links)


def test_nothing_happens_in_the_future_or_before_its_cause(content: DemoContent) -> None:
    for article, comment in comments(content):
        published = article.published_at(SET_UP)
        written = comment.written_at(published, SET_UP)
        decided = comment.decided_at(published, SET_UP) or written
        removed = comment.removed_at(published, SET_UP) or decided
        assert published < written <= decided <= removed <= SET_UP, comment.key


def test_every_drawing_exists_for_light_and_dark(content: DemoContent) -> None:
    figures = [article.figure for article in content.articles if article.figure]
    assert figures
    for figure in figures:
        for name in (figure.src, figure.dark_src):
            drawn = (STATIC / name).read_text(encoding="utf-8")
            assert f'width="{figure.width}" height="{figure.height}"' in drawn


def test_related_articles_speak_the_same_language_first(content: DemoContent) -> None:
    article = content.article("steam-crane-number-four")
    assert article is not None
    related = content.related(article)
    assert article not in related
    assert [other.language for other in related[:2]] == ["en", "en"]
    assert content.article("no-such-article") is None


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        ("article-souq.toml", 'writer = "layla"', 'writer = "nobody"', "writer"),
        ("article-souq.toml", 'reply_to = "layla-shubbak"', 'reply_to = "gone"', "reply_to"),
        ("article-souq.toml", 'language = "ar"', 'language = "tlh"', "language"),
        ("article-souq.toml", "rule = 10", "rule = 19", "rule"),
        ("article-souq.toml", "rule = 10\n", "", "rule"),
        ("article-souq.toml", 'state = "refused"', 'state = "lost"', "state"),
        ("article-souq.toml", "minutes_after = 150", "minutes_after = 45", "minutes_after"),
        ("article-souq.toml", "minutes_after = 730", "minutes_after = 99999", "minutes_after"),
        ("article-souq.toml", 'key = "salma-arbaun"', 'key = "hala-jaras"', "key"),
        ("article-souq.toml", 'writer = "layla"', 'writer = "layla"\nstat = "x"', "stat"),
        ("article-souq.toml", 'thread_state = "open"', 'thread_state = "closed"', "notice"),
        ("article-ferry.toml", "[figure]\n\n", "", "figure"),
        ("article-library.toml", 'thread_state = "empty"', 'thread_state = "open"', "thread_state"),
        ("people.toml", 'key = "etienne"', 'key = "noor"', "key"),
        ("people.toml", 'role = "editor"', 'role = "king"', "role"),
        ("article-pont.toml", 'kind = "answer"\nby = "moderator"', 'kind = "answer"\nby = "editor"', "kind"),
        ("article-pont.toml", 'kind = "question"', 'kind = "rumour"', "kind"),
        ("article-crane.toml", 'state = "refused"', 'state = "refused"\ntalk = []', "talk"),
        ("site.toml", "rule = 13", "rule = 19", "rule"),
        ("people.toml", "confirmed = false", 'confirmed = "no"', "confirmed"),
        ("site.toml", '  "tarif-de-l-eau",\n', "", "front"),
        ("site.toml", 'motto = "Une ville, cinq langues"\n', "", "motto"),
    ],
)
def test_a_mistake_names_its_file_and_key(folder: Path, name: str, old: str, new: str, key: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"^{re.escape(name)}.*key '{key}'"):
        load(folder)


def test_a_file_that_is_not_toml_is_named(folder: Path) -> None:
    (folder / "site.toml").write_text("key = ", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^site\.toml: "):
        load(folder)


def test_the_whole_text_of_an_article_holds_all_that_is_read_and_no_mark_of_the_figure() -> None:
    for article in load().articles:
        assert article.text.startswith(article.standfirst)
        assert all(block.text in article.text for block in article.body)
        assert "[figure]" not in article.text
        assert "\n\n\n" not in article.text
