"""Rule 7: insults and threats."""

from collections.abc import Iterator
from itertools import islice

from widget.netiquette.aim import is_aimed
from widget.netiquette.phrases import Found, Hit, find
from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text.quotation import is_quoted, quotations

_MOST = 10
_CODES = {
    "insult": "insult.word",
    "insult_aimed": "insult.aimed",
    "vulgar": "insult.aimed",
    "threats": "threat.phrase",
}


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Notice insults and threats for the editor: some words wherever they stand, most only when aimed at someone.

    What the writer quotes is somebody else's.
    """
    found = find(draft, context)
    hits = found.of("insult", "insult_aimed", "vulgar", "threats")
    quoted = quotations(draft.text) if hits else []
    own = (hit for hit in hits if not is_quoted(quoted, hit.start, hit.end))
    meant = (hit for hit in own if _is_meant(found, hit, draft.language))
    for hit in islice(meant, _MOST):
        yield Finding(7, _CODES[hit.kind], "editor", (hit.start, hit.end))


def _is_meant(found: Found, hit: Hit, language: str) -> bool:
    if hit.kind in ("insult", "threats"):
        return True
    return is_aimed(found, hit, language)


RESPECT = Rule(slug="respect", name="respect", check=check, audience="editor")
