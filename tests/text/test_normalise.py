"""Texts, names and places as they are stored, counted and compared."""

import contextlib
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.text import normalise

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)
# Rare characters that random text hardly ever meets side by side.
AWKWARD = st.text(
    st.sampled_from("ae\u0301\u0308\x00\x07\x85 \t\r\n\u200b\u200d\u202e\ufeff<&\ud800\uffff가\u1161")
)
TEXTS = ANY_TEXT | AWKWARD


@pytest.mark.parametrize(
    "text",
    [
        "x<y and z>w",
        "<3",
        "AT&T",
        "&amp; stays &amp;",
        "if (a && b) { return '\"'; }",
        "<b>bold</b> <script>alert(1)</script>",
        "Tabs\tand  double  spaces",
        "one\n\ntwo\n  indented",
        "👩‍👩‍👧‍👦 🇳🇴 é",
        "می‌خواهم",
        "‏مرحبا",
    ],
)
def test_a_text_is_stored_as_it_was_written(text: str) -> None:
    assert normalise.clean(text) == text


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("  \n a \n\t ", "a"),
        ("e\u0301", "\u00e9"),
        # The accent meets its letter only once the control between them is gone.
        ("e\x00\u0301", "\u00e9"),
        ("a\x00b\x07c\x1bd\x85e\x9bf", "abcdef"),
        # A feed is XML, which forbids these two; halves of characters cannot be stored anywhere.
        ("a\ufffeb\uffffc", "abc"),
        ("a\ud83db", "ab"),
    ],
)
def test_what_changes_in_a_text(sent: str, stored: str) -> None:
    assert normalise.clean(sent) == stored


@given(TEXTS)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = normalise.clean(text)
    assert normalise.clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Ada \t Lind\n", "Ada Lind"),
        ("Zoe\u0308 Ruiz", "Zoë Ruiz"),
        ("Jean-Noël d’Arcy", "Jean-Noël d’Arcy"),
        ("علی‌رضا", "علی‌رضا"),
        ("क्‍ष", "क्‍ष"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("林美玲", "林美玲"),
        ("מִרְיָם", "מִרְיָם"),
        ("O\u2019Brien\u00a0Jr", "O’Brien Jr"),
    ],
)
def test_a_name_of_any_script_is_kept(typed: str, stored: str) -> None:
    assert normalise.line(typed) == unicodedata.normalize("NFC", stored)


@pytest.mark.parametrize(
    "typed",
    [
        "Ada\u202eLind",  # runs backwards from here
        "Ada \u2066Lind\u2069",
        "Ad\u200ba Lind",  # zero-width space
        "Ad\u200da Lind",  # a joiner where nothing joins
        "Ad\u00ada Lind",
        "Ada\ufeff Lind",
        "Ada\x00 Lind",
        "Ada \u3164Lind",  # a letter that shows nothing
        "\u2800Ada Lind",
        "Ada\ue000",
        "A\u0301\u0302\u0303\u0304\u0306da",
        "Ada\U000e0041",
    ],
)
def test_what_cannot_be_seen_in_a_name_is_refused(typed: str) -> None:
    with pytest.raises(normalise.HiddenCharacters):
        normalise.line(typed)


@given(TEXTS)
def test_a_line_is_one_line_in_one_form(text: str) -> None:
    try:
        line = normalise.line(text)
    except normalise.HiddenCharacters:
        return
    assert normalise.line(line) == line
    assert "\n" not in line
    assert "  " not in line
    assert unicodedata.is_normalized("NFC", line)


@pytest.mark.parametrize(
    ("text", "seen"), [("a", True), ("5", False), ("…!", False), ("ا", True), ("", False)]
)
def test_a_name_holds_a_letter(text: str, seen: bool) -> None:
    assert normalise.has_letters(text) is seen


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b", "\u200b \u2060\n", "\u2800\u3164", "\u202e"])
def test_nothing_visible(text: str) -> None:
    assert not normalise.is_visible(text)


@pytest.mark.parametrize("text", ["a", ".", "🙂", "، ", "\u200b!"])
def test_something_visible(text: str) -> None:
    assert normalise.is_visible(text)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("👩‍👩‍👧‍👦", 1),
        ("🇳🇴🇸🇪", 2),
        ("a\r\nb", 3),
        ("क्षि", 1),
        ("林美", 2),
    ],
)
def test_length_is_what_a_person_counts(text: str, length: int) -> None:
    assert normalise.graphemes(text) == length


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The bridge is late.", "the  BRIDGE — is late!"),
        ("Straße", "STRASSE"),
        ("ﬁne", "fine"),
        ("e\u0301t\u00e9", "ÉTÉ"),
        ("１２３", "123"),
        (":-)", ":-)"),
    ],
)
def test_texts_that_rule_10_takes_for_the_same(one: str, other: str) -> None:
    assert normalise.digest(one) == normalise.digest(other)


@pytest.mark.parametrize(
    ("one", "other"), [("No bridge", "Nobridge"), ("été", "ete"), (":-)", ":-("), ("👍", "👎"), ("桥", "橋")]
)
def test_texts_that_rule_10_tells_apart(one: str, other: str) -> None:
    assert normalise.digest(one) != normalise.digest(other)


@pytest.mark.parametrize(
    "text",
    [
        "a" + "\u0301" * 20000,
        "ا\u064b\u200c" * 6000,
        "\n " * 10000,
        "\u200d" * 20000,
        "👩‍" * 7000,
        "🇫" * 40000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.perf_counter()
    normalise.clean(text)
    normalise.graphemes(text)
    normalise.digest(text)
    with contextlib.suppress(normalise.HiddenCharacters):
        normalise.line(text)
    assert time.perf_counter() - begun < 1


@given(TEXTS | st.text(st.sampled_from("🇫🇷🇪a👩‍👧\u0301"), max_size=30))
def test_a_text_never_has_more_graphemes_than_code_points(text: str) -> None:
    assert normalise.graphemes(text) <= len(text)
