"""The netiquette engine: pure checks over a draft, in order, all of them, never only the first.

To add a check: a file in `rules/`, a line in `RULES`, its sentence in `widget/web/sentences.py`.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace

from widget.netiquette.rule import Context, Draft, Earlier, Finding, Rule
from widget.netiquette.rules.advertising import ADVERTISING
from widget.netiquette.rules.copied import COPIED
from widget.netiquette.rules.dialogue import DIALOGUE
from widget.netiquette.rules.hatred import HATRED
from widget.netiquette.rules.identical import IDENTICAL
from widget.netiquette.rules.images import IMAGES
from widget.netiquette.rules.impersonation import IMPERSONATION
from widget.netiquette.rules.language import LANGUAGE
from widget.netiquette.rules.length import LENGTH
from widget.netiquette.rules.name_form import NAME_FORM
from widget.netiquette.rules.repetition import REPETITION
from widget.netiquette.rules.respect import RESPECT
from widget.netiquette.rules.shouting import SHOUTING
from widget.netiquette.rules.styling import STYLING
from widget.netiquette.rules.vulgarity import VULGARITY

# Order is what the writer and the editor read: the form's own limits first, then by rule number.
RULES: tuple[Rule, ...] = (
    LENGTH,
    NAME_FORM,  # 1
    IMPERSONATION,  # 2
    HATRED,  # 4
    SHOUTING,  # 5
    STYLING,  # 5
    VULGARITY,  # 6
    RESPECT,  # 7
    DIALOGUE,  # 8
    LANGUAGE,  # 9
    IDENTICAL,  # 10
    REPETITION,  # 10
    IMAGES,  # 11
    COPIED,  # 12
    ADVERTISING,  # 13
)

_log = logging.getLogger(__name__)

__all__ = ["RULES", "Context", "Draft", "Earlier", "Finding", "Rule", "review"]


def review(draft: Draft, context: Context, rules: tuple[Rule, ...] = RULES) -> list[Finding]:
    """Run every check that the site has not switched off; return all findings in the order of the registry.

    Where a check may only flag, what it would hint goes to the editor alone. A check that raises never
    blocks: it yields the finding `check.failed` for the editor and is logged.
    """
    findings: list[Finding] = []
    for rule in rules:
        mode = context.modes.get(rule.name, "hint") if rule.settable else "hint"
        if mode == "off":
            continue
        try:
            found = list(rule.check(draft, context))
        except Exception:
            _log.exception("check %s failed", rule.name)
            found = [Finding(None, "check.failed", "editor", params={"check": rule.name})]
        findings.extend(_heard(rule.name, found, flags_only=mode == "flag"))
    return findings


def _heard(name: str, found: list[Finding], *, flags_only: bool) -> Iterator[Finding]:
    """Yield what a check noticed under its name, to the editor alone where the site wants no hints of it."""
    for finding in found:
        if not flags_only:
            yield replace(finding, check=name)
        elif finding.audience != "writer":
            yield replace(finding, check=name, audience="editor")
