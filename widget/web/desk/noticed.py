"""What the checks noticed on a comment, as its card tells it: equal things once, each to be marked as wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from widget.models import FindingRow, Overturning
from widget.web import sentences
from widget.web.desk import wording

_LONGEST_QUOTE = 40


@dataclass(frozen=True)
class Piece:
    """One thing noticed: the findings that speak of the same words, which are marked together."""

    quote: str | None
    rows: list[FindingRow] = field(default_factory=list)

    @property
    def overturning(self) -> Overturning | None:
        """The mark that it is wrong, if somebody made it."""
        marks = [row.overturning for row in self.rows if row.overturning is not None]
        return marks[0] if len(marks) == len(self.rows) else None


@dataclass(frozen=True)
class Noticed:
    """A chip, its sentence, the earlier comment it speaks of, if any, and the things in the text it is about."""

    chip: str
    sentence: str
    earlier: int | None
    pieces: list[Piece] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Whether nothing is left of it."""
        return all(piece.overturning for piece in self.pieces)


def of(text: str, rows: Sequence[FindingRow], titles: Mapping[int, str]) -> list[Noticed]:
    """Return findings in words, in order; `titles` are the site's rules by number."""
    told: dict[tuple[str, str, int | None], dict[str, Piece]] = {}
    for row in rows:
        earlier = row.params.get("comment")
        key = (
            wording.chip(row, titles),
            sentences.finding(row.code, row.params),
            earlier if isinstance(earlier, int) else None,
        )
        words = " ".join(text[row.span_start : row.span_end].split()) if row.span_start is not None else ""
        pieces = told.setdefault(key, {})
        pieces.setdefault(words.casefold(), Piece(_short(words))).rows.append(row)
    return [Noticed(*key, pieces=list(pieces.values())) for key, pieces in told.items()]


def first_standing(items: Sequence[Noticed]) -> Piece | None:
    """Return what the key that marks would mark: the first thing that nobody marked yet."""
    return next((piece for item in items for piece in item.pieces if piece.overturning is None), None)


def latest_marked(items: Sequence[Noticed]) -> Piece | None:
    """Return what was marked last, which the key that takes a mark back is about."""
    marked = [
        (mark.created_at, mark.finding_id, piece)
        for item in items
        for piece in item.pieces
        if (mark := piece.overturning) is not None
    ]
    return max(marked, key=lambda one: one[:2])[2] if marked else None


def _short(words: str) -> str | None:
    """Return a quotation as it is shown beside others; a long one by its beginning."""
    return f"{words[:_LONGEST_QUOTE]}…" if len(words) > _LONGEST_QUOTE else words or None
