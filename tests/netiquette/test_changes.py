"""What changed between two versions, down to the words."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.netiquette.changes import Kind, Mark, between, compared, differ
from widget.netiquette.version import RuleWording, Version, next_number


def rule(number: int, text: str = "Be kind.", *, retired: bool = False, **texts: str) -> RuleWording:
    """Return a rule with an English text, and one in each language named."""
    words = {"en": text, **texts}
    titles = dict.fromkeys(words, f"Rule {number}")
    return RuleWording(number, f"rule-{number}", True, False, retired, titles, words)


def version(*rules: RuleWording, preamble: str = "Welcome.") -> Version:
    """Return a version in English and French."""
    return Version(
        {"en": "Netiquette", "fr": "Nétiquette"},
        {"en": preamble, "fr": "Bienvenue."},
        {"en": "R", "fr": "R"},
        rules,
    )


def marked(before: str, after: str) -> list[tuple[str, str]]:
    """Return a comparison as plain pairs."""
    return [(piece.mark.value, piece.text) for piece in compared(before, after)]


def test_words_that_came_and_went_are_told_from_those_that_stayed() -> None:
    assert marked("Words in capitals are shouting.", "Words in small capitals are loud.") == [
        ("kept", "Words in "),
        ("new", "small "),
        ("kept", "capitals are "),
        ("gone", "shouting"),
        ("new", "loud"),
        ("kept", "."),
    ]


def test_chinese_goes_by_the_letter() -> None:
    assert marked("大写就是喊叫。", "全大写就是叫。") == [
        ("new", "全"),
        ("kept", "大写就是"),
        ("gone", "喊"),
        ("kept", "叫。"),
    ]


def test_one_phrase_for_another_is_one_mark() -> None:
    assert marked("a, b and c", "x, y and c") == [("gone", "a, b"), ("new", "x, y"), ("kept", " and c")]


words = st.text(alphabet="ab，.的 \n\u0301e😀<>&", max_size=40)


@given(words, words)
def test_nothing_is_lost_on_either_side(before: str, after: str) -> None:
    pieces = compared(before, after)
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.NEW) == before
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.GONE) == after
    assert all(one.mark is not other.mark for one, other in pairwise(pieces))


def test_texts_too_long_to_compare_stand_one_after_the_other() -> None:
    before, after = "a " * 3000 + "x", "y " + "b " * 3000
    assert [piece.mark for piece in compared(before, after)] == [Mark.GONE, Mark.NEW]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ((), (rule(19),), Kind.ADDED),
        ((rule(5),), (rule(5, retired=True),), Kind.RETIRED),
        ((rule(5, retired=True),), (rule(5),), Kind.RESTORED),
        ((rule(5),), (rule(5, "Be kinder."),), Kind.AMENDED),
        ((rule(5),), (rule(5),), None),
        ((rule(5, retired=True),), (rule(5, "Unread.", retired=True),), None),
        # Added and retired in versions that somebody skipped.
        ((), (rule(19, retired=True),), None),
    ],
)
def test_what_becomes_of_a_rule(
    before: tuple[RuleWording, ...], after: tuple[RuleWording, ...], kind: Kind | None
) -> None:
    found = between(version(*before), version(*after), "en")
    assert [change.kind for change in found.rules] == ([kind] if kind else [])
    assert bool(found) == differ(version(*before), version(*after), ["en"]) == (kind is not None)


def test_a_language_is_compared_by_itself() -> None:
    before, after = (
        version(rule(5, fr="Soyez aimables.")),
        version(rule(5, "Be kinder.", fr="Soyez aimables.")),
    )
    assert between(before, after, "en")
    assert not between(before, after, "fr")
    assert differ(before, after, ["fr", "en"])


def test_preamble_and_rights_are_compared() -> None:
    found = between(version(), version(preamble="Welcome, all."), "en")
    assert [change.part for change in found.parts] == ["preambles"]


def test_a_language_that_was_not_there_is_new_and_not_a_wall_of_changes() -> None:
    before = version(rule(5))
    after = replace(
        version(rule(5, ar="كونوا لطفاء")), titles={"en": "Netiquette", "fr": "Nétiquette", "ar": "آداب"}
    )
    found = between(before, after, "ar")
    assert (found.is_new, found.parts, found.rules) == (True, (), ())
    assert differ(before, after, ["en", "ar"])


def test_numbers_begin_at_nineteen_and_never_come_back() -> None:
    assert next_number([version(rule(18))], 19) == 19
    assert next_number([version(rule(18), rule(23, retired=True)), version(rule(18))], 19) == 24
