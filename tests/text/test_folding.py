"""Folded text compares as people read it, and every folded word leads back to where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.text.folding import fold, is_character, tokens, words

SAME = [
    ("ÉGLISE à Sǎo", "eglise a sao"),
    ("Straße", "strasse"),
    ("Łódź, Ørsted, Đorđe", "lodz, orsted, dorde"),
    ("𝗯𝗼𝗹𝗱 ⓒⓘⓡⓒⓛⓔ ｗｉｄｅ", "bold circle wide"),
    ("wo\u200brd\u00ad", "word"),
    # Arabic: points and tatweel away, hamzas and the letters that typists mix made one.
    ("مُحَمَّـــد", "محمد"),
    ("أحمد إدريس آمنة", "احمد ادريس امنه"),
    ("ی ک ى", "ي ك ي"),
    ("٠٦٣٩", "0639"),
    # Chinese: one form; Korean and Japanese stay what they are.
    ("請問政府長照", "请问政府长照"),
    ("김민준", "김민준"),
    ("カレーが", "カレーが"),
    # The vowel signs of Indian scripts are letters.
    ("मनु", "मनु"),
]


@pytest.mark.parametrize(("given_text", "folded"), SAME)
def test_what_makes_no_difference(given_text: str, folded: str) -> None:
    assert fold(given_text).text == folded


def test_words_and_characters() -> None:
    assert words("L'été, c'est 3 fois 三号线！") == ["l", "ete", "c", "est", "3", "fois", "三", "号", "线"]
    assert [is_character(word) for word in ("三", "カ", "ete", "三号", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_token_knows_where_it_stood() -> None:
    text = "Ein\u200be ﬂotte Straße, مـُـحمد"
    assert [(token.word, text[token.start : token.end]) for token in tokens(text)] == [
        ("eine", "Ein\u200be"),
        ("flotte", "ﬂotte"),
        ("strasse", "Straße"),
        ("محمد", "مـُـحمد"),
    ]


@given(st.text(max_size=200))
def test_spans_are_in_order_and_inside(text: str) -> None:
    end = 0
    for token in tokens(text):
        # The parts of a sign that reads as several words share its place.
        assert 0 <= token.start < token.end <= len(text)
        assert token.end >= end
        end = token.end
    assert [token.word for token in tokens(text)] == words(text)


@given(st.text(max_size=200))
def test_folding_is_done_at_once(text: str) -> None:
    once = fold(text)
    assert once.origins is None or len(once.origins) == len(once.text)
    assert once.origins is not None or len(once.text) == len(text)
