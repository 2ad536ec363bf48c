"""Ways to reach somebody that stand in a text: telephone numbers, e-mail addresses, shortened links."""

from collections.abc import Iterator

import regex

from widget.text import telephone

_EMAIL = regex.compile(
    r"(?<![A-Za-z0-9._%+@/-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}+[@＠﹫]"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}+(?:\.(?=[A-Za-z0-9])[A-Za-z0-9-]{1,62}+)++)"
)
# Written out for people: "name [at] post [dot] example", "nombre arroba correo punto example".
_NAME = r"[\p{Latin}0-9._+-]{1,64}+"
_AT = r"(?:\s?[\[({<]\s?(?:at|arroba|arobase|chez|à|@)\s?[\])}>]\s?|\s(?:arroba|arobase)\s)"
_DOT = r"(?:\.|\s?[\[({<]\s?(?:dot|punto|point|\.)\s?[\])}>]\s?|\s(?:dot|punto|point)\s)"
_LABEL = r"[\p{Latin}0-9-]{2,63}+"
_EMAIL_SPELT = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}]){_NAME}(?:{_AT}{_LABEL}(?:{_DOT}{_LABEL})+|\sat\s{_LABEL}(?:\sdot\s{_LABEL})+)",
    regex.IGNORECASE,
)
# Without any of these a text holds none of either kind: looking for them is the dearest thing done to most texts.
_EMAIL_SIGNS, _BRACKETS = frozenset("@＠﹫"), frozenset("[({<")
_SPELT_SIGNS = ("arroba", "arobase", "dot")
# Hosts whose links say nothing of where they lead. Short forms of one publication or shop are not among them.
_SHORTENERS = (
    r"0rz\.tw|bit\.do|bit\.ly|bitly\.com|bl\.ink|buff\.ly|cli\.gs|clck\.ru|cutt\.ly|dlvr\.it|dwz\.cn|"
    r"dwz\.date|fb\.me|goo\.gl|goo\.su|is\.gd|j\.mp|kutt\.it|lihi\.cc|lihi1\.cc|lnk\.bio|lnkd\.in|"
    r"mcaf\.ee|ow\.ly|pesc\.pw|pic\.gd|ppt\.cc|pse\.is|qr\.ae|rb\.gy|rebrand\.ly|reurl\.cc|rotf\.lol|"
    r"s\.id|short\.gy|shorturl\.asia|shorturl\.at|shrtco\.de|sina\.lt|soo\.gd|sourl\.cn|suo\.im|suo\.nz|"
    r"t\.cn|t\.co|t\.ly|t2m\.io|tiny\.cc|tiny\.one|tinyurl\.com|tr\.im|u\.nu|u\.to|url\.cn|v\.gd|v\.ht|"
    r"w\.wiki|wa\.me|x\.co|y2u\.be"
)
_SHORT_LINK = regex.compile(
    r"(?<![\p{Latin}\p{N}_.@/-])(?:https?://)?(?:www\.)?"
    rf"(?:{_SHORTENERS})/[\p{{Latin}}\p{{N}}_.~%-]++",
    regex.IGNORECASE,
)
_ADDRESS = regex.compile(r"(?:https?://|www\.)[^\s<>\"“”«»，。；！？]++", regex.IGNORECASE)

Span = tuple[int, int]


def emails(text: str) -> Iterator[Span]:
    """Yield the spans of e-mail addresses, in the usual form or spelt out for people."""
    found = [] if _EMAIL_SIGNS.isdisjoint(text) else [match.span() for match in _EMAIL.finditer(text)]
    spelt = [match.span() for match in _EMAIL_SPELT.finditer(text)] if _may_be_spelt(text) else []
    yield from sorted(set(found) | {span for span in spelt if not _meets(span, found)})


def _may_be_spelt(text: str) -> bool:
    folded = text.casefold()
    return not _BRACKETS.isdisjoint(text) or any(sign in folded for sign in _SPELT_SIGNS)


def short_links(text: str) -> Iterator[Span]:
    """Yield the spans of links that a shortening service hides behind."""
    for match in _SHORT_LINK.finditer(text):
        yield match.span()


def phones(text: str, language: str) -> Iterator[Span]:
    """Yield the spans of telephone numbers, as they are written where a language is spoken."""
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    for span in telephone.numbers(text, language):
        if not _meets(span, addresses):
            yield span


def _meets(span: Span, others: list[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
