"""What the checks find in the labelled sets, and how long they take for it."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from widget.netiquette import RULES, Context, Draft, Earlier, Finding, Rule, review
from widget.netiquette.rule import Recent
from widget.netiquette.seed import FACTS
from widget.text.normalise import digest

# The rules of conduct that each labelled check is about, in the order of the table.
CHECKS = {
    "name": {1},
    "impersonation": {2},
    "insult": {4, 6, 7},
    "shouting": {5},
    "styling": {5, 11},
    "dialogue": {8},
    "language": {9},
    "repetition": {10},
    "copied": {12},
    "advertising": {13},
}
# The parts, and the folder of each. Nothing may be tuned on `held`, `unseen` or `blind`.
PARTS = {"dev": "sets", "held": "sets", "dev2": "fresh", "unseen": "fresh", "blind": "fresh"}
_NUMBERS = {facts.slug: facts.number for facts in FACTS}
_NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@dataclass
class Check:
    """A check on one language: rows that offend and rows that do not, and what was made of them."""

    name: str
    offending: int = 0
    innocent: int = 0
    found: int = 0
    wrong: int = 0
    on_ordinary: int = 0
    us_median: float = 0
    us_p95: float = 0


@dataclass
class Language:
    """All checks on one language; `ordinary` comments, and how many of them were flagged."""

    language: str
    checks: list[Check] = field(default_factory=list)
    ordinary: int = 0
    to_writer: int = 0
    to_anyone: int = 0
    us_median: float = 0
    us_p95: float = 0
    broken: int = 0


def measure(sets: Path, language: str, part: str) -> Language:
    """Return what the checks make of one part of a language's set."""
    result = Language(language)
    checks = {name: Check(name) for name in CHECKS}
    times: list[dict[str, float]] = []
    review(Draft("warm", language), Context(_NOW, 2000))
    for row in rows(sets, language, part):
        draft, context = drafted(row)
        findings, taken = timed(draft, context)
        times.append(taken)
        result.broken += sum(finding.code == "check.failed" for finding in findings)
        if row["check"] == "ordinary":
            _count_ordinary(result, checks, findings)
        elif row["check"] in checks:
            _count(checks[row["check"]], set(row["expect"]), findings)
    result.checks = [check for check in checks.values() if check.offending + check.innocent]
    for check in result.checks:
        served = [rule.name for rule in RULES if _NUMBERS.get(rule.slug or "") in CHECKS[check.name]]
        check.us_median, check.us_p95 = spread([sum(taken[name] for name in served) for taken in times])
    result.us_median, result.us_p95 = spread([sum(taken.values()) for taken in times])
    return result


def rows(sets: Path, language: str, part: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of one part of a language's set."""
    with (sets / f"{language}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["part"] == part:
                yield row


def drafted(row: dict[str, Any]) -> tuple[Draft, Context]:
    """Return a row as a draft and its surroundings, as `flask netiquette review` would."""
    recent = tuple(enumerate(row.get("recent", ()), start=1))
    context = Context(
        now=_NOW,
        length_limit=2000,
        earlier=tuple(Earlier(at, digest(text), False, _NOW - timedelta(minutes=1)) for at, text in recent),
        recent=tuple(Recent(at, text, same_writer=True, same_thread=False) for at, text in recent),
        article=row.get("article", ""),
        protected=tuple(row.get("protected", ())),
        turns=tuple(row.get("replies", ())),
    )
    return Draft(row["text"], row["language"], row.get("name", ""), row.get("place", "")), context


def timed(draft: Draft, context: Context) -> tuple[list[Finding], dict[str, float]]:
    """Return the findings of all checks, and the microseconds of processor time that each took."""
    findings: list[Finding] = []
    taken: dict[str, float] = {}
    for rule in RULES:
        findings += _one(rule, draft, context, taken)
    return findings, taken


def spread(values: list[float]) -> tuple[float, float]:
    """Return median and 95th percentile."""
    if len(values) < 2:
        return (values[0], values[0]) if values else (0, 0)
    return median(values), quantiles(values, n=20)[-1]


def _one(rule: Rule, draft: Draft, context: Context, taken: dict[str, float]) -> list[Finding]:
    before = time.thread_time_ns()
    found = review(draft, context, (rule,))
    taken[rule.name] = (time.thread_time_ns() - before) / 1000
    return found


def _count(check: Check, expected: set[int], findings: list[Finding]) -> None:
    about = CHECKS[check.name]
    numbers = {finding.rule for finding in findings if finding.rule in about}
    expected &= about
    check.offending += bool(expected)
    check.innocent += not expected
    if numbers & expected:
        check.found += 1
    elif numbers:
        check.wrong += 1


def _count_ordinary(result: Language, checks: dict[str, Check], findings: list[Finding]) -> None:
    result.ordinary += 1
    result.to_writer += any(finding.audience != "editor" for finding in findings)
    result.to_anyone += bool(findings)
    for check in checks.values():
        if any(finding.rule in CHECKS[check.name] for finding in findings):
            check.on_ordinary += 1
            check.wrong += 1
