"""A comment's text as staff read it: paragraphs and links, with what the checks noticed underlined."""

from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

from widget.text import structure
from widget.text.structure import Link

Span = tuple[int, int]

# Staff follow a link beside the queue, and it learns nothing of where they came from.
_LINK = Markup('<a href="{}" rel="nofollow ugc noopener noreferrer" target="_blank">{}</a>')
_MARK = Markup("<mark>{}</mark>")
_PARAGRAPH = Markup("<p>{}</p>")


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """Return a stored text as HTML paragraphs, the given half-open ranges of code points marked.

    Every piece is found again in the text from where the last one ended, so a range may run across
    paragraphs and links; whatever is not a tag of ours is escaped.
    """
    merged = list(_merged(spans))
    at = 0
    paragraphs: list[Markup] = []
    for paragraph in structure.paragraphs(text):
        pieces: list[Markup] = []
        for piece in paragraph:
            words = piece.text if isinstance(piece, Link) else piece
            start = text.index(words, at)
            at = start + len(words)
            html = Markup("").join(_cut(words, start, merged))
            pieces.append(_LINK.format(piece.href, html) if isinstance(piece, Link) else html)
        paragraphs.append(_PARAGRAPH.format(Markup("").join(pieces)))
    return Markup("").join(paragraphs)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the ranges in order, those that touch or overlap as one."""
    start, end = -1, -1
    for begins, ends in sorted(spans):
        if begins <= end:
            end = max(end, ends)
            continue
        if end > start:
            yield start, end
        start, end = begins, ends
    if end > start:
        yield start, end


def _cut(words: str, offset: int, spans: Iterable[Span]) -> Iterator[Markup]:
    """Yield a piece of text that stands at `offset`, its marked stretches wrapped."""
    at = 0
    for start, end in spans:
        begins, ends = max(start - offset, at), min(end - offset, len(words))
        if begins >= ends:
            continue
        yield _lines(words[at:begins])
        yield _MARK.format(_lines(words[begins:ends]))
        at = ends
    yield _lines(words[at:])


def _lines(words: str) -> Markup:
    return Markup("<br>").join(escape(row) for row in words.split("\n"))
