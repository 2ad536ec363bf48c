"""Phrases of a list are found in any case, without accents, across spaces, and never within longer words."""

import pytest

from widget.text.phrases import find

FOUND = [
    ("CODE  promo!", ("code promo",), ["CODE  promo"]),
    ("codes promotion", ("code promo",), []),
    ("pétition, petition", ("pétition",), ["pétition", "petition"]),
    # The longer of two.
    ("buy nowadays, buy now here", ("buy", "buy now"), ["buy", "buy now"]),
    # Arabic "and" before a word, which may be its first letter.
    ("وتبرعوا وقعوا", ("تبرعوا", "وقعوا"), ["وتبرعوا", "وقعوا"]),
    # Chinese stands anywhere; signs count where a phrase has them.
    ("有請簽名吧", ("请签名",), ["請簽名"]),
    ("加微信，微信：demo", ("微信：",), ["微信："]),
    ("fr\u200bee quote", ("free quote",), ["fr\u200bee quote"]),
    ("anything", (), []),
    ("anything", ("", " "), []),
]


@pytest.mark.parametrize(("text", "phrases", "pieces"), FOUND)
def test_phrases_in_a_text(text: str, phrases: tuple[str, ...], pieces: list[str]) -> None:
    assert [text[start:end] for start, end in find(text, phrases)] == pieces
