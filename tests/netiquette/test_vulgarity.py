"""Rule 6: vulgar words are hinted to the writer and shown to the editor, disguised or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.noticing import findings, noticed
from widget.netiquette.rules.vulgarity import VULGARITY


@pytest.mark.parametrize(
    ("text", "language", "pieces"),
    [
        # Plain, and in every disguise.
        ("Absolute bollocks.", "en", ["bollocks"]),
        (
            "B0LLOCKS, b*llocks, boll-ocks and 𝗯𝗼𝗹𝗹𝗼𝗰𝗸𝘀",
            "en",
            ["B0LLOCKS", "b*llocks", "boll-ocks", "𝗯𝗼𝗹𝗹𝗼𝗰𝗸𝘀"],
        ),
        ("fuuuuck this s.h.i.t", "en", ["fuuuuck", "s.h.i.t"]),
        ("q\u200bue m\u00adierda", "es", ["m\u00adierda"]),
        ("خـــرا على الخدمة", "ar", ["خـــرا"]),
        ("A7A بجد", "ar", ["A7A"]),
        ("操 你 滚", "zh", ["操 你"]),
        ("C.n.m. 给记者", "zh", []),  # an initialism like any other
        ("c n m 给记者", "zh", ["c n m"]),
        # Whole words only.
        ("Scunthorpe, the shitake and mishits of Bollocksworth", "en", []),
        ("f*nd, sh*p and b*ll", "en", []),
        # Accents make words: a year is nothing else, and a cone is innocent.
        ("Todo el año en el Cono Sur", "es", []),
        ("qué coño", "es", ["coño"]),
        # Safe phrases protect what stands in them; Chinese ones across a border too.
        ("la bite d'amarrage", "fr", []),
        ("这套体操你会做吗", "zh", []),
        # Words of another language count only when nobody can take them for one of this.
        ("one more bite of merde", "en", ["merde"]),
        # Quotation marks make no word decent.
        ('"shit" is what he said', "en", ["shit"]),
    ],
)
def test_what_is_noticed(text: str, language: str, pieces: list[str]) -> None:
    assert noticed(VULGARITY, text, language) == pieces


def test_writer_and_editor_are_told() -> None:
    (found,) = findings(VULGARITY, "oh shit")
    assert (found.rule, found.code, found.audience, found.span) == (6, "vulgar.word", "both", (3, 7))


def test_a_text_full_of_it_is_told_in_a_few_findings() -> None:
    assert len(findings(VULGARITY, "shit " * 1000)) == 10


@given(
    st.text(st.characters(exclude_categories=[]), max_size=80),
    st.sampled_from(["en", "fr", "es", "ar", "zh", "de"]),
)
def test_any_text_can_be_checked_and_spans_lie_in_it(text: str, language: str) -> None:
    for found in findings(VULGARITY, text, language):
        assert found.span is not None
        assert 0 <= found.span[0] < found.span[1] <= len(text)
