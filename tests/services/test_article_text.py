"""The article's whole text, which rule 12 compares with: given by the publisher, never cut, loaded where it is needed."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from tests.support.newsroom import NOW, Newsroom
from widget.errors import Malformed
from widget.models import Site, Thread
from widget.services import reviews, surroundings, threads
from widget.services.surroundings import Writing
from widget.services.threads import LONGEST_TEXT, Article

PARAGRAPH = "The ferry makes its last crossing at midnight from the first of the month, and the tea is free."
ARTICLE = Article("ferry", "https://tribune.example/ferry", "The ferry", "en")


def register(newsroom: Newsroom, site_id: int, **given: str | None) -> int:
    newsroom.session.rollback()
    site = newsroom.session.get_one(Site, site_id)
    opening = given.pop("opening", None)
    thread = threads.register(
        newsroom.session, site, ARTICLE, published_at=NOW, opening=opening, now=NOW, **given
    )
    newsroom.session.commit()
    return thread.id


def known(newsroom: Newsroom, site_id: int, thread_id: int) -> str:
    newsroom.session.rollback()
    site = newsroom.session.get_one(Site, site_id)
    return surroundings.around_hints(newsroom.session, Writing(None, site, thread_id), NOW).article


def test_a_comment_copied_from_the_middle_of_the_article_is_noticed(newsroom: Newsroom, site_id: int) -> None:
    thread_id = register(newsroom, site_id, opening="Twelve years it took.")
    site = newsroom.session.get_one(Site, site_id)
    writing = Writing(None, site, thread_id)
    assert reviews.hints(newsroom.session, writing, PARAGRAPH, "en", NOW) == []
    register(newsroom, site_id, opening="Twelve years it took.", text=f"It was long.\n\n{PARAGRAPH}")
    for found in (
        reviews.hints(newsroom.session, writing, PARAGRAPH, "en", NOW),
        reviews.review(newsroom.session, writing, PARAGRAPH, "en", NOW).findings,
    ):
        assert [one.code for one in found] == ["copied.mostly"]


def test_the_text_stays_when_the_title_is_corrected_and_goes_when_it_is_taken_back(
    newsroom: Newsroom, site_id: int
) -> None:
    thread_id = register(newsroom, site_id, opening="Opening.", text=f"  {PARAGRAPH}\r\n")
    assert known(newsroom, site_id, thread_id) == PARAGRAPH
    register(newsroom, site_id, opening="Opening.")
    assert known(newsroom, site_id, thread_id) == PARAGRAPH
    register(newsroom, site_id, opening="Opening.", text="")
    assert known(newsroom, site_id, thread_id) == "Opening."


def test_a_text_too_long_is_refused_and_never_cut(newsroom: Newsroom, site_id: int) -> None:
    thread_id = register(newsroom, site_id, text="x" * LONGEST_TEXT)
    with pytest.raises(Malformed):
        register(newsroom, site_id, text="y" * (LONGEST_TEXT + 1))
    assert known(newsroom, site_id, thread_id) == "x" * LONGEST_TEXT


def test_nobody_loads_the_text_who_does_not_ask_for_it(newsroom: Newsroom, site_id: int) -> None:
    thread_id = register(newsroom, site_id, text=PARAGRAPH)
    newsroom.session.expunge_all()
    thread = newsroom.session.get_one(Thread, thread_id)
    assert "article_text" in inspect(thread).unloaded


def test_the_command_reads_it_from_a_file(
    app: Flask, newsroom: Newsroom, site_id: int, tmp_path: Path
) -> None:
    page = tmp_path / "article.txt"
    page.write_text(PARAGRAPH, "utf-8")
    command = ["thread", "register", "tribune", "ferry", "--url", ARTICLE.url, "--title", "The ferry"]
    newsroom.session.rollback()
    done = app.test_cli_runner().invoke(args=[*command, "--text-file", str(page)])
    assert done.exit_code == 0, done.output
    newsroom.session.rollback()
    assert newsroom.session.scalar(select(Thread.article_text)) == PARAGRAPH
    newsroom.session.rollback()
    page.write_bytes(b"\xff\xfe")
    assert app.test_cli_runner().invoke(args=[*command, "--text-file", str(page)]).exit_code == 2
