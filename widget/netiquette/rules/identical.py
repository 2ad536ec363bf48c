"""Rule 10, the part a form can see: the very same text again."""

from collections.abc import Iterator
from datetime import timedelta

from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text.normalise import digest, folded

# docs/words.md, "Finding": thirty days; across threads only a flag, and from six words on.
WINDOW = timedelta(days=30)
_FEWEST_WORDS_ACROSS = 6


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Refuse a text this writer sent to this thread within 30 days; flag one sent to another thread."""
    same = digest(draft.text)
    again = [one for one in context.earlier if one.digest == same and context.now - one.sent_at <= WINDOW]
    # Here weighs more than elsewhere, whichever came later.
    here = next((one for one in again if one.same_thread), None)
    if here is not None:
        yield Finding(10, "identical.here", "writer", params={"comment": here.id}, refuses=True)
    elif again and len(folded(draft.text).split()) >= _FEWEST_WORDS_ACROSS:
        yield Finding(10, "identical.elsewhere", "editor", params={"comment": again[0].id})


IDENTICAL = Rule(slug="no-repetition", name="identical", check=check, settable=False)
