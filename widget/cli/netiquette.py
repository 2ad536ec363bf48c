"""`flask netiquette`: the automatic checks from the command line."""

import json
import sys
from datetime import timedelta
from typing import Any

import click
from flask.cli import AppGroup

from widget import clock
from widget.netiquette import Context, Draft, Earlier, Finding, review
from widget.netiquette.rule import Recent
from widget.text import normalise

group = AppGroup("netiquette", help="The rules of conduct and their checks.")

_LIMIT = 2000
# Nothing says where and when the recent texts were sent: as if to other threads, a moment ago.
_AGO = timedelta(minutes=1)

_TEXTS = ("language", "name", "place", "article")
_LISTS = ("recent", "protected", "replies")


class Unreadable(ValueError):
    """A line of input is not a draft; the message says why."""


@group.command("review")
@click.option("--json", "as_json", is_flag=True, help="Write findings as JSON, a line for each line read.")
@click.option("--limit", default=_LIMIT, show_default=True, help="Characters a comment may have.")
def review_lines(as_json: bool, limit: int) -> None:
    """Read drafts as JSON lines on standard input; write what the checks notice, line by line.

    A draft has "text" and "language" (the article's), and may have "name", "place", "article" (its text),
    "recent" (texts the same person sent before), "protected" (names nobody else may use) and "replies"
    (who wrote the chain of replies that the draft continues, its own writer last). A line that is none is
    told on standard error and answered with an error; the others are answered all the same, and the exit
    code is 1; it is 0 where every line was a draft, whatever was noticed. Each answer is written out before the
    next line is read. Of the language only the first part counts ("fr-CA"); of one that Byline does not know, or
    none at all, only checks that need no language say anything. Keys that are not listed here are passed over.
    """
    failed = False
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            findings = _findings(_draft(line), limit)
        except Unreadable as error:
            failed = True
            click.echo(f"line {number}: {error}", err=True)
            _answer(_failure(str(error)) if as_json else "error")
            continue
        _answer(_data(findings) if as_json else _summary(findings))
    if failed:
        sys.exit(1)


def _answer(line: str) -> None:
    """Write a line out at once: whoever waits for it before sending the next one must not wait for ever."""
    click.echo(line)
    sys.stdout.flush()


def _draft(line: bytes) -> dict[str, Any]:
    """Return the draft of a line; raise Unreadable for what is none."""
    try:
        draft = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 ({error.reason} at byte {error.start})") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise Unreadable(f"not JSON ({error})") from None
    if not isinstance(draft, dict):
        raise Unreadable("not a JSON object")
    if not isinstance(draft.get("text"), str):
        raise Unreadable('"text" is missing or no text')
    # What is optional may be null.
    for key in _TEXTS:
        if not isinstance(draft.get(key) or "", str):
            raise Unreadable(f'"{key}" is no text')
    for key in _LISTS:
        values = draft.get(key) or []
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise Unreadable(f'"{key}" is no list of texts')
    return draft


def _findings(draft: dict[str, Any], limit: int) -> list[Finding]:
    now = clock.now()
    recent = tuple(enumerate(draft.get("recent") or (), start=1))
    context = Context(
        now=now,
        length_limit=limit,
        earlier=tuple(
            Earlier(number, normalise.digest(text), same_thread=False, sent_at=now - _AGO)
            for number, text in recent
        ),
        recent=tuple(Recent(number, text, same_writer=True, same_thread=False) for number, text in recent),
        article=draft.get("article") or "",
        protected=tuple(draft.get("protected") or ()),
        turns=tuple(draft.get("replies") or ()),
    )
    signed = {key: draft.get(key) or "" for key in ("name", "place")}
    return review(Draft(draft["text"], _language(draft.get("language") or ""), **signed), context)


def _language(tag: str) -> str:
    """Return the primary part of a language tag in lower case: "fr" of "fr-CA", "zh" of "zh_Hant"."""
    return tag.strip().replace("_", "-").split("-")[0].lower()


def _data(findings: list[Finding]) -> str:
    """Return findings as JSON, in ASCII: it reads the same whatever the terminal's encoding."""
    return json.dumps(
        {
            "findings": [
                {
                    "rule": item.rule,
                    "code": item.code,
                    "span": list(item.span) if item.span else None,
                    "audience": item.audience,
                    "params": dict(item.params),
                }
                for item in findings
            ]
        }
    )


def _failure(message: str) -> str:
    return json.dumps({"error": {"code": "malformed", "message": message}})


def _summary(findings: list[Finding]) -> str:
    return ", ".join(f"{item.rule or '-'} {item.code}" for item in findings) or "no finding"
