"""The engine runs every check and reports all findings; a check that breaks never blocks a writer."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from widget.netiquette import RULES, Context, Draft, Earlier, Finding, Rule, review
from widget.netiquette.rules.identical import IDENTICAL
from widget.netiquette.rules.length import LENGTH
from widget.text.normalise import digest

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SIX_WORDS = "The new bridge opens in May."
FIVE_WORDS = "The bridge opens in May."


def context(*earlier: Earlier, limit: int = 2000) -> Context:
    """Return what is known around a draft."""
    return Context(NOW, limit, earlier)


def sent(text: str, *, here: bool, days: float = 1, number: int = 5) -> Earlier:
    """Return an earlier comment of the same writer."""
    return Earlier(number, digest(text), here, NOW - timedelta(days=days))


def codes(text: str, around: Context) -> list[str]:
    """Return the codes of all findings on a text."""
    return [finding.code for finding in review(Draft(text, "en"), around)]


def test_every_check_runs_and_every_finding_is_reported_in_order() -> None:
    def always(code: str) -> Rule:
        def check(_draft: Draft, _context: Context) -> Iterator[Finding]:
            yield Finding(4, f"{code}.one", "editor")
            yield Finding(4, f"{code}.two", "both")

        return Rule("slug", code, check)

    found = review(Draft("x", "en"), context(), (always("first"), always("second")))
    assert [item.code for item in found] == ["first.one", "first.two", "second.one", "second.two"]


def test_a_check_that_breaks_is_told_to_the_editor_and_the_others_still_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_draft: Draft, _context: Context) -> Iterator[Finding]:
        yield Finding(4, "half.done", "editor")
        raise ZeroDivisionError

    def sound(_draft: Draft, _context: Context) -> Iterator[Finding]:
        yield Finding(5, "fine", "editor")

    rules = (Rule("a", "broken", broken), Rule("b", "sound", sound))
    with caplog.at_level(logging.ERROR, "widget.netiquette"):
        found = review(Draft("A private word", "en"), context(), rules)
    assert [(item.code, item.audience) for item in found if item.code != "half.done"] == [
        ("check.failed", "editor"),
        ("fine", "editor"),
    ]
    failed = next(item for item in found if item.code == "check.failed")
    assert failed.params == {"check": "broken"}
    assert not failed.refuses
    assert "broken" in caplog.text
    assert "A private word" not in caplog.text


@pytest.mark.parametrize("text", ["", "  \n", "\u200b", "\u2060\u00a0\u3164"])
def test_an_empty_text_is_refused_at_the_form(text: str) -> None:
    (found,) = review(Draft(text, "en"), context(), (LENGTH,))
    assert (found.code, found.refuses, found.rule) == ("length.empty", True, None)


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("a" * 100, None),
        ("a" * 101, 1),
        ("👩‍👩‍👧‍👦" * 100, None),
        ("👩‍👩‍👧‍👦" * 103, 3),
        ("e\u0301" * 100, None),
    ],
)
def test_length_counts_what_a_person_counts(text: str, over: int | None) -> None:
    found = review(Draft(text, "en"), context(limit=100), (LENGTH,))
    assert [(item.code, item.params, item.refuses) for item in found] == (
        [] if over is None else [("length.over", {"limit": 100, "over": over}, True)]
    )


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        # The very same text in the same thread is refused, however short.
        ([sent("Yes.", here=True)], []),
        ([sent(FIVE_WORDS, here=True)], ["identical.here"]),
        ([sent("the BRIDGE opens   in may", here=True)], ["identical.here"]),
        ([sent("The bridge opens in June.", here=True)], []),
        # Thirty days, to the second.
        ([sent(FIVE_WORDS, here=True, days=30)], ["identical.here"]),
        ([sent(FIVE_WORDS, here=True, days=30.001)], []),
        # Under another article it takes six words to be a repetition, and then it is only flagged.
        ([sent(FIVE_WORDS, here=False)], []),
        # One here, one elsewhere: here counts.
        ([sent(FIVE_WORDS, here=False), sent(FIVE_WORDS, here=True)], ["identical.here"]),
    ],
)
def test_the_same_five_words_again(earlier: list[Earlier], expected: list[str]) -> None:
    assert codes(FIVE_WORDS, context(*earlier)) == expected


def test_six_words_under_another_article_are_flagged_for_the_editor_with_the_earlier_comment() -> None:
    (found,) = review(Draft(SIX_WORDS, "en"), context(sent(SIX_WORDS, here=False, number=9)), (IDENTICAL,))
    assert found == Finding(10, "identical.elsewhere", "editor", params={"comment": 9}, check="identical")


def test_here_counts_before_elsewhere_whichever_was_sent_later() -> None:
    around = context(sent(SIX_WORDS, here=False, number=9), sent(SIX_WORDS, here=True, number=8))
    (found,) = review(Draft(SIX_WORDS, "en"), around, (IDENTICAL,))
    assert (found.code, found.params, found.refuses) == ("identical.here", {"comment": 8}, True)


def test_only_what_a_form_can_see_is_refused_by_a_machine() -> None:
    """docs/words.md, "Finding": an empty or overlong text, and the identical text again; everything else advises."""
    refusing = set()
    for text, around in (
        ("", context()),
        ("a" * 200, context(limit=100)),
        (SIX_WORDS, context(sent(SIX_WORDS, here=True))),
        (SIX_WORDS, context(sent(SIX_WORDS, here=False))),
    ):
        refusing |= {found.code for found in review(Draft(text, "en"), around) if found.refuses}
    assert refusing == {"length.empty", "length.over", "identical.here"}
    assert {LENGTH, IDENTICAL} <= set(RULES)


def test_a_check_that_is_switched_off_notices_nothing_and_one_that_flags_tells_the_editor_alone() -> None:
    shouted = Draft("We will NEVER accept this, never.", "en")
    usual = Context(now=NOW, length_limit=2000)
    assert [(found.check, found.audience) for found in review(shouted, usual)] == [("shouting", "both")]
    assert review(shouted, replace(usual, modes={"shouting": "off"})) == []
    flagged = review(shouted, replace(usual, modes={"shouting": "flag"}))
    assert [(found.check, found.audience) for found in flagged] == [("shouting", "editor")]


def test_what_only_a_writer_is_asked_is_not_kept_for_the_editor_instead() -> None:
    draft = Draft("Half past eight would do.", "en", name="Reader")
    context = Context(now=NOW, length_limit=2000)
    assert review(draft, context)
    assert review(draft, replace(context, modes={"name_form": "flag"})) == []


def test_the_limits_of_the_form_cannot_be_switched_off() -> None:
    context = Context(now=NOW, length_limit=10, modes={"length": "off", "identical": "off"})
    assert [found.code for found in review(Draft("Longer than ten.", "en"), context)] == ["length.over"]
