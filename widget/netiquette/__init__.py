"""The netiquette engine: pure checks over a draft, in order, all of them, never only the first.

To add a check: a file in `rules/`, a line in `RULES`, its sentence in `widget/web/sentences.py`.
"""

import logging

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
