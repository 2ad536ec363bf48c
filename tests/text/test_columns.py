"""Wrapping to columns, in scripts that put spaces between words and in one that does not."""

import pytest

from widget.text.columns import width, wrapped

CHINESE = (
    "您好，您在《奥斯特雷勒报》注册了评论帐户。请打开下面的页面并按“确认”，编辑才能收到您所写的内容；在此之前，"
    "您的评论会一直等待，任何人都不会读到它们。"
)


@pytest.mark.parametrize(
    ("text", "columns"),
    [("Zürich", 6), ("e\u0301te\u0301", 3), ("您好。", 6), ("ＡＢ", 4), ("مرحبا", 5), ("", 0)],
)
def test_wide_characters_take_two_columns(text: str, columns: int) -> None:
    assert width(text) == columns


def test_words_stay_whole_and_nothing_is_lost() -> None:
    text = "The editors read every comment before anyone else sees it, usually within the hour."
    rows = wrapped(text, 24)
    assert max(map(width, rows)) <= 24
    assert " ".join(rows) == text


def test_a_link_that_is_too_long_stays_whole_on_a_line_of_its_own() -> None:
    link = "https://comments.news.example/account/confirm/" + "x" * 60
    assert wrapped(f"Open {link} and press", 40) == ["Open", link, "and press"]


@pytest.mark.parametrize("columns", range(8, 80))
def test_chinese_is_wrapped_between_characters_and_never_before_what_closes(columns: int) -> None:
    rows = wrapped(CHINESE, columns)
    assert "".join(rows) == CHINESE
    assert max(map(width, rows)) <= columns
    for row in rows:
        assert row[0] not in "，。；”》"
        assert row[-1] not in "《“"


def test_chinese_is_broken_around_latin_words_and_not_within() -> None:
    rows = wrapped("请写信给 Ostrelle 编辑部并附上 comments 的编号", 12)
    assert {"Ostrelle", "comments"} <= {word for row in rows for word in row.replace("编", " 编").split()}
    assert max(map(width, rows)) <= 12


@pytest.mark.parametrize("line", ["", "   "])
def test_an_empty_line_stays_one(line: str) -> None:
    assert wrapped(line, 72) == [""]
