"""What a single check notices in a text, with small word lists that a test can read at a glance."""

from collections.abc import Mapping
from datetime import UTC, datetime

from widget.netiquette.lists import WordLists
from widget.netiquette.rule import Context, Draft, Finding, Rule

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

# Mild words of our own choice stand in for the real ones wherever a test does not need those.
LISTS: Mapping[str, WordLists] = {
    "en": WordLists(
        vulgar=("bollocks", "fuck", "shit"),
        insult=("scumbag", "half-wit", "go to hell"),
        insult_aimed=("idiot", "idiots", "stupid", "liar", "thick", "muppet", "pig", "fool"),
        hatred=("towelhead",),
        hatred_patterns=("go back to where you came from",),
        threats=("i know where you live",),
        aim=("you are", "you are a", "you are an", "you're", "he is a", "what are you, a", "shut up"),
        safe=("fool's gold", "guinea pig"),
        acronyms=("nato", "send", "british museum"),
        shouted_short=("no", "not", "don't"),
    ),
    "fr": WordLists(
        vulgar=("merde", "bite", "chier"),
        insult=("connard", "enculé", "ta gueule"),
        insult_aimed=("con", "idiot", "menteur"),
        aim=("vous êtes", "vous êtes un", "tu es", "espèce de"),
        safe=("bite d'amarrage",),
        acronyms=("otan", "insee", "le monde"),
        shouted_short=("non", "pas"),
    ),
    "es": WordLists(
        vulgar=("coño", "mierda", "puta", "ano"),
        insult=("cabrón", "hijo de puta"),
        insult_aimed=("idiota", "burro", "mentiroso", "payaso"),
        aim=("eres", "eres un", "cállate ya"),
        safe=("cono", "cono sur"),
        acronyms=("onu", "otan"),
        shouted_short=("no", "ya"),
    ),
    "ar": WordLists(
        vulgar=("خرا", "a7a"),
        insult=("ابن الكلب",),
        insult_aimed=("غبي", "حمار", "كلب", "كذاب"),
        aim=("أنت", "أنتم"),
        safe=("داء الكلب",),
    ),
    "zh": WordLists(
        vulgar=("操你", "他妈的", "cnm"),
        insult=("蠢货",),
        insult_aimed=("白痴", "傻瓜", "无耻", "sb"),
        aim=("你是", "你这个", "楼上"),
        safe=("体操你", "傻瓜相机"),
    ),
}


def context() -> Context:
    """Return a context that knows nothing but the lists."""
    return Context(NOW, 5000, lists=LISTS)


def findings(rule: Rule, text: str, language: str = "en") -> list[Finding]:
    """Return what a check notices in a text."""
    return list(rule.check(Draft(text, language), context()))


def noticed(rule: Rule, text: str, language: str = "en") -> list[str]:
    """Return the pieces of a text that a check notices."""
    return [text[slice(*finding.span)] for finding in findings(rule, text, language) if finding.span]
