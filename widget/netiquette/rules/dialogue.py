"""Rule 8: a debate among readers that has become a conversation of two."""

from collections.abc import Iterator
from itertools import takewhile

from widget.netiquette.rule import Context, Draft, Finding, Rule

_FEWEST_TURNS = 4


def check(_draft: Draft, context: Context) -> Iterator[Finding]:
    """Tell the editor that two people have been answering each other in turn, nobody else between them."""
    turns = context.turns
    if len(turns) < _FEWEST_TURNS or turns[-1] == turns[-2]:
        return
    # Read backwards from the draft, everybody is who spoke two turns later.
    later = zip(turns[-3::-1], turns[::-1], strict=False)
    replies = 2 + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], later))
    if replies >= _FEWEST_TURNS:
        yield Finding(8, "dialogue.two", "editor", params={"replies": replies})


DIALOGUE = Rule(slug="debate", name="dialogue", check=check, audience="editor")
