"""Which language a text is in, as far as its letters and a model of letter sequences can tell."""

import re
from collections import Counter
from functools import cache, lru_cache
from typing import Any, NamedTuple

import regex

# Languages that comments on the news are written in. Without the small relatives of the big ones (Walloon,
# Extremaduran, Moroccan Arabic), which the model would give a share of every French, Spanish or Arabic text.
# fmt: off
KNOWN = frozenset({
    "af", "am", "ar", "az", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu",
    "fa", "fi", "fr", "ga", "gl", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk",
    "ko", "ku", "la", "lt", "lv", "mk", "ml", "mr", "ms", "mt", "ne", "nl", "no", "pa", "pl", "ps",
    "pt", "ro", "ru", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk",
    "ur", "uz", "vi", "zh",
})
# fmt: on
# A language is plain after so many characters; more only take time.
_MOST = 2000

_IDEOGRAPHIC = r"[\p{Han}\p{Hiragana}\p{Katakana}]"
SCRIPT_OF = {"ar": "Arabic", "zh": "Han"}
_SPACED = ("Latin", "Arabic", "Hangul", "Cyrillic", "Greek", "Hebrew")
_UNSPACED = ("Han", "Hiragana", "Katakana")
# Single letters are no words to go by: initials, and words spelt out ("p u t a i n").
_WORD = regex.compile(
    "|".join(
        [
            *(
                rf"(?P<{script}>\p{{{script}}}(?:(?!{_IDEOGRAPHIC})[\p{{L}}\p{{M}}'’])++)"
                for script in _SPACED
            ),
            *(rf"(?P<{script}>\p{{{script}}})" for script in _UNSPACED),
            rf"(?P<other>(?!{_IDEOGRAPHIC})\p{{L}}(?:(?!{_IDEOGRAPHIC})[\p{{L}}\p{{M}}])++)",
        ]
    )
)
# The same for a text of plain letters, by an engine that is quicker at it.
_ASCII_WORD = re.compile(r"[A-Za-z][A-Za-z']+")
# Written without spaces too, and no script of a language of ours.
_ALSO_UNSPACED = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_LETTERS_OF_A_WORD = 4
# In Chinese and Japanese, a word takes about two characters.
_CHARACTERS_OF_A_WORD = 2


class Guess(NamedTuple):
    """The likeliest language of a text and its probability, with that of one language asked for."""

    language: str
    probability: float
    asked: float


@lru_cache(maxsize=64)
def guess(text: str, asked: str) -> Guess:
    """Return what language a text is likely to be in, and how likely the one asked for is."""
    ranked: dict[str, float] = dict(_identifier().rank(text[:_MOST]))
    language = max(ranked, key=ranked.__getitem__)
    return Guess(language, ranked[language], ranked.get(asked, 0.0))


@lru_cache(maxsize=64)
def words_by_script(text: str) -> Counter[str]:
    """Return how many words of each script a text holds; characters of Chinese and Japanese count as half."""
    if text.isascii():
        return +Counter(Latin=len(_ASCII_WORD.findall(text)))
    return _words_of_any_script(text)


def _words_of_any_script(text: str) -> Counter[str]:
    counts = Counter(match.lastgroup or "other" for match in _WORD.finditer(text))
    kana = counts.pop("Hiragana", 0) + counts.pop("Katakana", 0)
    counts["Kana"] = -(-kana // _CHARACTERS_OF_A_WORD)
    counts["Han"] = -(-counts["Han"] // _CHARACTERS_OF_A_WORD)
    if counts["other"]:
        counts["other"] += len(_ALSO_UNSPACED.findall(text)) // _LETTERS_OF_A_WORD
    return +counts


def only(script: str, text: str) -> str:
    """Return a text with the letters of every other script blanked out."""
    return _other_letters(script).sub(" ", text)


@cache
def _other_letters(script: str) -> "regex.Pattern[str]":
    return regex.compile(rf"[\p{{L}}--\p{{{script}}}]", regex.V1)


@cache
def _identifier() -> Any:
    """Load the model (about 75 MB, most of a second) when the first text needs it."""
    import py3langid

    langid = py3langid.langid
    every = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    every.set_languages(KNOWN & set(every.labels))
    # A second one out of what is left, so that the other languages' half of the tables (27 MB) can go.
    return langid.LanguageIdentifier(
        every.nb_ptc,
        every.nb_pc,
        every.nb_classes,
        every.tk_nextmove,
        every.tk_output,
        norm_probs=True,
        tk_row=every.tk_row,
    )
