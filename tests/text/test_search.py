"""Search terms: what is written and what is asked meet, whatever case, accent, script or spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.text.search import Wanted, search_terms, wanted


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Étienne's café", "etienne s cafe"),
        ("التَّعليقات في القاهرة", "التعليقات في القاهره"),
        ("灯笼节 2026", "灯笼 笼节 节 2026"),
        ("我们的school日", "我们 们的 的 school 日"),
        ("燈", "灯"),
        ("", ""),
        ("— … !", ""),
    ],
)
def test_terms_are_folded_words_and_pairs_of_characters(text: str, terms: str) -> None:
    assert search_terms(text) == terms


def test_texts_side_by_side_are_not_read_as_one_run() -> None:
    assert search_terms("陈立", "泉州") == "陈立 立 泉州 州"


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("bridge", [Wanted(("bridge",), begins=True)]),
        ("a bridge", [Wanted(("a",), begins=False), Wanted(("bridge",), begins=True)]),
        ('"new Bridge" open', [Wanted(("new", "bridge"), begins=False), Wanted(("open",), begins=True)]),
        ("« pont neuf »", [Wanted(("pont", "neuf"), begins=False)]),
        ("post-war", [Wanted(("post", "war"), begins=True)]),
        ("灯笼节", [Wanted(("灯笼", "笼节"), begins=False)]),
        ("灯", [Wanted(("灯",), begins=True)]),
        ('"" - *', []),
        ('" OR 1=1', [Wanted(("or",), begins=False), Wanted(("1", "1"), begins=False)]),
    ],
)
def test_a_query_asks_for_every_word_and_for_quoted_words_in_order(query: str, asked: list[Wanted]) -> None:
    assert wanted(query) == asked


@given(st.text(max_size=300))
def test_no_query_asks_for_much_or_holds_a_sign_of_either_query_language(query: str) -> None:
    asked = wanted(query)
    assert len(asked) <= 12
    for one in asked:
        assert one.terms
        assert not set("".join(one.terms)) & set("\"'*:&|!()<>^-+ \\")
