"""`flask netiquette`: the automatic checks from the command line."""

import json
import sys
from datetime import timedelta
from typing import Any

import click
from flask.cli import AppGroup

from widget import clock
from widget.netiquette import Context, Draft, Earlier, review
from widget.text import normalise

group = AppGroup("netiquette", help="The rules of conduct and their checks.")

_LIMIT = 2000


@group.command("review")
@click.option("--json", "as_json", is_flag=True, help="Write findings as JSON, a line for each line read.")
@click.option("--limit", default=_LIMIT, show_default=True, help="Characters a comment may have.")
def review_lines(as_json: bool, limit: int) -> None:
    """Read drafts as JSON lines on standard input; write what the checks notice."""
    for row in sys.stdin:
        if not row.strip():
            continue
        findings = _findings(json.loads(row), limit)
        if as_json:
            click.echo(json.dumps({"findings": findings}, ensure_ascii=False))
        else:
            said = ", ".join(f"{found['rule'] or '-'} {found['code']}" for found in findings)
            click.echo(said or "no finding")


def _findings(draft: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    now = clock.now()
    earlier = tuple(
        Earlier(number, normalise.digest(text), True, now - timedelta(minutes=1))
        for number, text in enumerate(draft.get("recent", ()), start=1)
    )
    context = Context(now=now, length_limit=limit, earlier=earlier)
    found = review(Draft(draft["text"], draft["language"]), context)
    return [
        {
            "rule": item.rule,
            "code": item.code,
            "span": list(item.span) if item.span else None,
            "audience": item.audience,
            "params": dict(item.params),
        }
        for item in found
    ]
