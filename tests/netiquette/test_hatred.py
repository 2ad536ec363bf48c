"""Rule 4: slurs and hateful phrases go to the editor, never to the writer, and never when quoted."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.noticing import findings, noticed
from widget.netiquette import Context, Draft, review
from widget.netiquette.rules.hatred import HATRED


@pytest.mark.parametrize(
    ("text", "language", "pieces"),
    [
        ("That towelhead again.", "en", ["towelhead"]),
        ("That t0welhead, that t o w e l h e a d", "en", ["t0welhead", "t o w e l h e a d"]),
        ("Go back to where\nyou came from", "en", []),  # a line's end parts a phrase like a sentence's
        ("So go back to where you came from!", "en", ["go back to where you came from"]),
        # The strongest words of another language of ours count as well.
        ("Encore un towelhead", "fr", ["towelhead"]),
        # What is quoted is somebody else's.
        ('They shouted "go back to where you came from" at my son.', "en", []),
        ('"Go back to where you came from!"', "en", ["Go back to where you came from"]),
        # Neutral words for people are no slurs.
        ("The Muslim community and the old people of Leeds", "en", []),
    ],
)
def test_what_is_noticed(text: str, language: str, pieces: list[str]) -> None:
    assert noticed(HATRED, text, language) == pieces


def test_only_the_editor_is_told_and_in_two_ways() -> None:
    found = findings(HATRED, "Towelhead, go back to where you came from.")
    assert [(one.rule, one.code, one.audience) for one in found] == [
        (4, "hatred.word", "editor"),
        (4, "hatred.phrase", "editor"),
    ]
    assert not any(one.refuses for one in found)


@given(
    st.text(st.characters(exclude_categories=[]), max_size=80),
    st.sampled_from(["en", "fr", "es", "ar", "zh", "de"]),
)
def test_any_text_can_be_checked_and_spans_lie_in_it(text: str, language: str) -> None:
    for found in findings(HATRED, text, language):
        assert found.span is not None
        assert 0 <= found.span[0] < found.span[1] <= len(text)


@pytest.mark.parametrize(
    ("language", "text", "hateful"),
    [
        ("en", "Refugees are parasites.", True),
        ("en", "Nobody should say that refugees are parasites.", False),
        ("en", "Not all refugees are doctors.", False),
        ("fr", "Les Roms, c'est de la vermine.", True),
        ("fr", "Les Roms ne sont pas des voleurs.", False),
        ("es", "Los gitanos son todos unos ladrones.", True),
        ("es", "Los gitanos no son ladrones.", False),
        ("ar", "السوريون كلهم لصوص", True),
        ("ar", "ليس كل السوريين لصوص", False),
        ("zh", "难民都是寄生虫。", True),
        ("zh", "谁说难民都是寄生虫？", False),
    ],
)
def test_templates_and_what_denies_them(language: str, text: str, hateful: bool) -> None:
    context = Context(datetime(2026, 11, 26, tzinfo=UTC), 2000)
    assert bool(review(Draft(text, language), context, (HATRED,))) is hateful
