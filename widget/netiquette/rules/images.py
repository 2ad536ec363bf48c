"""Rule 11: images and other files embedded in a text."""

from collections.abc import Iterator
from itertools import islice

from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text.plain import marks

_MOST = 20


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Notice embedded images, media and data addresses; `plain` is what stays in place of one: its words or nothing.

    A plain link to an image is a link, and welcome.
    """
    embedded = (mark for mark in marks(draft.text) if mark.kind == "image")
    for mark in islice(embedded, _MOST):
        yield Finding(11, "images.embedded", "both", (mark.start, mark.end), {"plain": mark.plain})


IMAGES = Rule(slug="no-images", name="images", check=check)
