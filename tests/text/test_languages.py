"""Words by script: a text of plain letters is counted by another engine, to the same number."""

from hypothesis import given
from hypothesis import strategies as st

from widget.text import languages

PLAIN = st.text(st.characters(max_codepoint=127), max_size=60)


@given(PLAIN | st.text("abZ' 3-.\n", max_size=40))
def test_plain_letters_are_counted_as_any_others_are(text: str) -> None:
    assert languages.words_by_script(text) == languages._words_of_any_script(text)


def test_characters_of_chinese_count_as_half_a_word() -> None:
    assert languages.words_by_script("去年 the bridge closed") == {"Han": 1, "Latin": 3}
