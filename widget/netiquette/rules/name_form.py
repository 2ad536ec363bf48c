"""Rule 1: a gentle question where a name or place seems not to be written out; never more than a question.

Names of every origin pass: any letters and marks, hyphens, apostrophes, middle dots, initials beside a name
written out, particles, no spaces where the script has none. No check weighs where a name comes from.
"""

import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

import regex

from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text import letters
from widget.text.folding import words

_WORD = regex.compile(r"[^\s,;·・‧()\"“”«»„]+")
_LETTER = regex.compile(r"\p{L}")
_DIGIT = regex.compile(r"\p{N}")
# Roman numerals of one sign (Ⅲ) follow a name; ª and º shorten one (Mª).
_NUMERAL_SIGN = regex.compile(r"[Ⅰ-Ⅻ]")
_HIDDEN = regex.compile(r"[\p{Cf}\p{Cc}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800]")
# Persian, Urdu and Indian scripts need the joiners within their words.
_JOINER = regex.compile(r"(?<=[^\p{Latin}\p{Cyrillic}\p{Greek}\p{Han}]\p{M}*)[\u200c\u200d](?=[\p{L}\p{M}])")
_SIGN = regex.compile(r"[^\p{L}\p{M}\p{N}\p{Cf}\s'’‘ʼ`´ʻʹ.,;·・‧()\"“”«»„\p{Pd}᠆־]")

# Scripts written without spaces between given name and surname.
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
# Scripts of one writing system occur together within a word.
_FAMILIES = (
    ("Latin", regex.compile(r"\p{Latin}")),
    ("Cyrillic", regex.compile(r"\p{Cyrillic}")),
    ("Greek", regex.compile(r"\p{Greek}")),
    ("Arabic", regex.compile(r"\p{Arabic}")),
    ("Hebrew", regex.compile(r"\p{Hebrew}")),
    ("Armenian", regex.compile(r"\p{Armenian}")),
    ("Georgian", regex.compile(r"\p{Georgian}")),
    ("Cherokee", regex.compile(r"\p{Cherokee}")),
    ("East Asian", regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Bopomofo}]")),
)
_INITIAL = regex.compile(r"\p{L}\p{M}*[.’']?")
_INITIALS = regex.compile(r"(?:\p{L}\p{M}*\.){1,4}\p{L}?\p{M}*")
# Rows of keys, and one letter over and over.
_KEYS = ("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm", "wxcvbn")
_FEWEST_KEYS = 4
_SAME_LETTER = regex.compile(r"(\p{L})\1{2,}")
# "Un habitué du café": an article, then small letters only, is a description. Other articles are names too
# (Lê, Thế, Una), and many people write their own in small letters.
_DESCRIPTION = regex.compile(r"(?i:une?) \p{Ll}[\p{Ll}\p{M}'’ -]+ \p{Ll}[\p{Ll}\p{M}'’ -]*")
# Titles stand beside a name; alone with a letter or a placeholder they name nobody. Chinese ones follow it.
_TITLES = frozenset(
    {
        *("mr", "mrs", "ms", "miss", "mister", "monsieur", "madame", "mademoiselle"),
        *("mme", "mlle", "senor", "senora", "senorita", "sra", "srta"),
    }
)
_TITLED = regex.compile(
    r"\p{Han}(?:先生|女士|小姐|太太|同志|老师|老師|阿姨|叔叔|师傅|師傅|大爷|大爺|大妈|大媽)"
)
# Places that are none, in the languages of the product, as they are compared.
_NO_PLACE = frozenset(
    {
        *("nowhere", "somewhere", "anywhere", "none", "unknown", "n a", "na", "here", "test"),
        *("nulle part", "quelque part", "inconnu", "inconnue", "neant", "ici"),
        *("ninguna parte", "ningun lugar", "ningun sitio", "desconocido", "ninguno", "ninguna", "aqui"),
        *("لا مكان", "مجهول", "غير معروف", "اختبار", "هنا"),
        *("无", "保 密", "未 知", "不 知 道", "不 详", "测 试", "某 地", "地 球", "火 星", "网 络"),
    }
)
# A signature is a line; what is longer is told by its beginning.
_MOST = 200


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Ask the writer, at most once each, about the form of the name and about a place that is none."""
    name = unicodedata.normalize("NFC", draft.name[:_MOST]).strip()
    if name:
        code = next((code for code, applies in _QUESTIONS if applies(name)), None)
        if code is None and _stands_for_nobody(name, _placeholders(context, draft.language)):
            code = "name.placeholder"
        if code is None:
            code = next((code for code, applies in _LAST_QUESTIONS if applies(name)), None)
        if code is not None:
            yield Finding(1, code, "writer")
    if _is_nowhere(draft.place[:_MOST]):
        yield Finding(1, "place.placeholder", "writer")


def _has_hidden(name: str) -> bool:
    return _HIDDEN.search(_JOINER.sub("", name)) is not None


def _is_styled(name: str) -> bool:
    # One styled letter is a symbol in a text, but not in a name.
    one = any(unicodedata.decomposition(sign).startswith(("<font>", "<circle>")) for sign in name)
    return one or any(letters.styled(name)) or any(letters.lined(name))


def _has_digits(name: str) -> bool:
    return _DIGIT.search(_NUMERAL_SIGN.sub("", name)) is not None


def _has_signs(name: str) -> bool:
    return _SIGN.search(name) is not None or _LETTER.search(name) is None


def _mixes_scripts(name: str) -> bool:
    """Whether two writing systems meet within one word; between words ("Oleksandra Шевченко") they may."""
    return any(sum(script.search(word) is not None for _, script in _FAMILIES) > 1 for word in _parts(name))


def _is_initials(name: str) -> bool:
    """Whether nothing is written out: "J. B.", "K.", "ن ع"."""
    return all(
        _INITIALS.fullmatch(word) or (_INITIAL.fullmatch(word) and not _UNSPACED.match(word))
        for word in _parts(name)
    )


def _is_one_word(name: str) -> bool:
    """Whether there is a single word beside a title; in scripts without spaces, a single character."""
    parts = [part for part in _parts(name) if _compared(part) not in _TITLES]
    if len(parts) != 1:
        return not parts
    return len(_UNSPACED.findall(parts[0])) < 2 or _TITLED.fullmatch(parts[0]) is not None


_Question = tuple[str, Callable[[str], bool]]
# One name gets one question: the first that applies.
_QUESTIONS: tuple[_Question, ...] = (
    ("name.invisible", _has_hidden),
    ("name.styled", _is_styled),
    ("name.mixed-scripts", _mixes_scripts),
    ("name.digits", _has_digits),
    ("name.signs", _has_signs),
)
# After the placeholders, which are often one word too.
_LAST_QUESTIONS: tuple[_Question, ...] = (
    ("name.initials", _is_initials),
    ("name.one-word", _is_one_word),
)


def _parts(name: str) -> list[str]:
    return [part for part in _WORD.findall(name) if _LETTER.search(part)]


def _placeholders(context: Context, language: str) -> frozenset[str]:
    return _folded(context.words(language).placeholders) | _folded(context.words("en").placeholders)


@lru_cache(maxsize=32)
def _folded(placeholders: tuple[str, ...]) -> frozenset[str]:
    """Return placeholder names as they are compared."""
    return frozenset(map(_compared, placeholders))


def _compared(name: str) -> str:
    return " ".join(words(name))


def _stands_for_nobody(name: str, placeholders: frozenset[str]) -> bool:
    """Whether a name as a whole, or each of its words, stands for no name."""
    if _compared(name) in placeholders or _DESCRIPTION.fullmatch(name):
        return True
    parts = list(map(_compared, _parts(name)))
    nobody = [part in placeholders or part in _TITLES or _is_mashed(part) for part in parts]
    # "Monsieur X": beside a title, a letter is no name either.
    if any(part in _TITLES for part in parts):
        nobody = [so or len(part) == 1 for so, part in zip(nobody, parts, strict=True)]
    return bool(parts) and all(nobody)


def _is_mashed(word: str) -> bool:
    """Whether a word is a run along the keyboard, or one letter repeated."""
    if _SAME_LETTER.fullmatch(word):
        return True
    return len(word) >= _FEWEST_KEYS and any(word in row or word[::-1] in row for row in _KEYS)


def _is_nowhere(place: str) -> bool:
    """Whether something is given as place that is none; what is missing altogether the form sees."""
    if not place.strip():
        return False
    found = words(place)
    if not any(map(_LETTER.search, found)):
        return True
    return " ".join(found) in _NO_PLACE or all(word == "test" or _is_mashed(word) for word in found)


NAME_FORM = Rule(slug="full-name", name="name_form", check=check, audience="writer")
