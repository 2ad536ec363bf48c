"""E-mail addresses, spelt out or not: what is passed over unread holds none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.text import contacts

PIECES = [
    "noor",
    "post",
    " ",
    "\n",
    "@",
    "＠",
    ".",
    "[at]",
    "( AT )",
    "arroba",
    "ARROBASE",
    "arobaſe",
    " at ",
    " dot ",
]
PIECES += ["chez", "<", ">", "{", "}", "example", "DOT", "punto", "(", ")"]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_nothing_is_passed_over_that_the_patterns_would_find(text: str) -> None:
    spelt = contacts._EMAIL_SPELT.search(text)
    assert contacts._may_be_spelt(text) or spelt is None
    assert not contacts._EMAIL_SIGNS.isdisjoint(text) or contacts._EMAIL.search(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "write to noor@post.example please",
        "noor [at] post [dot] example",
        "noor at post dot example",
        "noor arroba correo punto example",
        "NOOR AROBASE POST POINT EXAMPLE",
    ],
)
def test_an_address_is_found_in_every_spelling(text: str) -> None:
    assert len(list(contacts.emails(text))) == 1


def test_a_bracket_alone_is_no_address() -> None:
    assert list(contacts.emails("the bridge (closed at noon) and a dot")) == []
