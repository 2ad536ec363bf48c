"""Reading the demo publication from the TOML files in `content/`, checking every reference on the way.

`site.toml` holds the broadcaster and its words, `people.toml` staff and readers, and each `article-*.toml`
one article with the comments under it. Whatever is wrong raises a ValueError naming the file and the key.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import get_args

from widget.demo import conversations
from widget.demo.records import (
    DemoArticle,
    DemoBan,
    DemoBlock,
    DemoComment,
    DemoContent,
    DemoDoubt,
    DemoFigure,
    DemoNote,
    DemoReader,
    DemoSite,
    DemoStaff,
    DemoTalk,
    Role,
    ThreadState,
)
from widget.demo.table import Table

__all__ = [
    "DemoArticle",
    "DemoBan",
    "DemoBlock",
    "DemoComment",
    "DemoContent",
    "DemoDoubt",
    "DemoFigure",
    "DemoNote",
    "DemoReader",
    "DemoSite",
    "DemoStaff",
    "DemoTalk",
    "load",
]


def load(folder: Traversable | None = None) -> DemoContent:
    """Read the demo publication from a folder of TOML files, by default the one that comes with the package.

    Raises ValueError, naming file and key, where a reference leads nowhere or a value makes no sense.
    """
    folder = folder or files("widget.demo").joinpath("content")
    site_file, people = _open(folder, "site.toml"), _open(folder, "people.toml")
    site = _site(site_file)
    people.only("staff", "reader")
    staff = tuple(_staff(table) for table in people.tables("staff"))
    readers = tuple(_reader(table, site) for table in people.tables("reader"))
    _unique(people, "key", [s.key for s in staff] + [r.key for r in readers])
    _unique(people, "email", [s.email for s in staff] + [r.email for r in readers])
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.startswith("article-"))
    articles = [_article(_open(folder, name), site, readers, staff) for name in names]
    front = site_file.get("front", list)
    if sorted(front) != sorted(article.slug for article in articles):
        raise site_file.wrong("front", "must name every article once")
    articles.sort(key=lambda article: front.index(article.slug))
    return DemoContent(site=site, articles=tuple(articles), readers=readers, staff=staff)


def _open(folder: Traversable, name: str) -> Table:
    try:
        return Table(name, tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name}: {error}") from error


def _unique(table: Table, key: str, values: list[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise table.wrong(key, f"{value!r} is used twice")


def _site(table: Table) -> DemoSite:
    table.only(
        "key", "name", "default_language", "corrections_email", "front", "languages", "words", "twice", "note"
    )
    languages = table.table("languages")
    tags, words = list(languages.values), table.table("words")
    spoken = {tag: words.table(tag) for tag in tags}
    default = table.one_of("default_language", tags)
    for tag in tags:
        spoken[tag].only(*spoken[default].values)
    return DemoSite(
        key=table.text("key"),
        name=table.text("name"),
        default_language=default,
        corrections_email=table.text("corrections_email"),
        languages={tag: languages.text(tag) for tag in tags},
        words={tag: {key: spoken[tag].text(key) for key in spoken[default].values} for tag in tags},
        twice=table.get("twice", int),
        notes=tuple(_note(entry, tags) for entry in table.tables("note")),
    )


def _note(table: Table, languages: list[str]) -> DemoNote:
    table.only("rule", "language", "label", "text")
    return DemoNote(
        rule=table.rule(),
        language=table.one_of("language", languages),
        label=table.text("label"),
        text=table.text("text"),
    )


def _staff(table: Table) -> DemoStaff:
    table.only("key", "role", "name", "email", "second_factor")
    role: Role = table.one_of("role", get_args(Role))
    return DemoStaff(
        key=table.text("key"),
        role=role,
        name=table.text("name"),
        email=table.text("email"),
        second_factor=table.get("second_factor", bool, False),
    )


def _reader(table: Table, site: DemoSite) -> DemoReader:
    table.only("key", "name", "place", "email", "language", "confirmed", "ban", "doubt", "staff_note")
    ban = doubt = None
    if "ban" in table.values:
        terms = table.table("ban")
        terms.only("rule", "days", "note", "appeal")
        ban = DemoBan(
            rule=terms.rule(),
            days=terms.get("days", int),
            note=terms.text("note"),
            appeal=terms.text("appeal", ""),
        )
    if "doubt" in table.values:
        asked = table.table("doubt")
        asked.only("question", "answer")
        doubt = DemoDoubt(question=asked.text("question"), answer=asked.text("answer", ""))
    return DemoReader(
        key=table.text("key"),
        name=table.text("name"),
        place=table.text("place"),
        email=table.text("email"),
        language=table.one_of("language", site.languages),
        confirmed=table.get("confirmed", bool, True),
        ban=ban,
        doubt=doubt,
        staff_note=table.text("staff_note", ""),
    )


def _article(
    table: Table, site: DemoSite, readers: tuple[DemoReader, ...], staff: tuple[DemoStaff, ...]
) -> DemoArticle:
    table.only(
        *("slug", "language", "title", "standfirst", "section", "author", "days_before", "time"),
        *("body", "figure", "thread_state", "notice", "comment"),
    )
    state: ThreadState = table.one_of("thread_state", get_args(ThreadState))
    article = DemoArticle(
        slug=table.text("slug"),
        language=table.one_of("language", site.languages),
        title=table.text("title"),
        standfirst=table.text("standfirst"),
        section=table.text("section"),
        author=table.text("author"),
        days_before=table.get("days_before", int),
        time=table.get("time", dt.time),
        body=tuple(_blocks(table.text("body"))),
        figure=_figure(table.table("figure")) if "figure" in table.values else None,
        thread_state=state,
        notice=table.text("notice", ""),
        comments=(),
    )
    if (state == "closed") != bool(article.notice):
        raise table.wrong("notice", "a closed thread has a notice, and only a closed one")
    if (article.figure is not None) != any(block.kind == "figure" for block in article.body):
        raise table.wrong("figure", "a figure has one place in the body, marked [figure]")
    comments = conversations.comments(table, article, readers, staff)
    if (state == "empty") != (not comments):
        raise table.wrong("thread_state", "an empty thread has no comments, and only an empty one")
    return replace(article, comments=comments)


def _blocks(body: str) -> Iterator[DemoBlock]:
    """Split a body at its empty lines: `## ` makes a sub-heading, `> ` a quote with `-- ` its speaker."""
    for chunk in body.split("\n\n"):
        text = chunk.strip()
        if text == "[figure]":
            yield DemoBlock(kind="figure", text="")
        elif text.startswith("## "):
            yield DemoBlock(kind="heading", text=text.removeprefix("## "))
        elif text.startswith("> "):
            quote, _, speaker = text.removeprefix("> ").partition("\n-- ")
            yield DemoBlock(kind="quote", text=quote, by=speaker)
        elif text:
            yield DemoBlock(kind="paragraph", text=text)


def _figure(table: Table) -> DemoFigure:
    table.only("src", "width", "height", "alt", "caption")
    return DemoFigure(
        src=table.text("src"),
        width=table.get("width", int),
        height=table.get("height", int),
        alt=table.text("alt"),
        caption=table.text("caption"),
    )
