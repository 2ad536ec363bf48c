"""Reading what stands under an article: comments, what became of them, and what staff say about those that wait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from widget.demo.records import (
    CommentState,
    DemoArticle,
    DemoComment,
    DemoReader,
    DemoStaff,
    DemoTalk,
    TalkKind,
)
from widget.demo.table import Table


def comments(
    table: Table, article: DemoArticle, readers: tuple[DemoReader, ...], staff: tuple[DemoStaff, ...]
) -> tuple[DemoComment, ...]:
    """Read the comments of an article in the order of the file, where a reply stands below what it answers."""
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
        *("decided_by", "decided_after", "removed_after", "rule", "note", "talk"),
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
        rule=table.rule() if "rule" in table.values else None,
        note=table.text("note", ""),
        talk=tuple(_talk(table, state, staff)),
    )


def _talk(table: Table, state: CommentState, staff: set[str]) -> Iterator[DemoTalk]:
    """Read what staff say to each other about a comment, in the order in which they said it."""
    if "talk" not in table.values:
        return
    if state != "pending":
        raise table.wrong("talk", "what is decided is not talked about any more")
    asked_by = None
    for said in table.tables("talk"):
        said.only("kind", "by", "text")
        kind: TalkKind = said.one_of("kind", get_args(TalkKind))
        by = said.one_of("by", staff)
        if kind == "answer" and asked_by in (None, by):
            raise said.wrong("kind", "an answer needs a question, and somebody else's")
        asked_by = by if kind == "question" else asked_by
        yield DemoTalk(kind=kind, by=by, text=said.text("text"))


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
