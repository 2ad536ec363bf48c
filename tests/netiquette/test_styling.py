"""Rules 5 and 11: styled words and embedded images, with what the form needs to offer them plain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.noticing import findings
from widget.netiquette.rules.images import IMAGES
from widget.netiquette.rules.styling import STYLING
from widget.text.plain import plain


@pytest.mark.parametrize(
    ("text", "code", "kind", "reads"),
    [
        ("It is <b>over</b>.", "styling.markup", "html", "over"),
        ("It is [i]over[/i].", "styling.markup", "bbcode", "over"),
        ("It is **over**.", "styling.markup", "markdown", "over"),
        ("It is 𝗼𝘃𝗲𝗿.", "styling.letters", "letters", "over"),
        ("It is o\u0332v\u0332e\u0332r\u0332.", "styling.lines", "lines", "over"),
    ],
)
def test_styled_words_say_what_styles_them_and_how_they_read_plain(
    text: str, code: str, kind: str, reads: str
) -> None:
    (found,) = findings(STYLING, text)
    assert (found.rule, found.code, found.audience) == (5, code, "both")
    assert found.params == {"kind": kind, "plain": reads}
    assert found.span is not None
    start, end = found.span
    # To replace each span by its plain reading is to make the text plain.
    assert text[:start] + reads + text[end:] == plain(text) == "It is over."


@pytest.mark.parametrize(
    ("text", "piece", "reads"),
    [
        (
            '<img src="https://pics.example/1.png" alt="a wall">',
            '<img src="https://pics.example/1.png" alt="a wall">',
            "a wall",
        ),
        ("see ![a wall](https://pics.example/1.png)", "![a wall](https://pics.example/1.png)", "a wall"),
        ("see [img]https://pics.example/1.png[/img]", "[img]https://pics.example/1.png[/img]", ""),
        ("see data:image/png;base64,iVBORw0KGgo=", "data:image/png;base64,iVBORw0KGgo=", ""),
        ("see <iframe src='https://v.example'></iframe>", "<iframe src='https://v.example'></iframe>", ""),
    ],
)
def test_embedded_images_say_what_stays_in_their_place(text: str, piece: str, reads: str) -> None:
    (found,) = findings(IMAGES, text)
    assert (found.rule, found.code, found.audience) == (11, "images.embedded", "both")
    assert found.span is not None
    assert text[slice(*found.span)] == piece
    assert found.params == {"plain": reads}
    assert findings(STYLING, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "__init__ and snake_case",
        "x<y and z>w",
        "I <3 it",
        "2*3*4 m*",
        "https://pics.example/1.png",  # a link to an image is a link, and welcome
        "The data: image quality is poor",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert findings(STYLING, text) == []
    assert findings(IMAGES, text) == []


def test_formatted_words_around_an_image_are_two_matters() -> None:
    text = "<p>See <img src=x alt=this></p>"
    assert [found.rule for found in (*findings(STYLING, text), *findings(IMAGES, text))] == [5, 11]


def test_a_text_full_of_it_is_told_in_a_few_findings() -> None:
    assert len(findings(STYLING, "**so** " * 500)) == 20
    assert len(findings(IMAGES, "![a](b) " * 500)) == 20


@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_any_text_can_be_checked_and_spans_lie_in_it(text: str) -> None:
    for found in (*findings(STYLING, text), *findings(IMAGES, text)):
        assert found.span is not None
        assert 0 <= found.span[0] < found.span[1] <= len(text)
