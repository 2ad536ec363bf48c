"""Rule 10, what only a person can judge: a comment much like an earlier one."""

from collections.abc import Iterator

from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.netiquette.rules import identical
from widget.text.folding import is_character, words
from widget.text.normalise import digest
from widget.text.shingles import ratio

# Measured with the labelled sets: below this ratio stand comments on the same subject.
_LEAST_RATIO = 86
# Of the earlier comment's wording, so much has to occur before the two are compared at length.
_LEAST_SHARE = 0.25
_MOST_NEAR = 5
# "Thank you for this article": courtesies are everybody's. A Chinese word takes about two characters.
_FEWEST_WORDS, _FEWEST_CHARACTERS = 6, 10


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Tell the editor of the earlier comment that the draft repeats with small changes.

    The identical text of the same writer is left to the check of that name where that one reports it.
    """
    if not context.recent:
        return
    found = words(draft.text)
    if _is_courtesy(found):
        return
    near = [one for one in context.near(found, _MOST_NEAR) if one.share >= _LEAST_SHARE]
    if not near:
        return
    told = _told(draft, context)
    best, earlier = 0.0, None
    for position, share in near:
        recent = context.recent[position]
        alike = 0 if recent.id in told else ratio(found, recent.text, share, _LEAST_RATIO)
        if alike > best:
            best, earlier = alike, recent.id
    if earlier is not None:
        yield Finding(10, "repetition.similar", "editor", params={"comment": earlier, "ratio": round(best)})


def _is_courtesy(found: list[str]) -> bool:
    if len(found) >= _FEWEST_CHARACTERS:
        return False
    characters = sum(map(is_character, found))
    return (len(found) - characters) / _FEWEST_WORDS + characters / _FEWEST_CHARACTERS < 1


def _told(draft: Draft, context: Context) -> frozenset[int]:
    """Return the comments with the identical text, if the check for those speaks of them."""
    same = digest(draft.text)
    again = frozenset(one.id for one in context.earlier if one.digest == same)
    return again if again and any(identical.check(draft, context)) else frozenset()


REPETITION = Rule(slug="no-repetition", name="repetition", check=check, audience="editor")
