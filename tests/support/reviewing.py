"""A single check on a draft with whatever is known around it."""

from datetime import UTC, datetime
from typing import Any

from widget.netiquette.lists import WordLists
from widget.netiquette.rule import Context, Draft, Finding, Recent, Rule

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

# Short lists that a test can read at a glance.
LISTS = {
    "en": WordLists(
        placeholders=("anonymous", "john doe", "concerned citizen", "name", "guest", "user"),
        advertising=("free quote", "call now for"),
        calls=("sign the petition", "boycott them all"),
    ),
    "fr": WordLists(
        placeholders=("anonyme", "monsieur", "un lecteur"),
        advertising=("devis gratuit",),
        calls=("n'achetez plus", "signez la pétition"),
    ),
    "es": WordLists(placeholders=("fulano", "anónimo"), calls=("firmad todos",)),
    "ar": WordLists(placeholders=("قارئ", "فاعل خير"), calls=("تبرعوا الآن", "وقعوا عريضتنا")),
    "zh": WordLists(
        placeholders=("匿名", "张三", "热心市民"), advertising=("微信：", "有意私聊"), calls=("请签名",)
    ),
}


def findings(
    rule: Rule, text: str = "x", language: str = "en", *, name: str = "", place: str = "", **known: Any
) -> list[Finding]:
    """Return what a check notices on a draft; `known` goes into the context."""
    context = Context(NOW, 5000, lists=LISTS, **known)
    return list(rule.check(Draft(text, language, name, place), context))


def recent(*texts: str, same_writer: bool = True) -> tuple[Recent, ...]:
    """Return earlier texts, numbered from 1."""
    return tuple(Recent(number, text, same_writer, False) for number, text in enumerate(texts, start=1))
