"""Rule 5, the part about styling: bold, italic, underlined and otherwise formatted words."""

from collections.abc import Iterator
from itertools import islice

from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text.plain import marks

_CODES = {
    "html": "styling.markup",
    "bbcode": "styling.markup",
    "markdown": "styling.markup",
    "letters": "styling.letters",
    "lines": "styling.lines",
}
# Nobody reads a hundred chips; the form takes all styling out at once.
_MOST = 20


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Notice styled words; `kind` says what styles them and `plain` how the span reads without.

    The whole text without styling, as the form offers it, is `widget.text.plain.plain`.
    """
    styled = (mark for mark in marks(draft.text) if mark.kind in _CODES)
    for mark in islice(styled, _MOST):
        params = {"kind": mark.kind, "plain": mark.plain}
        yield Finding(5, _CODES[mark.kind], "both", (mark.start, mark.end), params)


STYLING = Rule(slug="no-shouting", name="styling", check=check)
