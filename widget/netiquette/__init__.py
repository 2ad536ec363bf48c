"""The netiquette engine: pure checks over a draft, in order, all of them, never only the first.

To add a check: a file in `rules/`, a line in `RULES`, its sentence in `widget/web/sentences.py`.
"""

import logging

from widget.netiquette.rule import Context, Draft, Earlier, Finding, Rule
from widget.netiquette.rules.identical import IDENTICAL
from widget.netiquette.rules.length import LENGTH

# Order is what the writer and the editor read: the form's own limits first, then by rule number.
RULES: tuple[Rule, ...] = (
    LENGTH,
    IDENTICAL,  # 10
)

_log = logging.getLogger(__name__)

__all__ = ["RULES", "Context", "Draft", "Earlier", "Finding", "Rule", "review"]


def review(draft: Draft, context: Context, rules: tuple[Rule, ...] = RULES) -> list[Finding]:
    """Run every check and return all findings in the order of the registry.

    A check that raises never blocks: it yields the finding `check.failed` for the editor and is logged.
    """
    findings: list[Finding] = []
    for rule in rules:
        try:
            findings.extend(rule.check(draft, context))
        except Exception:
            _log.exception("check %s failed", rule.name)
            findings.append(Finding(None, "check.failed", "editor", params={"check": rule.name}))
    return findings
