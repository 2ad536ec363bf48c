"""The length of a comment: not empty, not longer than the site allows."""

from collections.abc import Iterator

from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text.normalise import CODE_POINTS_EACH, graphemes, is_visible


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Refuse a text of which nothing can be seen, and one with more graphemes than the site's limit."""
    if not is_visible(draft.text):
        yield Finding(None, "length.empty", "writer", refuses=True)
        return
    # A text never has more graphemes than code points, and counting them takes longer than most checks.
    if len(draft.text) <= context.length_limit:
        return
    # One grapheme may hold many code points; a text of nothing but such is as long as it is large.
    length = max(graphemes(draft.text), len(draft.text) // CODE_POINTS_EACH)
    if length > context.length_limit:
        over = length - context.length_limit
        yield Finding(
            None,
            "length.over",
            "writer",
            params={"limit": context.length_limit, "over": over},
            refuses=True,
        )


LENGTH = Rule(slug=None, name="length", check=check, audience="writer", settable=False)
