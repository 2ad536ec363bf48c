"""Formatting typed into a text: HTML, BBCode and Markdown, and what to take out so that plain words stay.

Recognised is only what is plainly meant as formatting: known tags in pairs, emphasis that hugs its words.
`x<y and z>w`, `<3`, `__init__`, snake_case and `2*3*4` are none.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import regex

Kind = Literal["html", "bbcode", "markdown", "letters", "lines", "image"]


class Edit(NamedTuple):
    """Replace the code points from start to end; `whole` is the range that the reader sees as one piece."""

    start: int
    end: int
    plain: str
    kind: Kind
    whole: tuple[int, int]


class _Tag(NamedTuple):
    start: int
    end: int
    value: str


_ATTRIBUTE = r"""\s++([a-z][\w:-]*+)(?:\s*+=\s*+("[^"<>]*+"|'[^'<>]*+'|[^\s"'<>=`]++))"""
_TAG = regex.compile(rf"<(/?)([a-z][a-z0-9]*+)((?:{_ATTRIBUTE})*+)\s*+/?>", regex.IGNORECASE)
_ATTRIBUTES = regex.compile(_ATTRIBUTE, regex.IGNORECASE)


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_PAIRED = _names(
    "a abbr b big blink blockquote body center cite code del div em font h1 h2 h3 h4 h5 h6 html i ins kbd li "
    "mark marquee ol p pre q s script section small span strike strong style sub sup table tbody td th thead "
    "tr tt u ul"
)
_BLOCKS = _names("blockquote center div h1 h2 h3 h4 h5 h6 li ol p pre section table tr ul")
_MEDIA = _names("audio canvas embed iframe object picture svg video")

_BBCODE = regex.compile(
    r"\[(/?)(b|i|u|s|color|size|font|quote|url|img|center|left|right|code|list|spoiler|email|highlight)"
    r"(?:=([^\[\]\n]*+))?\]",
    regex.IGNORECASE,
)

_MD_IMAGE = regex.compile(r"!\[([^\[\]\n]*+)\]\(\s*+[^()\s]++(?:\s++\"[^\"\n]*+\")?\s*+\)")
_MD_LINK = regex.compile(r"(?<!!)\[([^\[\]\n]++)\]\(\s*+((?:https?://|www\.|mailto:)[^()\s]++)[^()\n]*+\)")
_DATA_URI = regex.compile(
    r"\bdata:(?:(?:image|audio|video|font|application)/[\w.+-]++(?:;[\w.=-]++)*+|[\w.+/-]*+(?:;[\w.=-]++)*?;base64)"
    r",[\w+/=%.~-]*+",
    regex.IGNORECASE,
)
_MD_HEADING = regex.compile(r"^#{1,6}[ \t]++(?=[*_\"'«“]*+\p{L})[^\n]*+", regex.MULTILINE)
_MD_CODE = regex.compile(r"(`++)[^`\n]++\1")

# Emphasis hugs its words and stands free of others: "5*8", "m* … *give" and "f**k" are none.
# Chinese has no spaces to stand free with; what its stars blot out, in an oath or after a surname, is none either.
_OATHS = "他她它你妈媽操傻草日"
_SURNAMES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖萧蕭"
    "田董袁潘于於蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鐘谭譚陆陸汪范金石廖贾賈夏韦韋付方白邹鄒孟熊秦"
)
_STARS = regex.compile(
    r"(?<![\w*\\])(\*{1,3})(?=[^\s*])((?:[^*\n]|\n(?!\s*\n))++)(?<=[^\s*])\1(?![\w*])"
    rf"|(?<![[\w--\p{{Han}}]*\\{_OATHS}])(\*{{1,3}})(?=\p{{Han}})([\p{{Han}}\w]{{2,30}}+)(?<![{_SURNAMES}])\3"
    r"(?![[\w--\p{Han}]*])",
    regex.V1,
)
_UNDERSCORES = regex.compile(
    r"(?<![[\w--\p{Han}]\\/.:=\-])(_{1,3})(?=[^\s_])([^_\n]++)(?<=[^\s_])\1(?![[\w--\p{Han}](@/=]|\.\w)",
    regex.V1,
)
_STRUCK = regex.compile(
    r"(?<![\w~])(~~)(?=[^\s~])([^~\n]++)(?<=[^\s~])\1(?![\w~])"
    r"|(?<=\p{Han})(~~)([\p{Han}\w]{2,30}+)\3(?=\p{Han})"
)
_LETTER_OR_DIGIT = regex.compile(r"[\p{L}\p{N}]")
# Names that programmers write between double underscores, beside Python's own special methods.
_DUNDER = regex.compile(
    r"(?:a|r|i)?(?:add|sub|mul|matmul|truediv|floordiv|mod|divmod|pow|lshift|rshift|and|xor|or)"
    r"|init|new|del|main|name|file|doc|dict|slots|all|call|repr|str|bytes|format|hash|bool|len|iter|next"
    r"|reversed|contains|eq|ne|lt|le|gt|ge|enter|exit|aenter|aexit|aiter|anext|await|class|bases|mro|module"
    r"|version|author|path|spec|loader|package|cached|debug|import|getattr|getattribute|setattr|delattr|dir"
    r"|get|set|delete|getitem|setitem|delitem|missing|index|int|float|complex|round|trunc|floor|ceil|neg|pos"
    r"|abs|invert|annotations|qualname|weakref|reduce|copy|deepcopy|sizeof|subclasses|future|builtins|proto"
    r"|line|dirname|filename|function|defineGetter|FILE|LINE|DATE|TIME|DIR|FUNCTION|CLASS|METHOD|NAMESPACE"
)


def html(text: str) -> Iterator[Edit]:
    """Yield what to take out so that no HTML is left: tags in pairs, line breaks, images, media."""
    opened: dict[str, list[_Tag]] = {}
    for match in _TAG.finditer(text) if "<" in text else ():
        name, here = match.group(2).lower(), match.span()
        if name == "img":
            yield Edit(*here, _attribute(match.group(3), "alt"), "image", here)
        elif name in ("br", "hr"):
            yield Edit(*here, "" if text[here[1] : here[1] + 1] == "\n" else "\n", "html", here)
        elif name in _MEDIA and not match.group(1) and match.group().endswith("/>"):
            yield Edit(*here, "", "image", here)
        elif not match.group(1):
            opened.setdefault(name, []).append(_Tag(*here, _attribute(match.group(3), "href")))
        elif opened.get(name):
            yield from _pair(name, opened[name].pop(), here, text)


def bbcode(text: str) -> Iterator[Edit]:
    """Yield what to take out so that no BBCode is left; a tag without its partner stays ("anonyme[s]")."""
    opened: dict[str, list[_Tag]] = {}
    for match in _BBCODE.finditer(text) if "[/" in text else ():
        name, here = match.group(2).lower(), match.span()
        if not match.group(1):
            opened.setdefault(name, []).append(_Tag(*here, (match.group(3) or "").strip("\"' ")))
        elif opened.get(name):
            first = opened[name].pop()
            whole = (first.start, here[1])
            if name == "img":
                yield Edit(*whole, "", "image", whole)
                continue
            yield Edit(first.start, first.end, "", "bbcode", whole)
            yield Edit(*here, _address(first.value, text[first.end : here[0]]), "bbcode", whole)


def markdown(text: str) -> Iterator[Edit]:
    """Yield what to take out so that no Markdown emphasis, heading, link or image is left."""
    for match in _MD_IMAGE.finditer(text) if "![" in text else ():
        yield Edit(*match.span(), match.group(1).strip(), "image", match.span())
    for match in _MD_LINK.finditer(text) if "](" in text else ():
        plain = match.group(1) + _address(match.group(2), match.group(1))
        yield Edit(*match.span(), plain, "markdown", match.span())
    for match in _MD_HEADING.finditer(text) if "#" in text else ():
        marks = len(match.group()) - len(match.group().lstrip("#").lstrip(" \t"))
        yield Edit(match.start(), match.start() + marks, "", "markdown", match.span())
    for pattern, sign in ((_STARS, "*"), (_UNDERSCORES, "_"), (_STRUCK, "~~")):
        if sign in text:
            yield from _emphasis(pattern, text)


def data(text: str) -> Iterator[Edit]:
    """Yield files pasted as data addresses."""
    for match in _DATA_URI.finditer(text) if "," in text else ():
        yield Edit(*match.span(), "", "image", match.span())


def code(text: str) -> list[tuple[int, int]]:
    """Return the ranges between backticks: what stands there is quoted, not formatted."""
    return [match.span() for match in _MD_CODE.finditer(text)] if "`" in text else []


def _emphasis(pattern: "regex.Pattern[str]", text: str) -> Iterator[Edit]:
    """Yield the delimiters around emphasised words."""
    for match in pattern.finditer(text):
        inner = 2 if match.group(2) is not None else 4
        words, size = match.group(inner), len(match.group(inner - 1))
        if _LETTER_OR_DIGIT.search(words) is None:
            continue
        if match.group(1) == "__" and _DUNDER.fullmatch(words):
            continue
        start, end = match.span()
        yield Edit(start, start + size, "", "markdown", (start, end))
        yield Edit(end - size, end, "", "markdown", (start, end))


def _pair(name: str, first: _Tag, last: tuple[int, int], text: str) -> Iterator[Edit]:
    """Yield the edits for a tag and its partner."""
    whole = (first.start, last[1])
    if name in _MEDIA:
        yield Edit(*whole, "", "image", whole)
    elif name in _PAIRED:
        after = ""
        if name == "a":
            after = _address(first.value, text[first.end : last[0]])
        elif name in _BLOCKS and text[last[1] : last[1] + 1].strip():
            after = "\n"
        yield Edit(first.start, first.end, "", "html", whole)
        yield Edit(*last, after, "html", whole)


def _address(address: str, words: str) -> str:
    """Return the address of a link as it is to follow its words, or nothing where they are the address."""
    known = address.lower().startswith(("http://", "https://", "www."))
    return f" ({address})" if known and address not in words else ""


def _attribute(attributes: str, name: str) -> str:
    """Return the value of an attribute, without its quotation marks."""
    for match in _ATTRIBUTES.finditer(attributes):
        if match.group(1).lower() == name:
            return match.group(2).strip("\"'").strip()
    return ""
