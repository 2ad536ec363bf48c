"""Rule 13: what advertising and calls to action are recognised by. It says what a text contains, not why."""

from collections.abc import Iterable, Iterator
from itertools import islice

from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text import contacts, phrases
from widget.text.quotation import is_quoted, quotations

# The editor needs no more to see what a comment is about, and a hostile one cannot fill the card.
_MOST_OF_A_KIND = 5


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Tell the editor of telephone numbers, addresses, shortened links, advertising phrases and calls.

    Phrases within quotation marks are somebody else's and do not count.
    """
    lists = context.words(draft.language)
    quoted = quotations(draft.text)
    yield from _findings("advertising.phone", contacts.phones(draft.text, draft.language))
    yield from _findings("advertising.email", contacts.emails(draft.text))
    yield from _findings("advertising.short-link", contacts.short_links(draft.text))
    for code, known in (("advertising.phrase", lists.advertising), ("advertising.call", lists.calls)):
        spans = phrases.find(draft.text, known)
        yield from _findings(code, (span for span in spans if not is_quoted(quoted, *span)))


def _findings(code: str, spans: Iterable[tuple[int, int]]) -> Iterator[Finding]:
    for span in islice(spans, _MOST_OF_A_KIND):
        yield Finding(13, code, "editor", span)


ADVERTISING = Rule(slug="no-advertising", name="advertising", check=check, audience="editor")
