"""Rule 12: half or more of a comment word for word from the article, from others, or between quotation marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reviewing import findings, recent
from widget.netiquette.rules.copied import COPIED

ARTICLE = (
    "The island of Norrey will lose its last daily ferry in October unless another company takes it over. "
    "Some nine hundred people live there, and almost all of their food, fuel and medicine arrives by boat. "
    "“We ask for no more than a road that happens to be made of water,” said the keeper of the shop."
)
CHINESE = "本市将从下月起调整水费，增加的收入全部用于更换老城区的铸铁管道，预计三年内完成。"

# The text, the language, the article, and the share in per cent or nothing.
COMMENTS = [
    # A sentence of the article, with a word of one's own or two.
    (
        "Some nine hundred people live there, and almost all of their food arrives by boat. Sad.",
        "en",
        ARTICLE,
        75,
    ),
    ("增加的收入全部用于更换老城区的铸铁管道。支持。", "zh", CHINESE, 90),
    # Punctuation, capitals and accents make no difference.
    ("THE ISLAND OF NORREY WILL LOSE ITS LAST DAILY FERRY – in Öctober", "en", ARTICLE, 100),
    # A few words of it are what a discussion is made of.
    (
        "“A road that happens to be made of water”: she has said it better than the board in ten years.",
        "en",
        ARTICLE,
        None,
    ),
    (
        "Nine hundred people, and food by boat? My father rowed it across with a dog as his mate.",
        "en",
        ARTICLE,
        None,
    ),
    ("老城区的管道早该换了，先追责再涨价。", "zh", CHINESE, None),
    # Runs shorter than six words are how a language works.
    ("of their food, fuel and in the end by boat of their food", "en", ARTICLE, None),
    # Somebody else's words between quotation marks, wherever they come from.
    (
        "«Celui qui ne connaît pas la soif du champ ne connaîtra jamais la faim du grenier, dit-on chez nous»",
        "fr",
        "",
        100,
    ),
    (
        'He wrote: "Tell me not of libraries, for I have seen them burn and I have seen them drown." Right.',
        "en",
        "",
        85,
    ),
    # A saying or a remark is no copying, however short the comment.
    ("« Qui va piano va sano e va lontano », disait-elle.", "fr", "", None),
    ('"We take this matter extremely seriously": somebody rang the lawyers.', "en", "", None),
    # Too short, or nothing to compare with.
    ("So sad.", "en", ARTICLE, None),
    ("Some nine hundred people live there, and almost all of their food arrives by boat.", "en", "", None),
    ("", "en", ARTICLE, None),
]


@pytest.mark.parametrize(("text", "language", "article", "percent"), COMMENTS)
def test_the_share_that_stands_elsewhere(text: str, language: str, article: str, percent: int | None) -> None:
    found = findings(COPIED, text, language, article=article)
    assert [(one.rule, one.code, one.audience, one.params) for one in found] == (
        [] if percent is None else [(12, "copied.mostly", "both", {"percent": percent})]
    )


def test_the_longest_stretch_is_marked() -> None:
    text = "Read this: almost all of their food, fuel and medicine arrives by boat. Unbelievable!"
    (found,) = findings(COPIED, text, article=ARTICLE)
    assert found.span is not None
    assert text[slice(*found.span)] == "almost all of their food, fuel and medicine arrives by boat"


def test_the_comment_of_somebody_else_counts_and_one_s_own_does_not() -> None:
    text = "Almost all of their food, fuel and medicine arrives by boat. Think of that."
    (found,) = findings(COPIED, text, recent=recent(ARTICLE, same_writer=False))
    assert found.params == {"percent": 79}
    assert findings(COPIED, text, recent=recent(ARTICLE)) == []


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["en", "zh"]))
def test_no_text_breaks_it_and_spans_lie_inside(text: str, article: str, language: str) -> None:
    for found in findings(COPIED, text, language, article=article):
        assert found.span is not None
        assert 0 <= found.span[0] < found.span[1] <= len(text)


@given(st.lists(st.sampled_from(("one", "two", "three", "four", "five", "six")), min_size=6, max_size=40))
def test_a_comment_that_is_the_article_is_copied_whole(words: list[str]) -> None:
    text = " ".join(words)
    (found,) = findings(COPIED, text, article=text)
    assert found.params == {"percent": 100}
    assert found.span == (0, len(text))
