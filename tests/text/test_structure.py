"""A stored text as paragraphs of strings and links."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.text import structure
from widget.text.structure import Link


def links(text: str) -> list[str]:
    """Return the addresses found in a text."""
    return [piece.href for part in structure.paragraphs(text) for piece in part if isinstance(piece, Link)]


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("one", [["one"]]),
        ("one\ntwo", [["one\ntwo"]]),
        ("one\n\ntwo", [["one"], ["two"]]),
        ("one\n \t\n\n\ntwo\n", [["one"], ["two"]]),
        ("", []),
        ("\n\n", []),
        ("see https://a.example now", [["see ", Link("https://a.example", "https://a.example"), " now"]]),
        ("www.a.example", [[Link("https://www.a.example", "www.a.example")]]),
    ],
)
def test_paragraphs(text: str, paragraphs: list[list[object]]) -> None:
    assert [list(part) for part in structure.paragraphs(text)] == paragraphs


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # What ends the sentence does not belong to the address.
        ("(see https://a.example/b).", "https://a.example/b"),
        ("https://a.example/b_(c)", "https://a.example/b_(c)"),
        ("“https://a.example”", "https://a.example"),
        ("https://a.example/?q=1&r=2!", "https://a.example/?q=1&r=2"),
        ("见https://a.example/路。", "https://a.example/路"),
        # Chinese goes on behind its punctuation without a space.
        ("报告见https://a.example/b。铜偏高，已停用。", "https://a.example/b"),
        ("（https://a.example/b）", "https://a.example/b"),
        ("HTTPS://A.example", "HTTPS://A.example"),
        ("http://[2001:db8::1]/", None),
        # Words, addresses of people, and what leads nowhere.
        ("ASP.NET and e.g.this", None),
        ("ada@www.a.example", None),
        ("https://", None),
        ("http://localhost/", None),
        ("https://user:password@a.example/", None),
        ("https://a.example@b.example/", None),
        ("xhttps://a.example", None),
        # Only these two schemes are ever links.
        ("javascript:alert(1)//www", None),
        ("data:text/html,www", None),
        ("ftp://a.example", None),
        ("http://a.example]:80", None),
        ("https://a.example:99999999/", "https://a.example:99999999/"),
    ],
)
def test_what_becomes_a_link(text: str, found: str | None) -> None:
    assert links(text) == ([found] if found else [])


@given(st.text(st.sampled_from("ahtps:/w.()[]{},;!?@#%&<> \n\"'é林，。"), max_size=80))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    shown = [
        "".join(piece if isinstance(piece, str) else piece.text for piece in part)
        for part in structure.paragraphs(text)
    ]
    assert "".join("".join(shown).split()) == "".join(text.split())
    assert all(href.lower().startswith(("http://", "https://")) for href in links(text))


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Hello", "ltr"),
        ("مرحبا", "rtl"),
        ("שלום", "rtl"),
        ("12 … مرحبا hello", "rtl"),
        ("«Hello» مرحبا", "ltr"),
        ("123 !?", "ltr"),
        ("", "ltr"),
        ("你好", "ltr"),
    ],
)
def test_the_first_letter_gives_the_direction(text: str, direction: str) -> None:
    assert structure.direction(text) == direction


@pytest.mark.parametrize(
    "text",
    [
        "http://a.b" + ")" * 20000,
        "http://a.b" + ".)" * 10000,
        "www." * 5000,
        "http://" * 3000,
        "\n \t" * 7000 + "x",
        "a\n" * 10000,
        "http://a.b/" * 1800,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.perf_counter()
    structure.paragraphs(text)
    structure.direction(text)
    assert time.perf_counter() - begun < 1
