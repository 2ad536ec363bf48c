"""The underlined text of a card: nothing is lost, nothing executes, and the right words are marked."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.text import normalise
from widget.web.desk.passages import marked

_TAG = re.compile(r"<[^>]*>")
SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair))))


@pytest.mark.parametrize(
    ("text", "spans", "html"),
    [
        ("It is NOT so.", [(6, 9)], "<p>It is <mark>NOT</mark> so.</p>"),
        ("It is NOT so.", [], "<p>It is NOT so.</p>"),
        # Ranges that overlap or touch are one; an empty one is none.
        ("abcdef", [(1, 3), (2, 4), (4, 5), (0, 0)], "<p>a<mark>bcde</mark>f</p>"),
        # A range may run across paragraphs and lines, and beyond the end.
        ("ab\ncd\n\nef", [(1, 99)], "<p>a<mark>b<br>cd</mark></p><p><mark>ef</mark></p>"),
        # Markup is text, within a mark and without.
        ("<b>x</b> & y", [(0, 3)], "<p><mark>&lt;b&gt;</mark>x&lt;/b&gt; &amp; y</p>"),
        # Code points, not bytes or UTF-16 units.
        ("🙂 NON, é", [(2, 5)], "<p>🙂 <mark>NON</mark>, é</p>"),
    ],
)
def test_marks_stand_where_the_findings_are(text: str, spans: list[tuple[int, int]], html: str) -> None:
    assert marked(text, spans) == html


def test_a_mark_within_a_link_leaves_the_link_whole() -> None:
    html = marked("See https://a.example/pier now", [(0, 14)])
    assert '<a href="https://a.example/pier"' in html
    assert "<mark>https://a.</mark>" not in html.partition("<a")[0]
    assert _TAG.sub("", html) == "See https://a.example/pier now"


@given(st.text(alphabet=st.sampled_from("a b\n<>&\"'é🙂.https://x.yع"), max_size=60), SPANS)
def test_no_text_is_lost_or_becomes_markup(text: str, spans: list[tuple[int, int]]) -> None:
    text = normalise.clean(text)
    html = str(marked(text, spans))
    assert set(re.findall(r"</?(\w+)", html)) <= {"p", "br", "a", "mark"}
    assert html.count("<mark>") == html.count("</mark>")
    words = unescape(_TAG.sub("", html.replace("<br>", "\n").replace("</p>", "\n")))
    assert re.sub(r"\s", "", words) == re.sub(r"\s", "", text)
