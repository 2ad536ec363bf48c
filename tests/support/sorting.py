"""What Unicode's forms are asked to sort: marks in one run, each of which is moved past all before it."""

import unicodedata
from itertools import groupby

import pytest

# No field holds a longer run than an address has characters; everything else is capped at thirty.
MOST = 254


def longest_run(text: str) -> int:
    """Return how many marks stand in a row in a text once all its characters are taken apart."""
    form = getattr(unicodedata.normalize, "original", unicodedata.normalize)
    apart = (mark for character in text for mark in form("NFKD", character))
    runs = groupby(apart, lambda mark: unicodedata.combining(mark) != 0)
    return max((len(list(run)) for are_marks, run in runs if are_marks), default=0)


class Watch:
    """Stands in for `unicodedata.normalize`, library code included, and notes the longest run it was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.original = unicodedata.normalize
        self.calls = self.longest = 0
        monkeypatch.setattr(unicodedata, "normalize", self)

    def __call__(self, form: str, text: str) -> str:
        """Return the text in a form of Unicode's."""
        self.calls += 1
        self.longest = max(self.longest, longest_run(text))
        return self.original(form, text)  # type: ignore[arg-type]
