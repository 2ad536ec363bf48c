"""Words are read as they are meant, and known by the place where they stand as given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.text.disguise import JOINED, PAUSE, STOP, read
from widget.text.spelling import readings, squeezed, without_accents

AWKWARD = st.text(st.sampled_from("aéñIß*.-_ $@!0137\u0301\u200b\u0640\ud800傻 逼غ😀𝗮Ａ，。"), max_size=40)
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=60) | AWKWARD


def meant(text: str) -> dict[str, str]:
    """Return every reading of every word of a text, with the piece of the text that it stands for."""
    reading = read(text)
    return {
        known: text[word.start : word.end]
        for word in (*reading.words, *reading.veiled)
        for known in word.readings
    }


@pytest.mark.parametrize(
    ("text", "word", "piece"),
    [
        # Case, invisible characters and vowel signs.
        ("An IDIOT.", "idiot", "IDIOT"),
        ("an id\u200bi\u00adot", "idiot", "id\u200bi\u00adot"),
        ("غَبِيّ", "غبي", "غَبِيّ"),
        ("غـــبـــي", "غبي", "غـــبـــي"),
        # Arabic writes some letters in several ways, and "and" as part of the word.
        ("أحمق", "احمق", "أحمق"),
        ("وغبي", "غبي", "وغبي"),
        # Styled, wide and look-alike letters.
        ("𝗶𝗱𝗶𝗼𝘁", "idiot", "𝗶𝗱𝗶𝗼𝘁"),
        ("ⓘⓓⓘⓞⓣ", "idiot", "ⓘⓓⓘⓞⓣ"),
        ("ｉｄｉｏｔ", "idiot", "ｉｄｉｏｔ"),
        ("іdіоt", "idiot", "іdіоt"),
        # Accents that no language of ours has are a disguise; left out where they belong is no matter.
        ("ïdïöt", "idiot", "ïdïöt"),
        ("cabro\u0301n", "cabrón", "cabro\u0301n"),
        # Digits and signs for letters.
        ("m0r0n", "moron", "m0r0n"),
        ("g1lip0llas", "gilipollas", "g1lip0llas"),
        ("p@yaso", "payaso", "p@yaso"),
        ("$hit", "shit", "$hit"),
        ("sh!t", "shit", "sh!t"),
        # Asterisks hide a letter, or nothing.
        ("f*ck", "f?ck", "f*ck"),
        ("f**k", "f??k", "f**k"),
        ("ca*brón", "cabrón", "ca*brón"),
        ("sh**", "sh??", "sh**"),
        # Letters spelled out, also behind a word of one letter.
        ("an i d i o t here", "idiot", "i d i o t"),
        ("I. D. I. O. T.", "idiot", "I. D. I. O. T"),
        ("ci-gît un c-o-n-n-a-r-d", "connard", "c-o-n-n-a-r-d"),
        ("a s.h.i.t", "shit", "s.h.i.t"),
        ("eres i d i o t a y punto", "idiota", "i d i o t a"),
        # Words in pieces.
        ("con-nard", "connard", "con-nard"),
        # Letters repeated.
        ("idiooooot", "idiot", "idiooooot"),
        ("cooool", "cool", "cooool"),
        ("shiit", "=shit", "shiit"),
    ],
)
def test_a_word_is_read_as_it_is_meant(text: str, word: str, piece: str) -> None:
    assert meant(text).get(word) == piece


@pytest.mark.parametrize(
    ("text", "not_meant"),
    [
        ("año", "ano"),  # another word altogether
        ("tué", "tue"),
        ("covid19", "covid"),
        ("4x4", "axa"),  # so few letters are a code
        ("C.O.N.", "con"),  # an initialism
        ("**bold**", "bold??"),  # Markdown, not a word with two letters hidden
        ("Idiot! Learn", "idiotilearn"),
    ],
)
def test_a_word_is_not_read_as_another(text: str, not_meant: str) -> None:
    assert not_meant not in meant(text)


def test_chinese_words_in_pieces_flow_together() -> None:
    assert "傻逼" in read("你个 傻 逼 东西").flow
    assert "傻逼" in read("傻*逼").flow
    # A space parts phrases; a full stop parts sentences.
    assert "傻逼" not in read("他真的很傻 逼我走").flow
    assert "傻逼" not in read("他傻。逼我走").flow
    # Traditional characters are simplified ones.
    assert "妈的" in read("媽的").flow


def test_what_stands_between_words() -> None:
    gaps = [word.gap for word in read("One two, three (four). Five—six\nseven-eight").words]
    assert gaps == [STOP, JOINED, PAUSE, PAUSE, STOP, PAUSE, STOP, JOINED]


@given(TEXTS)
def test_any_text_can_be_read_and_every_place_lies_in_it(text: str) -> None:
    reading = read(text)
    for word in (*reading.words, *reading.veiled):
        assert 0 <= word.start < word.end <= len(text)
        assert 0 <= word.first <= word.last < len(reading.words)
    assert list(reading.flow_at) == sorted(reading.flow_at)
    assert len(reading.flow) == len(reading.flow_at)


@given(st.integers(1, 400), st.sampled_from(["a ", "a.", "f*ck ", "傻 ", "a|", "aa-", "é0é "]))
def test_what_is_read_grows_no_faster_than_the_text(times: int, piece: str) -> None:
    reading = read(piece * times)
    assert len(reading.words) + len(reading.veiled) <= 2 * times + 120


def test_accents_and_runs() -> None:
    assert without_accents("español") == "espanol"
    assert squeezed("asshole") == "ashole"
    assert readings("plain") == ("plain",)
    assert readings("púta") == ("púta", "~puta")
