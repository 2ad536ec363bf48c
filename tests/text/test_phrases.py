"""Phrases of a list are found in any case, without accents, across spaces, and never within longer words."""

import re
from random import Random

import pytest

from widget.config import LANGUAGES
from widget.netiquette.lists import load
from widget.text import phrases as searching
from widget.text.folding import fold
from widget.text.phrases import Sets, find

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


_SIGNS = {"n": "20", "w": "parish", "code": "SAVE20"}


def _text(phrase: str, sets: Sets, chance: Random) -> str:
    """Return a text in which a phrase stands, or nearly."""
    entries = dict(sets)
    filled = re.sub(
        r"\{(\w+)\}",
        lambda sign: _SIGNS.get(sign[1]) or chance.choice(entries[sign[1]]),
        phrase.removeprefix("^").replace("…", chance.choice(["", "big red", "x"])),
    )
    before = chance.choice(["", "well ", "(", '"', "x", "7", "و", "ف", "\n"])
    return before + filled + chance.choice(["", ".", "s", " now", "x", "7"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_trying_only_words_that_begin_a_phrase_finds_what_going_through_the_text_does(language: str) -> None:
    lists, chance, found = load(language), Random(language), 0
    for phrases in (lists.threats, lists.hatred_patterns, lists.calls, lists.advertising):
        anywhere, _, begins = searching._patterns(phrases, lists.sets)
        assert anywhere is not None
        texts = [_text(phrase, lists.sets, chance) for phrase in phrases for _ in range(3)]
        for number, text in enumerate(texts):
            folded = fold(" ".join([text, *texts[number - 2 : number]])).text
            spans = searching._spans(anywhere, None, folded)
            assert searching._spans(anywhere, begins, folded) == spans, folded
            found += bool(spans)
    assert found > 100
    # Chinese is written without spaces: there is no word to begin with.
    assert (begins is None) == (language == "zh")
