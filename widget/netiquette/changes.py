"""What changed between two versions of a netiquette, in one language, down to the words."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

import regex

from widget.netiquette.version import PARTS, RuleWording, Texts, Version

# Words, runs of white space, and everything else by itself; scripts that write no spaces go by the letter. Flags
# stand before the rest: the library takes quadratic time on long runs of them.
_TOKEN = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{M}\p{N}]+(?:['’\-][\p{L}\p{M}\p{N}]+)*|\s+"
    r"|[\U0001f1e6-\U0001f1ff]{2}|\X"
)
_WORD = regex.compile(r"[\p{L}\p{N}]")
# Beyond this many pairs of words the texts are shown whole, one after the other: comparing is quadratic.
_MOST_PAIRS = 1_000_000


class Mark(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


class Kind(StrEnum):
    """What became of a rule."""

    ADDED = "added"
    RETIRED = "retired"
    RESTORED = "restored"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that was kept, went or came."""

    mark: Mark
    text: str


Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What became of one rule: its title and text in pieces; of one that came or went they are all alike."""

    number: int
    kind: Kind
    title: Pieces
    text: Pieces


@dataclass(frozen=True, slots=True)
class PartChange:
    """What became of the title, the preamble or the note of rights, named as in `PARTS`."""

    part: str
    text: Pieces


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed in one language; `is_new` where the earlier version was not written in it.

    A text that is new to a language is no change of the text: it is listed under `is_new` alone.
    """

    language: str
    is_new: bool
    parts: tuple[PartChange, ...]
    rules: tuple[RuleChange, ...]

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.is_new or self.parts or self.rules)

    def rule(self, number: int) -> RuleChange | None:
        """Return what became of a rule."""
        return next((change for change in self.rules if change.number == number), None)


def between(before: Version, after: Version, language: str) -> Changes:
    """Return what changed from one version to another in a language."""
    is_new = not any(before.part(part).get(language) for part in PARTS)
    parts = tuple(
        PartChange(part, compared(before.part(part).get(language, ""), after.part(part).get(language, "")))
        for part in PARTS
        if not is_new and before.part(part).get(language, "") != after.part(part).get(language, "")
    )
    earlier = {rule.number: rule for rule in before.rules}
    changes = (_of_rule(earlier.get(rule.number), rule, language) for rule in after.rules)
    return Changes(language, is_new, parts, tuple(change for change in changes if change))


def differ(before: Version, after: Version, languages: Iterable[str]) -> bool:
    """Whether two versions differ in any of the languages, their summaries apart."""
    return any(between(before, after, language) for language in languages)


@lru_cache(maxsize=512)
def compared(before: str, after: str) -> Pieces:
    """Return two texts as one, in pieces: what was kept, what went, what came."""
    if before == after:
        return _pieces([(Mark.KEPT, after)])
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    head, tail = "".join(new[:start]), "".join(new[len(new) - end :])
    found = [(Mark.KEPT, head)]
    found += _middle(old[start : len(old) - end], new[start : len(new) - end])
    return _pieces([*found, (Mark.KEPT, tail)])


def _of_rule(before: RuleWording | None, after: RuleWording, language: str) -> RuleChange | None:
    was_there, is_there = before is not None and not before.retired, not after.retired
    if before is None or not (was_there or is_there):
        if is_there:
            return _whole(after, Kind.ADDED, Mark.NEW, language)
        return None
    if not is_there:
        return _whole(before, Kind.RETIRED, Mark.GONE, language)
    titles = _both(before.titles, after.titles, language)
    texts = _both(before.texts, after.texts, language)
    if was_there and titles[0] == titles[1] and texts[0] == texts[1]:
        return None
    kind = Kind.AMENDED if was_there else Kind.RESTORED
    return RuleChange(after.number, kind, compared(*titles), compared(*texts))


def _both(before: Texts, after: Texts, language: str) -> tuple[str, str]:
    """Return a text before and after; one that the language lacked before counts as it reads now."""
    now = after.get(language, "")
    return before.get(language) or now, now


def _whole(rule: RuleWording, kind: Kind, mark: Mark, language: str) -> RuleChange:
    title, text = rule.titles.get(language, ""), rule.texts.get(language, "")
    return RuleChange(rule.number, kind, _pieces([(mark, title)]), _pieces([(mark, text)]))


def _common(old: list[str], new: list[str]) -> int:
    """Return how many words two lists have in common at their beginning."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(old), len(new)))


def _middle(old: list[str], new: list[str]) -> list[tuple[Mark, str]]:
    """Return the words between the common beginning and the common end, in pieces.

    A blank or a sign that stayed between two changes goes with them: marks around single words between
    signs are harder to read, and to listen to, than one phrase for another.
    """
    if len(old) * len(new) > _MOST_PAIRS:
        return [(Mark.GONE, "".join(old)), (Mark.NEW, "".join(new))]
    found: list[tuple[Mark, str]] = []
    gone = came = ""
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        was, now = "".join(old[a:b]), "".join(new[c:d])
        if kind == "equal" and _WORD.search(was):
            found += [(Mark.GONE, gone), (Mark.NEW, came), (Mark.KEPT, was)]
            gone = came = ""
        else:
            gone, came = gone + was, came + now
    return [*found, (Mark.GONE, gone), (Mark.NEW, came)]


def _pieces(found: list[tuple[Mark, str]]) -> Pieces:
    """Return the pieces that hold any text, neighbours of one kind as one."""
    joined: list[Piece] = []
    for mark, text in found:
        if text and joined and joined[-1].mark is mark:
            joined[-1] = Piece(mark, joined[-1].text + text)
        elif text:
            joined.append(Piece(mark, text))
    return tuple(joined)
