"""Rule 10: an earlier comment with small changes is found among thousands; courtesies and subjects are not."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reviewing import NOW, findings, recent
from widget.netiquette.rule import Earlier, Recent
from widget.netiquette.rules.repetition import REPETITION
from widget.text.normalise import digest
from widget.text.shingles import Shingles

FERRY = "The ferry was cancelled four times in March and nobody told the passengers on the pier."

AGAIN = [
    # Small edits, a greeting, another punctuation, no accents, sentences in another order.
    (FERRY, "The ferry was cancelled five times in March and nobody told the passengers at the pier."),
    (FERRY, f"Good evening all. {FERRY}"),
    (FERRY, FERRY.replace(" and ", " – and ").upper()),
    (
        "La passerelle est fermée depuis trois ans, et la commune se tait.",
        "La passerelle est fermee depuis trois ans et la commune se tait toujours",
    ),
    (
        "Who pays for it? The council promised us an answer before the summer break.",
        "The council promised us an answer before the summer break. Who pays for it?",
    ),
    (
        "القطار لا يصل أبداً في موعده ومع ذلك يرفعون ثمن التذكرة كل سنة",
        "السلام عليكم، القطار لا يصل أبدا في موعده، ومع ذلك يرفعون ثمن التذكره كل سنة!",
    ),
    # Chinese in either form.
    (
        "請問政府，長照排隊要排八個月，照顧者先倒下了怎麼辦？",
        "请问政府，长照排队要排八个月，照顾者先倒下了怎么办",
    ),
    ("我们楼已经问了三次。请居委会公开电梯维修账目。", "请居委会公开电梯维修账目。我们楼已经问了三次！"),
]

NOT_AGAIN = [
    # Courtesies are everybody's.
    ("Thank you for this article.", "Thank you for this article!"),
    ("شكراً على المقال.", "شكراً على المقال."),
    ("谢谢分享！", "谢谢分享！"),
    # The same subject, the same beginning, the opposite opinion.
    (FERRY, "The ferry was late once in March, and the crew told every passenger on the pier why."),
    (
        "Dear editors, thank you for an interesting article. The mill burned down in 1951.",
        "Dear editors, thank you for an interesting article. Who took the photograph of the harbour?",
    ),
    ("我觉得限行没用，大家都去买第二辆车了。", "我觉得限行有用，空气确实比五年前好。"),
    ("", ""),
]


@pytest.mark.parametrize(("earlier", "text"), AGAIN)
def test_what_comes_again_is_told_with_the_earlier_comment(earlier: str, text: str) -> None:
    (found,) = findings(
        REPETITION, text, recent=recent("Something else altogether, said in other words.", earlier)
    )
    assert (found.rule, found.code, found.audience) == (10, "repetition.similar", "editor")
    assert found.params["comment"] == 2
    assert isinstance(found.params["ratio"], int)
    assert 86 <= found.params["ratio"] <= 100


@pytest.mark.parametrize(("earlier", "text"), NOT_AGAIN)
def test_what_is_only_like_it_is_not(earlier: str, text: str) -> None:
    assert findings(REPETITION, text, recent=recent(earlier)) == []


def test_of_several_the_most_alike_is_named() -> None:
    loosely = FERRY.replace("four times in March", "four times this month")
    (found,) = findings(REPETITION, f"{FERRY} Sad.", recent=recent(loosely, FERRY))
    assert found.params["comment"] == 2


def test_the_identical_text_of_the_writer_is_left_to_its_own_check() -> None:
    earlier = (Earlier(1, digest(FERRY), same_thread=True, sent_at=NOW - timedelta(days=1)),)
    assert findings(REPETITION, FERRY, recent=recent(FERRY), earlier=earlier) == []
    # The same words from somebody else are a repetition that nothing else reports.
    (found,) = findings(REPETITION, FERRY, recent=recent(FERRY, same_writer=False))
    assert found.params == {"comment": 1, "ratio": 100}


def test_with_an_index_and_without_the_same_is_found() -> None:
    texts = [f"{FERRY} It was number {number} of {number * 7} this year." for number in range(60)]
    known = tuple(Recent(number, text, False, True) for number, text in enumerate(texts))
    draft = texts[41] + " Really."
    without = findings(REPETITION, draft, recent=known)
    assert without == findings(REPETITION, draft, recent=known, index=Shingles(texts))
    assert without[0].params["comment"] == 41


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=5))
def test_no_text_breaks_it(text: str, earlier: list[str]) -> None:
    found = findings(REPETITION, text, recent=recent(*earlier))
    assert len(found) <= 1
