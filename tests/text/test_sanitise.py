"""Texts as HTML: whatever is typed is shown as it was typed, and nothing of it is ever markup."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.payloads import PAYLOADS
from widget.text import sanitise, structure
from widget.text.normalise import clean


class Reader(HTMLParser):
    """Reads HTML as a browser's tokenizer does, and notes tags, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        self.text += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl!r}")


def read(text: str) -> Reader:
    """Return a text's HTML as read."""
    return Reader(str(sanitise.html(structure.paragraphs(text))))


def harmless(reader: Reader) -> bool:
    """Whether there is nothing but paragraphs, line breaks and marked links to http."""
    hrefs = [value or "" for name, value in reader.attributes if name == "href"]
    rels = {value for name, value in reader.attributes if name == "rel"}
    return (
        reader.tags <= {"p", "br", "a"}
        and {name for name, _ in reader.attributes} <= {"href", "rel"}
        and all(href.lower().startswith(("http://", "https://")) for href in hrefs)
        and rels <= {"nofollow ugc noopener"}
    )


def test_the_html_of_a_letter() -> None:
    parts = structure.paragraphs('One & "two"\n<3 see https://a.example/?a=1&b=2.\n\nAT&amp;T')
    assert str(sanitise.html(parts)) == (
        '<p>One &amp; "two"<br>&lt;3 see <a href="https://a.example/?a=1&amp;b=2" '
        'rel="nofollow ugc noopener">https://a.example/?a=1&amp;b=2</a>.</p><p>AT&amp;amp;T</p>'
    ).replace('"two"', "&#34;two&#34;")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_shown_and_not_run(payload: str) -> None:
    text = clean(f"Before {payload} after")
    reader = read(text)
    assert harmless(reader)
    assert "".join(reader.text.split()) == "".join(text.split())


@given(st.text(st.sampled_from("<>&\"'/=!-;# \nabpscriptjvon:htwx.()"), max_size=120))
def test_any_text_reads_back_as_it_was_written(text: str) -> None:
    reader = read(clean(text))
    assert harmless(reader)
    assert "".join(reader.text.split()) == "".join(clean(text).split())


def test_the_second_fence_stands_by_itself() -> None:
    """Were a piece ever to arrive as markup, bleach would still let no script through."""
    from markupsafe import Markup

    evil = [[Markup('<script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:x">y</a>')]]
    reader = Reader(str(sanitise.html(evil)))  # type: ignore[arg-type]
    assert harmless(reader)
    assert not any(value and "javascript" in value for _, value in reader.attributes)
