"""Formatting is recognised and taken out; what only looks like it survives byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widget.text.plain import marks, plain

HTML = ("<b>", "</b>", "<img src=x alt=y>", "<a href='http://a.b'>", "</a>", "<svg>", "</svg>", "<", ">", "&")
BBCODE = ("[i]", "[/i]", "[img]", "[/img]", "![a](b)", "[a](http://c.d)", "data:image/png;base64,AAA=")
MARKDOWN = ("**", "*", "_", "__", "~~", "`", "# ", "\n", " ", "word", "重要", "http://e.f/_g_", "\ud800")
PIECES = st.lists(
    st.sampled_from((*HTML, *BBCODE, *MARKDOWN, "𝗯𝗼𝗹𝗱", "u\u0332n\u0332d\u0332")), max_size=14
).map("".join)
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=60) | PIECES


@pytest.mark.parametrize(
    ("text", "unformatted"),
    [
        # HTML: known tags in pairs, whatever their attributes.
        ("I <b>never</b> said", "I never said"),
        ('a <span style="color:red">red</span> word', "a red word"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
        ("<b><i>both</i></b>", "both"),
        ('see <a href="https://news.example/1">this</a>', "see this (https://news.example/1)"),
        ("<a href='https://news.example'>https://news.example</a>", "https://news.example"),
        # BBCode.
        ("[b]no[/b] and [COLOR=red]no[/COLOR]", "no and no"),
        ("[url=https://news.example]there[/url]", "there (https://news.example)"),
        # Markdown.
        ("this is **not** it", "this is not it"),
        ("this is *not* it", "this is not it"),
        ("***very*** _much_ __so__ ~~indeed~~", "very much so indeed"),
        ("# Title\ntext", "Title\ntext"),
        ("**a *b* c**", "a b c"),
        ("[this](https://news.example)", "this (https://news.example)"),
        ("*لا* للقرار", "لا للقرار"),
        ("这是**重要**的，不是*意外*", "这是重要的，不是意外"),
        # Letters in disguise, and lines drawn under and through them.
        ("𝗧𝗵𝗶𝘀 𝗶𝘀 loud", "This is loud"),
        ("ⓢⓗⓐⓜⓔ and 🆂🅷🅰🅼🅴", "shame and SHAME"),
        ("ꜱᴍᴀʟʟ and ｗｉｄｅ", "small and wide"),
        ("n\u0332o\u0332w\u0332", "now"),
        ("g\u0336o\u0336n\u0336e\u0336", "gone"),
        # Images leave their words or nothing.
        ('look: <img src="https://pics.example/1.jpg" alt="a wall">', "look: a wall"),
        ("![the wall](https://pics.example/1.png) cracked", "the wall cracked"),
        ("[img]https://pics.example/1.png[/img] there", "there"),
        ("a <img src=x> wall", "a wall"),
        ("file: data:image/png;base64,iVBORw0KGgo=", "file:"),
        ("<svg><path d='M0'/></svg>end", "end"),
    ],
)
def test_formatting_is_taken_out(text: str, unformatted: str) -> None:
    assert plain(text) == unformatted


@pytest.mark.parametrize(
    "text",
    [
        "__init__",
        "the method __init__ and __getattr__, then object.__str__()",
        "snake_case and really_long_snake_case_names",
        "x<y and z>w",
        "a<b and c>d",
        "a<b>c",  # a tag without its partner may be arithmetic
        "I <3 this town",
        "2*3*4 and 5 * 3 * 2 and 2**3**4",
        "4.1 m* and the footnote said *give or take",
        "f**k that, s**t",
        "张**和李**的房子",  # surnames with the rest blotted out
        "他**的就是不管",
        "anonyme[s] et lecteur[s]",
        "[i] and [b] are footnotes",
        "see [here](page 4)",
        "C:\\temp\\_x_\\y",
        "https://news.example/_a_/*b*?c=__d__",
        "run `**this**` as it stands",
        "¯\\_(ツ)_/¯ ^_^ -_- T_T",
        "- one\n- two\n* three\n* four",
        "1. one\n> quoted",
        "#metoo is # 1",
        "_____",
        "~20 % ~ 30 %",
        "𝕏 and ℓ and m² and 1ᵉʳ and Mᵐᵉ and XIXᵉ",
        "🅿️ 🆗 🇫🇷 ⓘ",
        "ＡＢＣ 公司",  # how a Chinese keyboard writes
        "s̲h̲",  # a transliteration
        "<sarcasm>sure</sarcasm>",
        "&amp; &lt;b&gt;",
        "é𝘁é̲",  # one letter is a symbol, one line an accent
        "naïve Ελλάδα Ångström",
        "",
    ],
)
def test_what_is_no_formatting_survives_byte_for_byte(text: str) -> None:
    assert plain(text) == text
    assert marks(text) == ()


def test_a_piece_says_what_formats_it_where_it_stands_and_how_it_reads_plain() -> None:
    text = "So <b>very *loud*</b> 𝗻𝗼𝘄 ![wall](https://pics.example/1.png)"
    found = [(mark.kind, text[mark.start : mark.end], mark.plain) for mark in marks(text)]
    assert found == [
        ("html", "<b>very *loud*</b>", "very loud"),
        ("letters", "𝗻𝗼𝘄", "now"),
        ("image", "![wall](https://pics.example/1.png)", "wall"),
    ]


def test_an_image_within_formatted_words_is_a_piece_of_its_own() -> None:
    assert [mark.kind for mark in marks("<p>See <img src=x alt=this></p>")] == ["html", "image"]


@given(TEXTS)
def test_any_text_has_a_plain_form_and_its_pieces_lie_in_it(text: str) -> None:
    assert len(plain(text)) <= len(text) + text.count("<br") + text.count("<hr")
    for mark in marks(text):
        assert 0 <= mark.start < mark.end <= len(text)


@given(st.text(st.characters(categories=["L", "Zs"], max_codepoint=0x17F), max_size=60))
def test_words_and_spaces_are_never_touched(text: str) -> None:
    assert plain(text) == text


@given(PIECES)
def test_a_text_without_pieces_is_its_own_plain_form(text: str) -> None:
    assert (plain(text) == text) is (marks(text) == ())
