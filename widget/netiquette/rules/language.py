"""Rule 9: a comment in another language than the article's. Where that is not certain, nothing is said.

The whole text and the text without names, quotations and addresses have to agree. Short comments, names,
titles, a few foreign words and Arabic in Latin letters are no finding.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import regex

from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text import languages
from widget.text.quotation import quotations

# Measured with the labelled sets: above these no comment in the article's language is found.
_SURE, _SURE_OF_REST, _LIKELIEST = 0.9, 0.8, 0.8
_FEWEST_WORDS, _FEWEST_OF_REST, _FEWEST_OF_SCRIPT = 6, 4, 4
_MOST_OF_IT = 0.7
# A sentence alone is less to go by.
_SURE_OF_SENTENCE, _MIXED, _ALL_OF_IT = 0.95, 0.5, 0.8
# A comment's language is plain from its beginning; hostile ones have thousands of sentences.
_MOST, _MOST_SENTENCES = 3000, 20
# Japanese mixes both scripts; a Chinese text may hold a word of Japanese.
_KANA = 0.5
_ONLY_LANGUAGE = {"Han": "zh", "Kana": "ja", "Hangul": "ko", "Greek": "el", "Hebrew": "he"}

# Words that hold sentences together, of no other language nearby: with some of these, foreign words are on a
# menu or in a list of names.
_TELLING = {
    "en": regex.compile(r"\b(?:the|and|of|that|with|they|this|which|would)\b", regex.IGNORECASE),
    "fr": regex.compile(r"\b(?:le|les|des|et|est|dans|avec|mais|pour)\b", regex.IGNORECASE),
    "es": regex.compile(r"\b(?:el|los|las|y|pero|muy|con|una)\b", regex.IGNORECASE),
}
_TELLING_AT_LEAST, _TELLING_SHARE = 2, 0.12

_ADDRESS = regex.compile(r"(?:https?://|www\.)\S++|(?<!\S)[^\s@]{0,64}+@\S++|#\S++", regex.IGNORECASE)
# Without any of these a text holds none, and need not be gone through.
_ADDRESS_SIGNS = ("@", "#", "www.", "://")
# Within a sentence, capitals mark names, and in German nouns, which it can do without here.
_NAME = regex.compile(
    r"(?<=[\p{L}\p{M}\p{N},'’)»”\"-][ \u00a0\u202f]?)\p{Lu}[\p{L}\p{M}'’-]*+|\b\p{Lu}[\p{Lu}\p{N}.]++\b"
)
_SENTENCE = regex.compile(r"[^.!?…。！？؟؛\n]++[.!?…。！？؟؛\n]*+")
# Digits stand for the Arabic letters that the Latin alphabet lacks: "3lach", "sba7".
_ARABIC_IN_LATIN = regex.compile(
    r"\b(?:[23579][a-z]{3,}+|[a-z]++[23579][a-z]++|[a-z]{2,}+[379])\b", regex.IGNORECASE
)


@dataclass(frozen=True)
class _Text:
    """A text, and the same without names, quotations and addresses (blanked out, so that spans stay)."""

    whole: str
    rest: str

    def part(self, start: int, end: int) -> "_Text":
        return _Text(self.whole[start:end], self.rest[start:end])


class _Part(NamedTuple):
    """Sentences in another language: the longest one's span and language, and their share of all words."""

    span: tuple[int, int]
    language: str
    share: float


def check(draft: Draft, _context: Context) -> Iterator[Finding]:
    """Tell writer and editor that a comment, or most of it, is in another language than the article."""
    article = draft.language.split("-")[0].lower()
    if article not in languages.KNOWN:
        return
    whole = draft.text[:_MOST]
    small = whole.lower()
    if any(sign in small for sign in _ADDRESS_SIGNS):
        whole = _blanked(_ADDRESS, whole)
    text = _Text(whole, _blanked(_NAME, _without_quotations(whole)))
    other = _other(text, article, _SURE)
    part = _other_part(text, article)
    if other is not None and (part is None or part.share >= _ALL_OF_IT):
        yield Finding(9, "language.other", "both", params={"language": other})
    elif part is not None and (other is not None or part.share >= _MIXED):
        yield Finding(9, "language.mixed", "both", part.span, {"language": part.language})


def _other(text: _Text, article: str, sure: float) -> str | None:
    """Return the language of a text if it certainly is not the article's."""
    counts = languages.words_by_script(text.rest)
    if not counts:
        return None
    script, count = _main_script(counts)
    if count < _MOST_OF_IT * counts.total():
        return None
    if script not in ("Latin", "Arabic"):
        written = script == languages.SCRIPT_OF.get(article, "Latin")
        return None if written or count < _FEWEST_OF_SCRIPT else _language_of(script, text.rest)
    if count < _FEWEST_OF_REST or languages.words_by_script(text.whole)[script] < _FEWEST_WORDS:
        return None
    if script == "Latin" and article == "ar" and _ARABIC_IN_LATIN.search(text.whole):
        return None
    if len(counts) > 1:
        text = _Text(languages.only(script, text.whole), languages.only(script, text.rest))
    return _agreed(text, article, sure)


def _main_script(counts: Counter[str]) -> tuple[str, int]:
    """Return the script of most words and their number; Japanese is Han and Kana together."""
    if counts["Kana"] > _KANA * counts["Han"]:
        counts = Counter(counts)
        counts["Kana"] += counts.pop("Han", 0)
    return counts.most_common(1)[0]


def _language_of(script: str, text: str) -> str:
    return _ONLY_LANGUAGE.get(script) or languages.guess(text, "").language


def _agreed(text: _Text, article: str, sure: float) -> str | None:
    """Return the language on which the whole text and the rest agree that it is not the article's."""
    first = languages.guess(text.whole, article)
    if first.language == article or first.probability < _LIKELIEST or first.asked > 1 - sure:
        return None
    if _holds_together(text.rest, article):
        return None
    second = languages.guess(text.rest, article)
    agreed = first.language == second.language and second.asked <= 1 - _SURE_OF_REST
    return first.language if agreed else None


def _holds_together(text: str, article: str) -> bool:
    """Whether words of the article's language hold a text together that is full of foreign ones."""
    if article not in _TELLING:
        return False
    telling = {word.lower() for word in _TELLING[article].findall(text)}
    share = len(_TELLING[article].findall(text)) / max(1, languages.words_by_script(text).total())
    return len(telling) >= _TELLING_AT_LEAST and share >= _TELLING_SHARE


def _other_part(text: _Text, article: str) -> _Part | None:
    """Return what the sentences in another language have in common, if there are several and some are."""
    sentences = [match.span() for match in islice(_SENTENCE.finditer(text.whole), _MOST_SENTENCES)]
    if len(sentences) < 2 or _is_plain(text.rest, article):
        return None
    found: list[tuple[int, tuple[int, int], str]] = []
    for start, end in sentences:
        other = _other(text.part(start, end), article, _SURE_OF_SENTENCE)
        if other is not None:
            found.append((languages.words_by_script(text.whole[start:end]).total(), (start, end), other))
    if not found:
        return None
    share = sum(words for words, _, _ in found) / languages.words_by_script(text.whole).total()
    _, (start, end), other = max(found)
    written = text.whole[start:end]
    return _Part((end - len(written.lstrip()), start + len(written.rstrip())), other, share)


def _is_plain(text: str, article: str) -> bool:
    """Whether a text is so clearly in the article's language that there is no need to look at its sentences."""
    scripts = languages.words_by_script(text)
    if scripts.keys() - {languages.SCRIPT_OF.get(article, "Latin")}:
        return False
    return article == "zh" or languages.guess(text, article).asked >= _SURE


def _without_quotations(text: str) -> str:
    # A word of one's own behind it, for what is nothing but a title passes for the writer's words there.
    for start, end in quotations(f"{text} x"):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _blanked(pattern: "regex.Pattern[str]", text: str) -> str:
    return pattern.sub(lambda match: " " * len(match.group()), text)


LANGUAGE = Rule(slug="language-and-topic", name="language", check=check)
