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

from widget.demo.records import (
    CommentState,
    DemoArticle,
    DemoBan,
    DemoBlock,
    DemoComment,
    DemoContent,
    DemoFigure,
    DemoReader,
    DemoSite,
    DemoStaff,
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
    "DemoFigure",
    "DemoReader",
    "DemoSite",
    "DemoStaff",
    "load",
]

HIGHEST_RULE = 18


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
    table.only("key", "name", "default_language", "corrections_email", "front", "languages", "words")
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
    table.only("key", "name", "place", "email", "language", "confirmed", "ban")
    ban = None
    if "ban" in table.values:
        terms = table.table("ban")
        terms.only("rule", "days", "note")
        ban = DemoBan(rule=_rule(terms), days=terms.get("days", int), note=terms.text("note"))
    return DemoReader(
        key=table.text("key"),
        name=table.text("name"),
        place=table.text("place"),
        email=table.text("email"),
        language=table.one_of("language", site.languages),
        confirmed=table.get("confirmed", bool, True),
        ban=ban,
    )


def _rule(table: Table) -> int:
    rule = table.get("rule", int)
    if not 1 <= rule <= HIGHEST_RULE:
        raise table.wrong("rule", f"the netiquette has no rule {rule}")
    return rule


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
    comments = _comments(table, article, readers, staff)
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


def _comments(
    table: Table, article: DemoArticle, readers: tuple[DemoReader, ...], staff: tuple[DemoStaff, ...]
) -> tuple[DemoComment, ...]:
    """Read the comments in the order of the file, where a reply stands below what it answers."""
    earlier: dict[str, DemoComment] = {}
    for entry in table.tables("comment"):
        comment = _comment(entry, article, {person.key for person in staff})
        writer = next((reader for reader in readers if reader.key == comment.writer), None)
        if writer is None:
            raise entry.wrong("writer", f"there is no reader {comment.writer!r}")
        if not writer.confirmed and comment.state != "pending":
            raise entry.wrong("state", "the writer's address is not confirmed, so the comment must wait")
        if comment.reply_to is not None:
            _check_reply(entry, comment, earlier.get(comment.reply_to))
        _check_times(entry, comment, article)
        if comment.key in earlier:
            raise entry.wrong("key", f"{comment.key!r} is used twice")
        earlier[comment.key] = comment
    return tuple(earlier.values())


def _comment(table: Table, article: DemoArticle, staff: set[str]) -> DemoComment:
    table.only(
        *("key", "writer", "text", "state", "reply_to", "minutes_after", "minutes_ago"),
        *("decided_by", "decided_after", "removed_after", "rule", "note"),
    )
    state: CommentState = table.one_of("state", get_args(CommentState), "published")
    if (state in ("refused", "removed")) != ("rule" in table.values):
        raise table.wrong("rule", "a refusal or a removal cites a rule, and nothing else does")
    decided_by = table.one_of("decided_by", staff, "moderator")
    return DemoComment(
        key=table.text("key"),
        article=article.slug,
        writer=table.text("writer"),
        text=table.text("text"),
        state=state,
        reply_to=table.text("reply_to") if "reply_to" in table.values else None,
        minutes_after=table.get("minutes_after", int) if "minutes_after" in table.values else None,
        minutes_ago=table.get("minutes_ago", int) if "minutes_ago" in table.values else None,
        decided_by=decided_by,
        decided_after=table.get("decided_after", int, 24),
        removed_after=table.get("removed_after", int, 120),
        rule=_rule(table) if "rule" in table.values else None,
        note=table.text("note", ""),
    )


def _check_reply(table: Table, reply: DemoComment, parent: DemoComment | None) -> None:
    if parent is None:
        raise table.wrong("reply_to", f"no comment {reply.reply_to!r} stands above it under this article")
    if reply.state in ("published", "removed") and parent.state not in ("published", "removed"):
        raise table.wrong("reply_to", "a published reply needs a parent that has been published")
    if reply.minutes_after is not None:
        if parent.minutes_after is None or parent.minutes_after + parent.decided_after > reply.minutes_after:
            raise table.wrong("minutes_after", "a reply comes after what it answers is on the page")
    elif parent.minutes_ago is not None and parent.minutes_ago <= (reply.minutes_ago or 0):
        raise table.wrong("minutes_ago", "a reply comes after what it answers")


def _check_times(table: Table, comment: DemoComment, article: DemoArticle) -> None:
    """See to it that everything lies between publication and set-up, at whatever hour that is."""
    if (comment.minutes_after is None) == (comment.minutes_ago is None):
        raise table.wrong("minutes_after", "needs either minutes_after or minutes_ago")
    took = comment.decided_after if comment.state in ("published", "refused", "removed") else 0
    took += comment.removed_after if comment.state == "removed" else 0
    if comment.minutes_after is not None:
        if not 0 < comment.minutes_after <= article.minutes_old - took:
            raise table.wrong("minutes_after", "lies outside the life of the article")
    elif not took <= (comment.minutes_ago or 0) < article.minutes_old:
        raise table.wrong("minutes_ago", "lies outside the life of the article")
