"""Rule 8: four turns between the same two, nobody else in between, are a conversation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reviewing import findings
from widget.netiquette.rules.dialogue import DIALOGUE

# Who wrote the chain of replies, oldest first, the draft's writer last; how long the two have been at it.
CHAINS = [
    ("", None),
    ("a", None),
    ("aba", None),
    ("abab", 4),
    ("ababab", 6),
    # A third person began; since then it is the two.
    ("cabab", 4),
    # A third person in between.
    ("abcab", None),
    ("ababc", None),
    # Talking to oneself is no dialogue, and neither is adding something to one's own.
    ("aaaa", None),
    ("abba", None),
    ("aabab", 4),
    ("ababb", None),
]


@pytest.mark.parametrize(("turns", "replies"), CHAINS)
def test_two_alternating(turns: str, replies: int | None) -> None:
    found = findings(DIALOGUE, turns=tuple(turns))
    assert [(one.rule, one.code, one.audience, one.params) for one in found] == (
        [] if replies is None else [(8, "dialogue.two", "editor", {"replies": replies})]
    )


@given(st.lists(st.sampled_from("abc"), max_size=12))
def test_it_speaks_of_the_last_turns_only(turns: list[str]) -> None:
    for found in findings(DIALOGUE, turns=tuple(turns)):
        replies = found.params["replies"]
        assert isinstance(replies, int)
        assert len(set(turns[-replies:])) == 2
        assert all(one == other for one, other in zip(turns[-replies:], turns[-replies + 2 :], strict=False))
