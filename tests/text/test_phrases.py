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


TEMPLATES = [
    ("Visit our shop", ("^visit our",), ["Visit our"]),
    ("they visit our shop", ("^visit our",), []),
    ("No. Visit our shop", ("^visit our",), ["Visit our"]),
    ("the cats are all grey", ("{animal} are all {colour}",), ["cats are all grey"]),
    ("the bobcats are all grey", ("{animal} are all {colour}",), []),
    ("prices from 99 pounds", ("from {n}",), ["from 99"]),
    ("take code SAVE20 now", ("code {code}",), ["code SAVE20"]),
    ("take code civil now", ("code {code}",), []),
    ("vote today or maybe never again on 5 May", ("vote … on {n}",), []),
    ("vote for Ana on 5 May", ("vote … on {n}",), ["vote for Ana on 5"]),
    ("vote. Come on 5 May", ("vote … on {n}",), []),
    ("明天到廣場集合", ("到…集合",), ["到廣場集合"]),
    ("到，集合", ("到…集合",), []),
]


@pytest.mark.parametrize(("text", "phrases", "pieces"), TEMPLATES)
def test_templates_in_a_text(text: str, phrases: tuple[str, ...], pieces: list[str]) -> None:
    sets = (("animal", ("cats", "dogs")), ("colour", ("grey", "dark grey")))
    assert [text[start:end] for start, end in find(text, phrases, sets)] == pieces


def test_a_template_needs_its_sets() -> None:
    with pytest.raises(KeyError):
        list(find("text", ("{animal} are",)))
