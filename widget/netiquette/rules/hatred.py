"""Rule 4: words and phrases that run down an origin, a religion, a sex, an orientation or an age."""

from collections.abc import Iterator
from itertools import islice

from widget.netiquette.phrases import find
from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text.quotation import is_quoted, quotations

# One is enough for an editor to look; nobody counts to a hundred.
_MOST = 10


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Notice slurs and hateful phrases for the editor, unless the writer quotes them."""
    found = find(draft, context)
    hits = found.of("hatred", "hatred_patterns")
    quoted = quotations(draft.text) if hits else []
    own = (hit for hit in hits if not is_quoted(quoted, hit.start, hit.end))
    for hit in islice(own, _MOST):
        code = "hatred.word" if hit.kind == "hatred" else "hatred.phrase"
        yield Finding(4, code, "editor", (hit.start, hit.end))


HATRED = Rule(slug="no-hatred", name="hatred", check=check, audience="editor")
