"""A stored text as paragraphs of strings and links: the form the public gets, without HTML."""

from typing import NamedTuple
from urllib.parse import urlsplit

import regex


class Link(NamedTuple):
    """A link: where it leads and how it reads."""

    href: str
    text: str


Paragraph = tuple[str | Link, ...]

# Only what carries a scheme or `www.` is a link; "ASP.NET" and "e.g.this" are words. Chinese puts no space
# behind an address, so its punctuation ends one.
_URL = regex.compile(
    r"(?<![\p{Latin}\p{Cyrillic}\p{Arabic}\p{N}_@.])(?:https?://|www\.)[^\s<>\"“”«»。，；：！？、《》\u2028\u2029]+",
    regex.IGNORECASE,
)
_TRAILING = ".,;:!?…'’\"”»。，；：！？、、،؛؟"
_PAIRS = {")": "(", "]": "[", "}": "{", "）": "（", "】": "【", "」": "「"}
_BLANK_LINES = regex.compile(r"\n[ \t]*\n\s*")

_RTL = regex.compile(r"[\p{Arabic}\p{Hebrew}\p{Syriac}\p{Thaana}\p{Nko}]")
_STRONG = regex.compile(r"\p{L}")


def paragraphs(text: str) -> list[Paragraph]:
    """Split a text into paragraphs at blank lines; single line breaks stay in the strings."""
    return [_linked(part.strip("\n")) for part in _BLANK_LINES.split(text) if part.strip()]


def direction(text: str) -> str:
    """Return `rtl` when the first letter belongs to a right-to-left script, else `ltr`."""
    first = _STRONG.search(text)
    return "rtl" if first and _RTL.match(first.group()) else "ltr"


def _linked(part: str) -> Paragraph:
    """Return one paragraph with its addresses as links."""
    pieces: list[str | Link] = []
    at = 0
    for match in _URL.finditer(part):
        shown = _trimmed(match.group())
        href = shown if shown[:4].lower() == "http" else f"https://{shown}"
        if not _leads_somewhere(href):
            continue
        if match.start() > at:
            pieces.append(part[at : match.start()])
        pieces.append(Link(href, shown))
        at = match.start() + len(shown)
    if at < len(part):
        pieces.append(part[at:])
    return tuple(pieces)


def _trimmed(url: str) -> str:
    """Drop what ends the sentence rather than the address: punctuation and unmatched brackets."""
    # Counted once: a text of nothing but brackets would take seconds otherwise.
    unmatched = {shut: url.count(shut) - url.count(opening) for shut, opening in _PAIRS.items()}
    end = len(url)
    while end:
        last = url[end - 1]
        if unmatched.get(last, 0) > 0:
            unmatched[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end]


def _leads_somewhere(href: str) -> bool:
    """Whether an address has a host with a dot, and neither user nor password."""
    try:
        parts = urlsplit(href)
        return bool(parts.hostname and "." in parts.hostname.strip(".")) and "@" not in parts.netloc
    except ValueError:
        return False
